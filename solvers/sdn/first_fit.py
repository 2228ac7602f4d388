"""Online first fit on the k shortest paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netroute.core.solver import parameter
from netroute.solvers.sdn.online import LIMITS, OnlineSolver


@dataclass(frozen=True, kw_only=True)
class FirstFitSolver(OnlineSolver):
    """Admits each arrival on the first of its k shortest paths that has room: KSP-FF.

    It never rejects what fits; in overload more paths make it worse, since long ones are taken.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 4, 3], priority=[1, 8, 1],
    ... )
    >>> FirstFitSolver().solve(net).solution.admitted.tolist()
    [True, False, True]
    """

    name: ClassVar[str] = "first-fit"
    summary: ClassVar[str] = "online: the first of the k shortest paths with room"
    supports: ClassVar[frozenset[str]] = LIMITS | {"lexicographic objective"}

    k: int = parameter(4, "candidate paths of each source-target pair", low=1, high=64)

    @property
    def rule(self) -> int:
        """The first path with room."""
        from netroute.solvers.sdn._kernels.online import FIRST

        return FIRST
