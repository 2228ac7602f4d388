"""What the parts of the reference ILP share while they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.vrp import VrpSolution
from netroute.solvers.lp.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.lp.process import Worker
    from netroute.solvers.vrp.base import VrpSolver


class IlpRun(Rounds):
    """One run of vehicle routing, with the instance and its checker."""

    def __init__(
        self,
        solver: VrpSolver,
        engine: str,
        instance: VrpInstance,
        recorder: Recorder,
        worker: Worker,
    ) -> None:
        distances = instance.distance_matrix()
        integral = bool(np.array_equal(distances, np.rint(distances)))
        super().__init__(engine, recorder, worker, integral=integral)
        self.instance = instance
        self._solver = solver

    def offer(self, routes: Sequence[Sequence[int]]) -> float | None:
        """Record a plan; return its cost, or None where it is not feasible."""
        plan = VrpSolution.of(routes)
        evaluation = self._solver.evaluate(self.instance, plan)
        if not evaluation.feasible:
            return None
        self.recorder.incumbent(evaluation.objective, plan, vehicles=len(plan.routes))
        return evaluation.objective
