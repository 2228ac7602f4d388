"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.collective.instance import FEATURES
from netroute.problems.collective.registry import within_reach
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.koenig import KoenigSolver
from netroute.solvers.collective.rounding import LocalSearchSolver, RoundingSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


@dataclass(frozen=True, kw_only=True)
class AutoSolver(CollectiveSolver):
    """Colours where that is optimal, else rounds the relaxation, else searches locally.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> fabric = Fabric.leaf_spine(4, 4, hosts_per_leaf=4)
    >>> job = Job(pattern="ring", hosts=[0, 4, 1, 8, 2, 12])
    >>> result = AutoSolver().solve(CollectiveInstance(fabric=fabric, jobs=[job]))
    >>> result.objective, str(result.status)
    (1.0, 'optimal')
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "the best method for the instance: koenig, rounding, local-search"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Choose by the features of the instance."""
        features = instance.features()
        chosen: CollectiveSolver
        if features <= KoenigSolver.supports:
            chosen = KoenigSolver()
        else:
            chosen = RoundingSolver() if within_reach(instance) else LocalSearchSolver()
        chosen.search(instance, recorder, seed=seed, start=start)
