"""A slot: some cores of this machine that make one run at a time, a process for each solver."""

from __future__ import annotations

import math
import os
import time
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING

from joblib.externals.loky import ProcessPoolExecutor

from netroute.experiments.worker import Outcome, enlist, execute, prepare, warm_up

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence
    from concurrent.futures import Future

    from netroute.experiments.plan import PlannedRun

START_UP_SECONDS = 900.0
"""Time for a process to start, to read the instance and to compile, before it is given up."""

POLL_SECONDS = 0.2
"""How often a slot that waits looks whether the benchmark ends."""

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)


class _StoppedError(Exception):
    """The benchmark ends while a run is under way."""


class _LateError(Exception):
    """A run has not ended in time."""


class LocalSlot:
    """Makes runs, one at a time, in processes of its own that are pinned to its cores.

    Parameters
    ----------
    cores : tuple of int or None
        The cores; None where the system cannot pin.
    kill_after : float
        Seconds beyond its budget after which a run is killed and counts as failed.
    """

    lost = False

    def __init__(self, cores: tuple[int, ...] | None, *, kill_after: float) -> None:
        self.cores = cores
        self.kill_after = kill_after
        # A process for each solver: memory stays apart, and what one breaks no other one pays.
        self.processes: dict[str, ProcessPoolExecutor] = {}

    def enlist(self, runs: Sequence[PlannedRun], stop: threading.Event) -> None:
        """Start the processes of all solvers, so that all of them run the code of this moment."""
        calls = []
        for planned in {run.solver.label: run for run in runs}.values():
            process = self.processes[planned.solver.label] = _process(planned.solver.threads)
            calls.append(process.submit(enlist, planned))
        for call in calls:
            with suppress(_StoppedError, _LateError, BrokenProcessPool):
                _wait(call, START_UP_SECONDS, "", stop)

    def outcome(self, planned: PlannedRun, stop: threading.Event) -> Outcome | None:
        """Make one run; None where ``stop`` was set before it ended."""
        label = planned.solver.label
        cores = None if self.cores is None else self.cores[: planned.solver.threads]
        limit = math.inf if planned.seconds is None else planned.seconds + self.kill_after
        late = f"killed {self.kill_after:g} s after the end of its budget"
        slow = f"killed: not ready for the run after {START_UP_SECONDS:g} s"
        try:
            if label not in self.processes:
                self.processes[label] = _process(planned.solver.threads)
            process = self.processes[label]
            _wait(process.submit(warm_up, planned, cores), START_UP_SECONDS, slow, stop)
            outcome = _wait(process.submit(execute, planned, cores), limit, late, stop)
        except _StoppedError:
            return None
        except BrokenProcessPool:
            error = "the process died, perhaps out of memory"
        except _LateError as late_error:
            error = str(late_error)
        except Exception as other:
            error = f"{type(other).__name__}: {other}"
        else:
            return outcome
        self._end(label)
        return Outcome(status="failed", error=error)

    def end(self) -> None:
        """Kill the processes."""
        for label in list(self.processes):
            self._end(label)

    def _end(self, label: str) -> None:
        process = self.processes.pop(label, None)
        if process is not None:
            process.shutdown(wait=True, kill_workers=True)


def _wait(future: Future[Outcome], limit: float, message: str, stop: threading.Event) -> Outcome:
    began = time.monotonic()
    while True:
        try:
            return future.result(timeout=POLL_SECONDS)
        except TimeoutError:
            if stop.is_set():
                raise _StoppedError from None
            if time.monotonic() - began > limit:
                raise _LateError(message) from None


def _process(threads: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        max_workers=1,
        initializer=prepare,
        initargs=(os.getpid(),),
        env=dict.fromkeys(_THREAD_VARIABLES, str(threads)),
    )
