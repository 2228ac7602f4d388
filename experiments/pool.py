"""Works off the runs of a benchmark: one thread a slot, wherever the slot's cores are."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Protocol

from netroute.core.errors import InputError, NetrouteError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from netroute.experiments.plan import PlannedRun
    from netroute.experiments.worker import Outcome


class Slot(Protocol):
    """What makes one run at a time: `slot.LocalSlot` here, `cluster.RaySlot` on a cluster."""

    @property
    def lost(self) -> bool:
        """Whether it can make no more runs."""

    def enlist(self, runs: Sequence[PlannedRun], stop: threading.Event) -> None:
        """Get ready for the solvers of ``runs``."""

    def outcome(self, planned: PlannedRun, stop: threading.Event) -> Outcome | None:
        """Make one run; None where ``stop`` was set before it ended."""

    def end(self) -> None:
        """Give back what it holds."""


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


def work(runs: Sequence[PlannedRun], slots: Sequence[Slot]) -> Iterator[tuple[PlannedRun, Outcome]]:
    """Make ``runs`` and yield each as it ends; leaving the loop early ends the slots' work.

    Parameters
    ----------
    runs : sequence of PlannedRun
        Taken in this order by whichever slot is free.
    slots : sequence of Slot

    Raises
    ------
    NetrouteError
        Every slot was lost before the last run.
    """
    todo = deque(runs)
    done: queue.Queue[tuple[PlannedRun, Outcome] | None] = queue.Queue()
    stop = threading.Event()
    crew = [
        threading.Thread(target=_serve, args=(slot, todo, done, stop), daemon=True)
        for slot in slots[: max(1, len(todo))]
    ]
    for thread in crew:
        thread.start()
    try:
        working = len(crew)
        while working:
            found = done.get()
            if found is None:
                working -= 1
            else:
                yield found
    finally:
        stop.set()
        for thread in crew:
            thread.join()
    if todo:
        raise NetrouteError(
            f"all workers are lost, {len(todo)} runs are left; start the benchmark again to go on"
        )


def _serve(
    slot: Slot,
    todo: deque[PlannedRun],
    done: queue.Queue[tuple[PlannedRun, Outcome] | None],
    stop: threading.Event,
) -> None:
    """Work off runs until there are none; None in ``done`` says that this slot has ended."""
    try:
        slot.enlist(list(todo), stop)
        while not (stop.is_set() or slot.lost):
            try:
                planned = todo.popleft()
            except IndexError:
                return
            outcome = slot.outcome(planned, stop)
            if outcome is not None:
                done.put((planned, outcome))
    finally:
        slot.end()
        done.put(None)
