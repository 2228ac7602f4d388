"""VROOM, through pyvroom, in a process of its own that is killed at the deadline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.errors import NoAnswerError
from netroute.core.solver import parameter
from netroute.solvers.peers.process import answer_of
from netroute.solvers.vrp.peers.base import PeerSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance, VrpSolution
    from netroute.solvers.vrp.peers.integers import IntegerInstance
    from netroute.solvers.vrp.peers.progress import Progress

PROGRAM = "from netroute.solvers.vrp.peers.vroom_worker import main; main()"
SHARE = 0.9
"""Of the remaining seconds is what VROOM is told: it looks at the clock only now and then."""


@dataclass(frozen=True, kw_only=True)
class VroomSolver(PeerSolver):
    """VROOM: several heuristic starts, then local search; ends by itself.

    VROOM reports nothing before it ends and overruns its own time limit, at times by far. It is
    therefore killed at the deadline and then has no answer: give it time, or a lower exploration
    level. Seed and start have no influence; an iteration budget is not heeded.

    Source: J. Coupey, VROOM, vehicle routing open-source optimization machine.
    """

    name: ClassVar[str] = "vroom"
    summary: ClassVar[str] = "VROOM (extra 'peers'): heuristic starts and local search"
    package: ClassVar[str] = "vroom"

    exploration: int = parameter(5, "VROOM's exploration level", low=0, high=5)

    def drive(
        self,
        instance: VrpInstance,
        data: IntegerInstance,
        recorder: Recorder,
        progress: Progress,
        seed: int,
        start: VrpSolution | None,
    ) -> None:
        """Let VROOM work until it ends or has to be killed."""
        left = recorder.clock.remaining()
        job = {
            "distances": data.distances,
            "demand": data.demand,
            "capacity": data.capacity,
            "vehicles": data.vehicles,
            "exploration": self.exploration,
            "seconds": SHARE * left if math.isfinite(left) else None,
        }
        advice = "allow more time or a lower exploration"
        routes = answer_of(PROGRAM, job, recorder, peer="VROOM", advice=advice)
        if routes is None:
            raise NoAnswerError("VROOM left clients unassigned")
        progress.record(routes)
