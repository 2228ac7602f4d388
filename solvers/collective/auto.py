"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.recorder import closes_gap
from netroute.core.status import StoppedBy
from netroute.problems.collective.instance import FEATURES
from netroute.problems.collective.registry import within_reach
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.koenig import KoenigSolver
from netroute.solvers.collective.rounding import LocalSearchSolver, RoundingSolver
from netroute.solvers.collective.weighted_spray import WeightedSpraySolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


@dataclass(frozen=True, kw_only=True)
class AutoSolver(CollectiveSolver):
    """Colours where that is optimal, else rounds the relaxation, else searches locally.

    Where flows may be cut at will, and whole ones do not attain the bound, the relaxation itself is
    the answer.

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
        if _may_cut_at_will(instance) and within_reach(instance) and not _done(recorder):
            WeightedSpraySolver().search(instance, recorder, seed=seed, start=None)


def _may_cut_at_will(instance: CollectiveInstance) -> bool:
    return instance.extra_pieces is None and instance.pieces_per_flow is None


def _done(recorder: Recorder) -> bool:
    closed = closes_gap(recorder.objective, recorder.best_bound, 1.0)
    return closed or recorder.clock.expired() or recorder.stopped_by == StoppedBy.INTERRUPT
