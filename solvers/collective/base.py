"""What all solvers of traffic placement have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.core.recorder import Recorder
from netroute.core.solver import Solver
from netroute.problems.collective.check import check

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.event import Observer
    from netroute.core.result import Result
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution


class PlacementRecorder(Recorder):
    """A recorder that knows the start, so that equal answers can be told apart by it."""

    start: CollectiveSolution | None = None


@dataclass(frozen=True, kw_only=True)
class CollectiveSolver(Solver):
    """A solver whose answers the exact checker of placements judges."""

    sense: ClassVar = "min"

    def solve(
        self,
        instance: CollectiveInstance,
        *,
        budget: Budget | None = None,
        seed: int = 0,
        start: CollectiveSolution | None = None,
        observe: Observer | None = None,
    ) -> Result:
        """Search as `Solver.solve` says, and measure the answer.

        Beside the checker's metrics the result has ``completion_time`` where flows are few enough
        to be simulated in the time that is left, and with a start that fits ``rerouted``, how many
        flows it moves at least.
        """
        from netroute.solvers.collective.measure import measure

        self.require_support(instance)
        recorder = PlacementRecorder(self, instance, budget or Budget(), seed=seed, observe=observe)
        recorder.start = start
        self.search(instance, recorder, seed=seed, start=start)
        measure(instance, recorder)
        return recorder.result()

    def evaluate(self, instance: CollectiveInstance, solution: CollectiveSolution) -> Evaluation:
        """Check a solution independently of the kernels."""
        return check(instance, solution)

    def require_any_pieces(self, instance: CollectiveInstance) -> None:
        """Raise `UnsupportedError` where the instance limits the pieces of flows."""
        if instance.extra_pieces is not None or instance.pieces_per_flow is not None:
            raise UnsupportedError(
                f"solver {self.name!r} cuts flows into pieces, which instance {instance.name!r} "
                "does not allow (extra_pieces: null without pieces_per_flow does)"
            )

    def offer(
        self, instance: CollectiveInstance, recorder: Recorder, solution: CollectiveSolution
    ) -> bool:
        """Record a solution if it is feasible; return whether it is the best so far.

        Of equally good ones that with fewer pieces is better, then the one that moves fewer flows
        of the start.
        """
        verdict = self.evaluate(instance, solution)
        if not verdict.feasible:
            return False
        start = recorder.start if isinstance(recorder, PlacementRecorder) else None
        moved = None if start is None else rerouted(start, solution)
        rank = verdict.objective, float(verdict.metrics["pieces"]), float(moved or 0)
        return recorder.incumbent(verdict.objective, solution, rank=rank)

    def offer_start(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        start: CollectiveSolution | None,
    ) -> bool:
        """Record a caller's start if it is feasible; return whether it was."""
        return start is not None and self.offer(instance, recorder, start)


def rerouted(before: CollectiveSolution, after: CollectiveSolution) -> int | None:
    """Return how many whole flows change their path at least; None if the two do not compare.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveSolution, Placement
    >>> before = CollectiveSolution.of([Placement(counts=[[2], [1]])])
    >>> rerouted(before, CollectiveSolution.of([Placement(counts=[[0], [3]])]))
    2
    """
    if len(before.placements) != len(after.placements):
        return None
    total = 0
    for old, new in zip(before.placements, after.placements, strict=True):
        if old.unit != 1 or new.unit != 1 or old.counts.shape != new.counts.shape:
            return None
        moved = _gone(old.counts, new.counts)
        if old.cores is not None and new.cores is not None:
            if old.cores.shape != new.cores.shape:
                return None
            moved = max(moved, _gone(old.cores, new.cores))
        total += moved
    return total


def _gone(old: np.ndarray, new: np.ndarray) -> int:
    """Sum of what has become less, plane by plane to keep the memory low."""
    return sum(
        int(np.maximum(a.astype(np.int64) - b, 0).sum()) for a, b in zip(old, new, strict=True)
    )
