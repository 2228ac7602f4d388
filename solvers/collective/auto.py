"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.collective.instance import FEATURES
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import GreedyLongestSolver
from netroute.solvers.collective.koenig import KoenigSolver
from netroute.solvers.collective.rounding import LocalSearchSolver, RoundingSolver
from netroute.solvers.collective.spray_lp import within_reach

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


@dataclass(frozen=True, kw_only=True)
class AutoSolver(CollectiveSolver):
    """Colours where that is optimal, else rounds the relaxation, else searches locally.

    Fat trees of unequal capacities or with unequal sizes are placed greedily, largest flows first.

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
        from netroute.solvers.collective.bound.degree import degree_certificate

        features = instance.features()
        chosen: CollectiveSolver = GreedyLongestSolver()
        if features <= KoenigSolver.supports:
            chosen = KoenigSolver()
        elif features <= RoundingSolver.supports:
            chosen = RoundingSolver() if within_reach(instance) else LocalSearchSolver()
        chosen.search(instance, recorder, seed=seed, start=start)
        if not chosen.proves:
            certificate = degree_certificate(instance)
            recorder.bound(certificate.value, certificate.to_dict())
