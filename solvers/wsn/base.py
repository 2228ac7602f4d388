"""What all solvers of sensor fields have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import Solver
from netroute.problems.wsn.check import check

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance, WsnSolution


@dataclass(frozen=True, kw_only=True)
class WsnSolver(Solver):
    """A solver whose schedules the independent checker replays."""

    sense: ClassVar = "max"

    def evaluate(self, instance: WsnInstance, solution: WsnSolution) -> Evaluation:
        """Check a schedule independently of the kernels."""
        return check(instance, solution)

    def offer(self, instance: WsnInstance, recorder: Recorder, solution: WsnSolution) -> bool:
        """Record a schedule if it is feasible; return whether it is the best so far.

        Of two with as many full rounds the one that is played longer is better.
        """
        verdict = self.evaluate(instance, solution)
        rank = (verdict.objective, float(verdict.metrics.get("rounds", 0.0)))
        return verdict.feasible and recorder.incumbent(verdict.objective, solution, rank=rank)

    def offer_start(
        self, instance: WsnInstance, recorder: Recorder, start: WsnSolution | None
    ) -> bool:
        """Record a caller's start if it is feasible; return whether it was."""
        return start is not None and self.offer(instance, recorder, start)
