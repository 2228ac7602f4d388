"""What the simple constructive solvers have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.status import StoppedBy
from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.fleet_repair import fit_fleet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance


@dataclass(frozen=True, kw_only=True)
class BaselineSolver(VrpSolver):
    """Builds one plan and ends; the plan counts as one iteration.

    A feasible ``start`` is kept where it is better. A limited fleet is kept by a repair of the
    plan. Where the time ends before the plan is complete there is no answer.
    """

    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet", "asymmetric distances"})

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Build, repair and record one plan."""
        self.construct(instance, recorder, seed=seed, start=start)
        recorder.stop(1)

    def construct(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Record the start, if feasible, and the plan as built and repaired.

        Raises
        ------
        InfeasibleError
            The fleet is proven too small.
        """
        if start is not None:
            self._offer(instance, recorder, start)
        require_feasible_fleet(instance, seconds=min(5.0, recorder.clock.remaining() / 4))
        routes = self.build(instance, recorder, seed=seed)
        if routes is None:
            return
        fitted = fit_fleet(instance, routes, seconds=min(5.0, recorder.clock.remaining() / 2))
        if fitted is not None:
            self._offer(instance, recorder, VrpSolution.of(fitted))

    @abstractmethod
    def build(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int
    ) -> Sequence[Sequence[int]] | None:
        """Return routes within capacity over all clients, or None when told to stop."""

    def _offer(self, instance: VrpInstance, recorder: Recorder, plan: VrpSolution) -> None:
        evaluation = self.evaluate(instance, plan)
        if evaluation.feasible:
            recorder.incumbent(evaluation.objective, plan, vehicles=len(plan.routes))


def halted(recorder: Recorder) -> bool:
    """Whether time or user end the run; the first plan is built under any iteration budget."""
    return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS
