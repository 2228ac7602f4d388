"""LKH through elkai, in a process of its own that is killed at the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.errors import NetrouteError, NoAnswerError, UnsupportedError
from netroute.core.solver import parameter
from netroute.problems.tsp.instance import ASYMMETRIC, NEGATIVE
from netroute.solvers.peers.process import answer_of, serve
from netroute.solvers.tsp.base import TspSolver
from netroute.solvers.tsp.peers.integers import shifted_distances

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution

PROGRAM = "from netroute.solvers.tsp.peers.elkai import main; main()"

SIZE_LIMIT = 10_000
"""Largest number of nodes: elkai takes a matrix as lists of Python's integers."""


@dataclass(frozen=True, kw_only=True)
class ElkaiSolver(TspSolver):
    """LKH as elkai brings it along; ends by itself after some runs.

    It reports nothing before it ends. It is therefore killed at the deadline and then has no answer
    but the start. Seed and start have no influence; an iteration budget is not heeded. The licence
    of LKH is for academic and non-commercial use only, so that no extra of netroute installs it.

    Source: K. Helsgaun, An effective implementation of the Lin-Kernighan traveling salesman
    heuristic (European Journal of Operational Research 2000); F. Dimitrovski, elkai.
    """

    name: ClassVar[str] = "elkai"
    summary: ClassVar[str] = "LKH through elkai, where installed (non-commercial licence)"
    kind: ClassVar = "peer"
    supports: ClassVar[frozenset[str]] = frozenset({ASYMMETRIC, NEGATIVE})

    runs: int = parameter(10, "runs of LKH", low=1)

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Let LKH work until it ends or has to be killed."""
        if find_spec("elkai") is None:
            raise NetrouteError(
                "elkai is not installed: pip install elkai (it contains LKH, whose licence is for "
                "academic and non-commercial use only)"
            )
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'elkai' takes at most {SIZE_LIMIT} nodes, instance {instance.name!r} has "
                f"{instance.size}"
            )
        self.offer_start(instance, recorder, start)
        job = {"distances": shifted_distances(instance), "runs": self.runs}
        advice = "allow more time or fewer runs"
        try:
            tour = answer_of(PROGRAM, job, recorder, peer="elkai", advice=advice)
        except NoAnswerError:
            if recorder.solution is None:
                raise
            return
        self.offer(instance, recorder, np.array(tour, np.int64))
        recorder.stop(1)


def tour_of(job: dict[str, Any]) -> list[int]:
    """Return elkai's tour of a job."""
    elkai: Any = import_module("elkai")
    tour: list[int] = elkai.DistanceMatrix(job["distances"].tolist()).solve_tsp(job["runs"])
    # The first node is given a second time at the end.
    return tour[:-1]


def main() -> None:
    """Answer the job on standard input."""
    serve(tour_of)
