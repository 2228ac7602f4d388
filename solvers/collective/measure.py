"""What a run reports of its answer beside the checker's metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.status import StoppedBy
from netroute.solvers.collective.base import PlacementRecorder, rerouted

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance

MOST_FLOWS = 2**13
"""Flows of an instance that are simulated at most, and half of the pieces that they are cut into;
a quarter of it if their sizes differ."""

SPARE = 0.1
"""Seconds of the budget that the simulation leaves."""


def measure(instance: CollectiveInstance, recorder: PlacementRecorder) -> None:
    """Simulate the answer where that is affordable, and count the flows that it moves."""
    from netroute.solvers.collective.simulate import compile_simulation, completion_time

    solution = recorder.solution
    if solution is None:
        return
    if recorder.start is not None:
        moved = rerouted(recorder.start, solution)
        if moved is not None:
            recorder.metrics["rerouted"] = moved
    most = MOST_FLOWS // 4 if "unequal sizes" in instance.features() else MOST_FLOWS
    shares = sum(np.count_nonzero(p.counts) for p in solution.placements if p.unit > 1)
    if instance.size > most or instance.size + shares > 2 * most:
        return
    if recorder.stopped_by in (StoppedBy.TIME, StoppedBy.INTERRUPT):
        return
    with recorder.clock.compiling():
        compile_simulation()

    def halted() -> bool:
        recorder.stop()
        return recorder.clock.remaining() < SPARE or recorder.stopped_by is StoppedBy.INTERRUPT

    if recorder.clock.remaining() < SPARE:
        return
    time = completion_time(instance, solution, stop=halted)
    if time is not None:
        recorder.metrics["completion_time"] = time
