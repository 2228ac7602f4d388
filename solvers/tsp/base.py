"""What all travelling salesman solvers have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import Solver
from netroute.core.status import StoppedBy
from netroute.problems.tsp import TspSolution
from netroute.problems.tsp.check import check
from netroute.problems.tsp.instance import FIXED, NEGATIVE

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance


@dataclass(frozen=True, kw_only=True)
class TspSolver(Solver):
    """A solver whose answers the tour checker judges."""

    def evaluate(self, instance: TspInstance, solution: TspSolution) -> Evaluation:
        """Check a solution independently of the kernels."""
        return check(instance, solution)

    def offer(self, instance: TspInstance, recorder: Recorder, tour: np.ndarray) -> float:
        """Record a tour that visits every node once; return its length."""
        length = instance.length(tour)
        if recorder.better(length):
            recorder.incumbent(length, TspSolution.of(tour))
        return length

    def offer_start(
        self, instance: TspInstance, recorder: Recorder, start: TspSolution | None
    ) -> np.ndarray | None:
        """Record the tour to start from, if it is feasible; return it as int64, else None."""
        if start is None:
            return None
        evaluation = self.evaluate(instance, start)
        if not evaluation.feasible:
            return None
        recorder.incumbent(evaluation.objective, start)
        return start.tour.astype(np.int64)


@dataclass(frozen=True, kw_only=True)
class ConstructionSolver(TspSolver):
    """Builds one tour and ends; the tour counts as one iteration.

    A feasible ``start`` is kept where it is shorter. Where the time ends before the tour is
    complete there is no answer.
    """

    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = frozenset({FIXED, NEGATIVE})

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Build and record one tour."""
        self.offer_start(instance, recorder, start)
        tour = self.build(instance, recorder, seed=seed)
        if tour is not None:
            self.offer(instance, recorder, tour)
        recorder.stop(1)

    @abstractmethod
    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return all nodes in order of visit, or None when told to stop."""


def halted(recorder: Recorder) -> bool:
    """Whether time or user end the run; a first tour is built under any iteration budget."""
    return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS
