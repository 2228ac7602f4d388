"""Online admission on the widest of the k shortest paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netroute.core.solver import parameter
from netroute.solvers.sdn.online import LIMITS, OnlineSolver


@dataclass(frozen=True, kw_only=True)
class LeastLoadedSolver(OnlineSolver):
    """Admits each arrival on that of its k shortest paths whose narrowest arc has most room left.

    Among equals the shorter path is taken. It never rejects what fits.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 0, 1], head=[2, 1, 2], capacity=[3, 9, 7],
    ...     source=[0], target=[2], bandwidth=[2],
    ... )
    >>> LeastLoadedSolver().solve(net).solution.path(0).tolist()
    [1, 2]
    """

    name: ClassVar[str] = "least-loaded"
    summary: ClassVar[str] = "online: the widest of the k shortest paths"
    supports: ClassVar[frozenset[str]] = LIMITS | {"lexicographic objective"}

    k: int = parameter(4, "candidate paths of each source-target pair", low=1, high=64)

    @property
    def rule(self) -> int:
        """The path with most room."""
        from netroute.solvers.sdn._kernels.online import WIDEST

        return WIDEST
