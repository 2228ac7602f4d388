"""The first Ctrl-C or SIGTERM asks a run to end; the second one ends it."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def first_interrupt() -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets.

    The handlers from before are back in place as soon as one signal has come, and at the end.
    Outside the main thread, where Python allows no handlers, the event is never set.
    """
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}

    def restore() -> None:
        for number, handler in before.items():
            # None: installed by foreign code, out of Python's reach.
            if handler is not None:
                signal.signal(number, handler)

    def handle(_number: int, _frame: Any) -> None:
        interrupted.set()
        restore()

    for number, handler in before.items():
        if handler is not None:
            signal.signal(number, handle)
    try:
        yield interrupted
    finally:
        restore()
