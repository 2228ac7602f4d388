"""What all solvers of traffic placement have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import Solver
from netroute.problems.collective.check import check

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


@dataclass(frozen=True, kw_only=True)
class CollectiveSolver(Solver):
    """A solver whose answers the exact checker of placements judges."""

    sense: ClassVar = "min"

    def evaluate(self, instance: CollectiveInstance, solution: CollectiveSolution) -> Evaluation:
        """Check a solution independently of the kernels."""
        return check(instance, solution)

    def offer(
        self, instance: CollectiveInstance, recorder: Recorder, solution: CollectiveSolution
    ) -> bool:
        """Record a solution if it is feasible; return whether it is the best so far."""
        verdict = self.evaluate(instance, solution)
        return verdict.feasible and recorder.incumbent(verdict.objective, solution)

    def offer_start(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        start: CollectiveSolution | None,
    ) -> bool:
        """Record a caller's start if it is feasible; return whether it was."""
        return start is not None and self.offer(instance, recorder, start)
