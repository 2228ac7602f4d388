"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.wsn.instance import FEATURES
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.bound.lifetime import MOST_NODES
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution

LEAST_TURNS = 10
"""How often prices are improved where time is not limited."""


@dataclass(frozen=True, kw_only=True)
class AutoSolver(WsnSolver):
    """Whole rounds of the linear programme with its bound; protocols for trees and thresholds.

    Large fields are played at growing prices, and bounded without a linear programme.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = AutoSolver().solve(generate_field(nodes=10, seed=1))
    >>> result.gap < 0.01
    True
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = (
        "the best method: lp-schedule or dual-price with a bound, tree-schedule, teen"
    )
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Choose by the features of the instance."""
        chosen = self.choice(instance)
        chosen.search(instance, recorder, seed=seed, start=start)
        if chosen.proves or recorder.best_bound is not None or recorder.stop():
            return
        if instance.features() <= CLUSTERS:
            from netroute.solvers.wsn.bound.lifetime import lower
            from netroute.solvers.wsn.location import compile_location
            from netroute.solvers.wsn.price_bound import PriceBound

            recorder.phase("compiling")
            with recorder.clock.compiling():
                compile_location()
            recorder.phase("bound")
            bound = PriceBound(instance, stop=recorder.stop)
            turns = LEAST_TURNS if recorder.budget.seconds is None else 0

            def report(certificate: Certificate) -> None:
                recorder.bound(certificate.value, certificate.to_dict())

            lower(bound, report, lambda: recorder.stop() or bound.turns >= turns > 0)

    def choice(self, instance: WsnInstance) -> WsnSolver:
        """Return the solver that does the work."""
        features = instance.features()
        if features <= CLUSTERS and instance.size > MOST_NODES:
            from netroute.solvers.wsn.dual_price import DualPriceSolver

            return DualPriceSolver()
        if features <= CLUSTERS:
            from netroute.solvers.wsn.lp_schedule import LpScheduleSolver

            return LpScheduleSolver()
        if "threshold reporting" in features:
            from netroute.solvers.wsn.teen import TeenSolver

            return TeenSolver()
        from netroute.solvers.wsn.tree_lp import MOST_NODES as MOST_IN_TREES

        if instance.size <= MOST_IN_TREES:
            from netroute.solvers.wsn.tree_schedule import TreeScheduleSolver

            return TreeScheduleSolver()
        from netroute.solvers.wsn.pegasis import PegasisSolver

        return PegasisSolver()
