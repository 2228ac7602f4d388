"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.wsn.instance import FEATURES
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.location import CLUSTERS

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution


@dataclass(frozen=True, kw_only=True)
class AutoSolver(WsnSolver):
    """Whole rounds of the linear programme with its bound; protocols for trees and thresholds.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> result = AutoSolver().solve(generate_field(nodes=10, seed=1))
    >>> result.gap < 0.01
    True
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "the best method for the instance: lp-schedule, pegasis, teen"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Choose by the features of the instance."""
        chosen = self.choice(instance)
        chosen.search(instance, recorder, seed=seed, start=start)

    def choice(self, instance: WsnInstance) -> WsnSolver:
        """Return the solver that does the work."""
        features = instance.features()
        if features <= CLUSTERS:
            from netroute.solvers.wsn.lp_schedule import LpScheduleSolver

            return LpScheduleSolver()
        if "threshold reporting" in features:
            from netroute.solvers.wsn.teen import TeenSolver

            return TeenSolver()
        from netroute.solvers.wsn.pegasis import PegasisSolver

        return PegasisSolver()
