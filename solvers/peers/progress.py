"""Report a peer's progress without slowing it down."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder

INTERVAL = 0.1
"""Seconds between two incumbents that are reported; the last one always is."""

Plan = TypeVar("Plan")


class Progress(Generic[Plan]):
    """Hands a peer's answers on, at most every `INTERVAL` seconds.

    Parameters
    ----------
    recorder : Recorder
        Is asked whether to stop.
    record : callable
        Takes an answer that keeps all limits.
    """

    def __init__(self, recorder: Recorder, record: Callable[[Plan], None]) -> None:
        self.record = record
        self._recorder = recorder
        self._reported = -math.inf
        self._asked = -math.inf

    def offer(self, plan: Callable[[], Plan]) -> None:
        """Record what ``plan`` returns, unless the last one was recorded just now."""
        now = time.perf_counter()
        if now - self._reported >= INTERVAL:
            self._reported = now
            self.record(plan())

    def stop(self, iterations: int) -> bool:
        """Whether to end now; looks at the observer every 10 ms only."""
        budget = self._recorder.budget
        if budget.iterations is not None and iterations >= budget.iterations:
            return self._recorder.stop(iterations)
        now = time.perf_counter()
        if now - self._asked < 0.01:
            return self._recorder.stopped_by is not None
        self._asked = now
        return self._recorder.stop(iterations)
