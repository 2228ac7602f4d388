"""Solves a reference programme, objective by objective, within the time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.status import StoppedBy
from netroute.solvers.lp.worker import Job
from netroute.solvers.sdn.base import offer
from netroute.solvers.sdn.lexicographic import Stage, stage_report, stages_of

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.process import Worker
    from netroute.solvers.sdn.base import SdnSolver
    from netroute.solvers.sdn.ilp_model import FlowModel

BOUND_SLACK = 1e-6
"""Relative: what an engine's tolerances may take off the bound that it tells."""

RESERVE = 0.1, 1.0
"""Time kept for an engine to hand over what it has: part of what is left, and at most seconds."""


class IlpRun:
    """One run: the recorder, the process with the engine, and the model."""

    def __init__(
        self,
        solver: SdnSolver,
        engine: str,
        instance: SdnInstance,
        recorder: Recorder,
        worker: Worker,
        model: FlowModel,
    ) -> None:
        self.instance = instance
        self.recorder = recorder
        self.model = model
        self._solver = solver
        self._engine = engine
        self._worker = worker
        self._stages: list[dict[str, Any]] = []

    def run(self) -> None:
        """Solve for each objective in turn, then for the least bandwidth times delay."""
        recorder, stages = self.recorder, stages_of(self.instance)
        kept: list[tuple[np.ndarray, float]] = []
        proven, bound = True, None
        for number, stage in enumerate(stages):
            self.model.aim(stage.weights, kept)
            answer = self._solve(1.0 / (len(stages) - number))
            value = self._offer(answer, stage)
            limit = self._bound(answer, stage, value)
            if number == 0:
                bound = limit
            proven &= limit == value
            if stage.priority is not None:
                self._stages.append(stage_report(stage, value, limit))
                recorder.metrics["stages"] = self._stages
            kept.append((stage.weights, value - _slack(stage.weights, value)))
            if recorder.stop(number + 1):
                break
        else:
            if proven and self.instance.delay.any() and any(value for _, value in kept):
                self.model.aim(stage.weights, kept)
                self.model.save()
                self._offer(self._solve(1.0), stages[0])
        if proven and len(self._stages) in (0, len(stages)):
            recorder.proven = True
            recorder.stopped_by = recorder.stopped_by or StoppedBy.PROOF
        if bound is not None:
            recorder.bound(bound)

    def _solve(self, share: float) -> Answer | None:
        """Solve the model in a share of what is left of the time; None when told to stop."""
        left = self.recorder.clock.remaining()
        seconds = None
        if math.isfinite(left):
            part, most = RESERVE
            seconds = max(0.0, share * left - min(part * left, most))
        job = Job(self.model.mip, self._engine, relaxed=False, seconds=seconds)
        return self._worker.solve(job, self.recorder.stop, grace=0.0)

    def _offer(self, answer: Answer | None, stage: Stage) -> float:
        """Record what was found; return what the best plan known is worth in this stage."""
        plan: SdnSolution | None = None
        if answer is not None and answer.values is not None:
            plan = self.model.read(answer.values)
            if self._solver.evaluate(self.instance, plan).feasible:
                offer(self.instance, self.recorder, plan)
        best: SdnSolution = self.recorder.solution
        return float(stage.weights[best.admitted].sum())

    def _bound(self, answer: Answer | None, stage: Stage, value: float) -> float | None:
        """Return what the engine claims that no plan exceeds, as far as the model is complete."""
        if answer is None or not self.model.complete:
            return None
        if answer.optimal and answer.values is not None:
            found = float(np.array(self.model.mip.gain) @ answer.values)
        elif answer.bound is not None:
            found = answer.bound + BOUND_SLACK * max(1.0, abs(answer.bound))
        else:
            return None
        if not (stage.weights % 1.0).any():
            found = float(math.floor(found + BOUND_SLACK))
        return max(found, value)


def _slack(weights: np.ndarray, value: float) -> float:
    """Return what rounding errors may take off a sum of weights."""
    return 1e-9 * value if (weights % 1.0).any() else 0.0
