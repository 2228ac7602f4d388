"""Worker processes: one slot of cores for each job, one process a solver in each slot."""

from __future__ import annotations

import math
import os
import queue
import threading
import time
from collections import deque
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from typing import TYPE_CHECKING

from joblib.externals.loky import ProcessPoolExecutor

from netroute.core.errors import InputError
from netroute.experiments.worker import Outcome, enlist, execute, prepare, warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future

    from netroute.experiments.plan import PlannedRun

START_UP_SECONDS = 900.0
"""Time for a process to start, to read the instance and to compile, before it is given up."""

_POLL_SECONDS = 0.2


def core_slots(jobs: int, threads: int) -> list[tuple[int, ...] | None]:
    """Share out the cores of this process: ``threads`` of them to each of ``jobs`` slots.

    Raises
    ------
    InputError
        There are too few cores; runs that share a core cannot be compared.
    """
    if hasattr(os, "sched_getaffinity"):
        cores = sorted(os.sched_getaffinity(0))
    else:
        cores = list(range(os.cpu_count() or 1))
    if jobs * threads > len(cores):
        raise InputError(
            f"{jobs} jobs of {threads} threads need {jobs * threads} cores, found {len(cores)}",
            code="config.cores",
            where="jobs",
            hint="--set jobs=1 --set threads=1",
        )
    if not hasattr(os, "sched_setaffinity"):
        return [None] * jobs
    return [tuple(cores[job * threads : (job + 1) * threads]) for job in range(jobs)]


def work(
    runs: Sequence[PlannedRun], slots: Sequence[tuple[int, ...] | None], *, kill_after: float
) -> Iterator[tuple[PlannedRun, Outcome]]:
    """Execute ``runs`` and yield each as it ends; leaving the loop early kills the workers.

    Parameters
    ----------
    runs : sequence of PlannedRun
        Taken in this order by whichever slot is free.
    slots : sequence
        From `core_slots`.
    kill_after : float
        Seconds beyond its budget after which a run is killed and counts as failed.
    """
    todo = deque(runs)
    done: queue.Queue[tuple[PlannedRun, Outcome]] = queue.Queue()
    stop = threading.Event()
    crew = [
        threading.Thread(target=_Slot(cores, todo, done, stop, kill_after).serve, daemon=True)
        for cores in slots[: max(1, len(todo))]
    ]
    for thread in crew:
        thread.start()
    try:
        for _ in range(len(runs)):
            yield done.get()
    finally:
        stop.set()
        for thread in crew:
            thread.join()


class _StoppedError(Exception):
    """The benchmark ends while a run is under way."""


class _LateError(Exception):
    """A run has not ended in time."""


class _Slot:
    """Works off runs, one at a time, on its own cores."""

    def __init__(
        self,
        cores: tuple[int, ...] | None,
        todo: deque[PlannedRun],
        done: queue.Queue[tuple[PlannedRun, Outcome]],
        stop: threading.Event,
        kill_after: float,
    ) -> None:
        self.cores = cores
        self.todo = todo
        self.done = done
        self.stop = stop
        self.kill_after = kill_after
        # A process for each solver: memory stays apart, and what one breaks no other one pays.
        self.processes: dict[str, ProcessPoolExecutor] = {}

    def serve(self) -> None:
        try:
            self._enlist()
            while not self.stop.is_set():
                try:
                    planned = self.todo.popleft()
                except IndexError:
                    return
                outcome = self._outcome(planned)
                if outcome is not None:
                    self.done.put((planned, outcome))
        finally:
            for label in list(self.processes):
                self._end(label)

    def _enlist(self) -> None:
        """Start the processes of all solvers, so that all of them run the code of this moment."""
        calls = []
        for planned in {run.solver.label: run for run in list(self.todo)}.values():
            process = self.processes[planned.solver.label] = self._process(planned.solver.threads)
            calls.append(process.submit(enlist, planned))
        for call in calls:
            with suppress(_StoppedError, _LateError, BrokenProcessPool):
                self._wait(call, START_UP_SECONDS, "")

    def _outcome(self, planned: PlannedRun) -> Outcome | None:
        label = planned.solver.label
        cores = None if self.cores is None else self.cores[: planned.solver.threads]
        limit = math.inf if planned.seconds is None else planned.seconds + self.kill_after
        late = f"killed {self.kill_after:g} s after the end of its budget"
        slow = f"killed: not ready for the run after {START_UP_SECONDS:g} s"
        try:
            if label not in self.processes:
                self.processes[label] = self._process(planned.solver.threads)
            process = self.processes[label]
            self._wait(process.submit(warm_up, planned, cores), START_UP_SECONDS, slow)
            outcome = self._wait(process.submit(execute, planned, cores), limit, late)
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

    def _wait(self, future: Future[Outcome], limit: float, message: str) -> Outcome:
        began = time.monotonic()
        while True:
            try:
                return future.result(timeout=_POLL_SECONDS)
            except TimeoutError:
                if self.stop.is_set():
                    raise _StoppedError from None
                if time.monotonic() - began > limit:
                    raise _LateError(message) from None

    def _process(self, threads: int) -> ProcessPoolExecutor:
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
        return ProcessPoolExecutor(
            max_workers=1,
            initializer=prepare,
            initargs=(os.getpid(),),
            env=dict.fromkeys(names, str(threads)),
        )

    def _end(self, label: str) -> None:
        process = self.processes.pop(label, None)
        if process is not None:
            process.shutdown(wait=True, kill_workers=True)
