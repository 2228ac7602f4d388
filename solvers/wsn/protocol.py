"""What protocols have in common: rounds are played one after the other, and logged."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import kernel_state
from netroute.core.status import StoppedBy
from netroute.problems.wsn import WsnInstance
from netroute.problems.wsn.instance import FEATURES
from netroute.solvers.wsn.base import WsnSolver
from netroute.solvers.wsn.world import (
    field_of,
    log_of,
    require_memory,
    run_of,
    schedule_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnSolution
    from netroute.solvers.wsn._kernels.world import Field, Log, Run

Step = Callable[["Run", "Log", int], None]
"""Plays so many more rounds of every run of a batch that has living nodes."""

SLICE = 0.02
"""Seconds that one call of a kernel is to take."""

ROWS = 4096
"""Configurations that a log has room for, in small fields."""

CELLS = 2**22
"""Nodes times configurations of a log."""

PROBED = 32
"""Configurations after which the time of the checker is measured."""

PART = 0.3
"""Of the time left, that goes by at most before the checker's is measured."""

TESTED = 8
"""Nodes of the field on which kernels are compiled."""


@dataclass(frozen=True, kw_only=True)
class ProtocolSolver(WsnSolver):
    """Plays a protocol until the last node dies; a round is an iteration.

    The schedule is what the protocol did, so that its objective is the protocol's own lifetime.
    A run that the budget ends early returns the rounds up to then.
    """

    kind: ClassVar[Literal["baseline", "learned"]] = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES

    @abstractmethod
    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Return what plays rounds on a batch of fresh runs; it may keep a state of its own.

        Raises
        ------
        InputError
            A parameter does not fit the fields.
        """

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Play all rounds, then record the schedule."""
        field = field_of([instance])
        step = self.stepper([instance], field)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_protocol(type(self)())
        self.offer_start(instance, recorder, start)
        self.play(instance, field, step, recorder, self.stream(seed))
        recorder.stop()

    def stream(self, seed: int) -> tuple[int, ...]:
        """Return seed and key of the random numbers of the first run."""
        return (seed,)

    def play(
        self,
        instance: WsnInstance,
        field: Field,
        step: Step,
        recorder: Recorder,
        stream: tuple[int, ...],
    ) -> None:
        """Play a run while the budget lasts and record its schedule."""
        run, n = run_of(field, [kernel_state(*stream)]), instance.size
        log = log_of(max(1, min(ROWS, CELLS // n)), n)
        parts: list[tuple[np.ndarray, np.ndarray]] = []
        budget, before = recorder.budget, recorder.iterations
        rows, rounds, checking, each = 0, 1, 0.0, 0.0
        while run.alive[0] and not recorder.stop(before + int(run.round[0])):
            if budget.target is not None and run.full[0] >= budget.target:
                break
            left = recorder.clock.remaining() - 1.5 * checking * (rows + int(log.used[0]))
            if left < each:
                recorder.stopped_by = StoppedBy.TIME
                break
            rounds = max(1, int(min(rounds, left / max(each, 1e-9))))
            if budget.iterations is not None:
                rounds = min(rounds, budget.iterations - recorder.iterations)
            began = time.perf_counter()
            step(run, log, rounds)
            each = max(time.perf_counter() - began, 1e-6) / rounds
            rounds = max(1, min(2 * rounds, int(SLICE / each)))
            if not checking and (
                log.used[0] >= min(PROBED, len(log.rounds))
                or recorder.clock.elapsed() > PART * recorder.clock.remaining()
            ):
                # The checker replays the schedule before it is returned, in the same budget.
                part = schedule_of([_rows(log)], n)
                began = time.perf_counter()
                self.evaluate(instance, part)
                checking = (time.perf_counter() - began) / len(part.rounds)
            if log.used[0] == len(log.rounds):
                rows += int(log.used[0])
                require_memory(20 * n * (rows + len(log.rounds)), f"{rows} configurations")
                parts.append(_rows(log))
                log.used[0] = 0
        parts.append(_rows(log))
        recorder.iterations = before + int(run.round[0])
        recorder.incumbent(float(run.full[0]), schedule_of(parts, n))


def _rows(log: Log) -> tuple[np.ndarray, np.ndarray]:
    used = int(log.used[0])
    return log.parent[:used].copy(), log.rounds[:used].copy()


def compile_protocol(solver: ProtocolSolver) -> None:
    """Compile a protocol's kernels on a field of a few nodes."""
    spots = np.random.default_rng(0).random((TESTED, 2)) * 10.0
    net = WsnInstance(position=spots, base_station=[5, 20], energy=0.001, field=[10, 10])
    field = field_of([net])
    solver.stepper([net], field)(run_of(field, [kernel_state(0)]), log_of(2, TESTED), 2)


def require_heads(solver: ProtocolSolver, heads: int, field: Field) -> None:
    """Raise `InputError` if a solver is to choose more heads than there are nodes."""
    nodes = field.x.shape[1]
    if heads > nodes:
        raise InputError(
            f"found {heads} heads for {nodes} nodes, expected at most as many",
            code="wsn.heads",
            where=f"{solver.name}.heads",
        )
