"""How long a solver may work, and the clock that watches it."""

from __future__ import annotations

import math
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.core.jit import compilations

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Budget:
    """What ends a search: whichever of the three comes first; ``None`` never does.

    Parameters
    ----------
    seconds : float, optional
        Wall-clock seconds, hard: construction and the last kernel slice included, JIT
        compilation not.
    iterations : int, optional
        Iterations, as the solver counts them.
    target : float, optional
        Stop once an answer is at least this good.

    Examples
    --------
    >>> Budget(seconds=10).start().expired()
    False
    """

    seconds: float | None = None
    iterations: int | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not (math.isfinite(self.seconds) and self.seconds > 0):
            raise InputError(f"found {self.seconds}, expected seconds > 0", where="budget.seconds")
        if self.iterations is not None and self.iterations < 0:
            raise InputError(f"found {self.iterations}, expected >= 0", where="budget.iterations")
        if self.target is not None and not math.isfinite(self.target):
            raise InputError(
                f"found {self.target}, expected a finite number", where="budget.target"
            )

    def less(self, spent: float) -> Budget:
        """Take ``spent`` seconds of preparation off the limit; at least half of it is left.

        Examples
        --------
        >>> Budget(seconds=5, iterations=9).less(1)
        Budget(seconds=4, iterations=9, target=None)
        """
        if self.seconds is None:
            return self
        return replace(self, seconds=max(self.seconds - spent, self.seconds / 2))

    def start(self) -> Clock:
        """Start a clock on this budget."""
        return Clock(self)


class Clock:
    """Wall-clock time spent on one solve, apart from JIT compilation and slow imports."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.compile_seconds = 0.0
        self._began = time.perf_counter()

    @contextmanager
    def compiling(self) -> Iterator[None]:
        """Charge what happens inside to ``compile_seconds`` and not to the budget.

        Only if a kernel really is compiled: loading compiled ones from disk is part of the run.
        """
        began, known = time.perf_counter(), compilations()
        try:
            yield
        finally:
            if compilations() > known:
                self.compile_seconds += time.perf_counter() - began

    @contextmanager
    def importing(self, package: str) -> Iterator[None]:
        """Charge what happens inside to ``compile_seconds`` if it imports ``package`` anew.

        For packages that take seconds to load, once in a process: PyTorch does.
        """
        began, known = time.perf_counter(), package in sys.modules
        try:
            yield
        finally:
            if not known and package in sys.modules:
                self.compile_seconds += time.perf_counter() - began

    def elapsed(self) -> float:
        """Seconds spent, compilation not counted."""
        return time.perf_counter() - self._began - self.compile_seconds

    def remaining(self) -> float:
        """Seconds left; infinite without a limit on time, never negative."""
        if self.budget.seconds is None:
            return math.inf
        return max(0.0, self.budget.seconds - self.elapsed())

    def expired(self) -> bool:
        """Whether the seconds are used up."""
        return self.remaining() <= 0.0
