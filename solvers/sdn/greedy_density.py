"""Greedy admission by weight per bandwidth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.sdn.greedy import InOrderSolver

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance


@dataclass(frozen=True, kw_only=True)
class GreedyDensitySolver(InOrderSolver):
    """Admits the flows with the most weight per bandwidth first, thin ones before fat ones.

    With the lexicographic objective the class comes first and thin flows come first in it.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[3, 3, 4],
    ... )
    >>> GreedyDensitySolver().solve(net).solution.admitted.tolist()
    [True, True, False]
    """

    name: ClassVar[str] = "greedy-density"
    summary: ClassVar[str] = "most weight per bandwidth first, each flow on its shortest free path"

    def order(self, instance: SdnInstance) -> np.ndarray:
        """Sort by falling weight per bandwidth, then by rising bandwidth."""
        return density_order(instance)


def density_order(instance: SdnInstance) -> np.ndarray:
    """Flows by falling weight per bandwidth, thin ones first: uint32, shape (F,)."""
    if instance.objective == "lexicographic":
        return np.lexsort((instance.bandwidth, -instance.priority)).astype(np.uint32)
    density = instance.weights() / instance.bandwidth
    return np.lexsort((instance.bandwidth, -density)).astype(np.uint32)
