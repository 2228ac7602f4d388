"""The process in which PuLP and its engine work, so that they can be ended at any moment.

It reads pickled jobs from standard input and writes pickled answers to standard output. Nothing
else may be imported here: some engines of PuLP cannot share a process with OR-Tools.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from netroute.core.errors import InputError
from netroute.solvers.lp.answer import Answer
from netroute.solvers.lp.engines import engine_named
from netroute.solvers.lp.mip import Mip
from netroute.solvers.lp.native import NATIVE

if TYPE_CHECKING:
    from typing import BinaryIO


class Model(Protocol):
    """What can be put into PuLP."""

    def to_pulp(self, *, relaxed: bool) -> tuple[Any, list[Any], list[Any]]:
        """Return the problem, its variables, and the rows whose duals are wanted."""


@dataclass(frozen=True, slots=True)
class Job:
    """One model to solve."""

    model: Model
    engine: str
    relaxed: bool
    seconds: float | None


def answer(job: Job) -> Answer:
    """Solve one model; what it takes to put it into PuLP counts against the seconds."""
    import pulp

    began = time.perf_counter()
    try:
        if isinstance(job.model, Mip) and job.engine in NATIVE:
            return NATIVE[job.engine](job.model, relaxed=job.relaxed, seconds=job.seconds)
        engine_named(job.engine, relaxed=job.relaxed, seconds=job.seconds)
        problem, variables, rows = job.model.to_pulp(relaxed=job.relaxed)
        left = job.seconds
        if left is not None:
            left -= time.perf_counter() - began
            if left <= 0.0:
                return Answer()
        problem.solve(engine_named(job.engine, relaxed=job.relaxed, seconds=left))
    except (InputError, pulp.PulpError) as error:
        return Answer(fault=str(error))
    infeasible = problem.status == pulp.LpStatusInfeasible
    found = problem.sol_status in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
    if infeasible or not found:
        return Answer(infeasible=infeasible)
    return Answer(
        values=np.array([variable.varValue or 0.0 for variable in variables]),
        duals=np.array([row.pi or 0.0 for row in rows]) if job.relaxed else None,
        optimal=problem.sol_status == pulp.LpSolutionOptimal,
    )


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Answer jobs until the input ends."""
    while True:
        try:
            job = pickle.load(source)
        except EOFError:
            return
        pickle.dump(answer(job), target)
        target.flush()


def main() -> None:
    """Serve on the standard streams."""
    # Answers go to a copy of standard output: an engine that prints must not spoil them.
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, channel)
