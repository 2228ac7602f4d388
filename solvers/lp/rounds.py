"""A run of a reference programme in rounds: solve, cut off what is wrong, solve again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.lp.worker import Job

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.process import Worker
    from netroute.solvers.lp.worker import Model

BOUND_SLACK = 1e-6
"""Relative: what an engine's tolerances may add to the value of a relaxation."""

PROOF_TOLERANCE = 1e-9
"""Relative difference of objective and bound below which nothing is left to prove."""


class Rounds:
    """One run that minimises: the recorder, the process with the engine, the count of rounds.

    Parameters
    ----------
    engine : str
        As PuLP knows it.
    recorder : Recorder
    worker : Worker
    integral : bool
        Whether all costs are integers, so that bounds can be rounded up.
    """

    def __init__(self, engine: str, recorder: Recorder, worker: Worker, *, integral: bool) -> None:
        self.recorder = recorder
        self._engine = engine
        self._worker = worker
        self._integral = integral

    def solve(self, model: Model, *, relaxed: bool) -> Answer | None:
        """Solve a model in what is left of the time; None when told to stop."""
        left = self.recorder.clock.remaining()
        job = Job(model, self._engine, relaxed, left if np.isfinite(left) else None)
        return self._worker.solve(job, self.recorder.stop)

    def count_round(self) -> bool:
        """Count one more round; return whether to end."""
        return self.recorder.stop(self.recorder.iterations + 1)

    def bound(self, value: float) -> None:
        """Record a relaxation's value, lowered by tolerances, rounded up where costs are integer.

        It is capped by the best known cost, which it can only exceed within the tolerances.
        """
        lowered = value - BOUND_SLACK * max(1.0, abs(value))
        if self._integral:
            lowered = float(np.ceil(lowered))
        best = self.recorder.objective
        self.recorder.bound(lowered if best is None else min(lowered, best))

    def optimal(self, value: float) -> None:
        """Record that nothing costs less than ``value``, the cost of an answer that is known."""
        best = self.recorder.objective
        self.recorder.bound(value if best is None else min(value, best))

    @property
    def proven(self) -> bool:
        """Whether the best known answer is optimal."""
        best, bound = self.recorder.objective, self.recorder.best_bound
        if best is None or bound is None:
            return False
        return best - bound <= PROOF_TOLERANCE * max(1.0, abs(best))
