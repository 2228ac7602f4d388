"""A bound method at work in a thread of its own, beside the search."""

from __future__ import annotations

import logging
import math
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.bound import BoundMethod, Certificate

_LOG = logging.getLogger(__name__)

HEAD_START = 2.0
"""Most seconds that a bound method waits for the search's first answer."""


class BoundThread:
    """Runs one bound method and keeps its best certificate.

    It begins with the search's first answer, which importing the method would hold up, or after
    `HEAD_START` seconds without one. A method that fails loses nothing but its own further work:
    the error is logged and kept in ``error``, the certificates that it has reported so far stay.

    Parameters
    ----------
    name : str
        The method's name, for messages.
    load : callable
        Returns the `BoundMethod`; called in the thread.
    instance : Instance
    sign : float
        1 where the objective is minimised, -1 where it is maximised.
    seconds : callable
        Seconds of the search, for the time stamps in ``improvements``.
    limit : float, optional
        Wall-clock seconds of work after which the method is told to stop.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], BoundMethod],
        instance: Any,
        *,
        sign: float,
        seconds: Callable[[], float],
        limit: float | None,
    ) -> None:
        self.certificate: Certificate | None = None
        self.error: str | None = None
        self.improvements: list[tuple[float, float]] = []
        self._name = name
        self._load = load
        self._instance = instance
        self._sign = sign
        self._seconds = seconds
        self._limit = math.inf if limit is None else limit
        self._halt = threading.Event()
        self._ready = threading.Event()
        self._incumbent: tuple[float, Any] | None = None
        self._began = math.inf
        self._thread = threading.Thread(target=self._work, name="netroute-bound", daemon=True)

    def start(self) -> None:
        """Begin to wait for the first incumbent."""
        self._thread.start()

    def offer(self, objective: float, solution: Any) -> None:
        """Tell the method about a new incumbent."""
        self._incumbent = (objective, solution)
        self._ready.set()

    def working(self) -> bool:
        """Whether it has neither ended by itself nor been told to."""
        return self._thread.is_alive() and not self._stop()

    def wait(self, seconds: float) -> None:
        """Wait for its end, ``seconds`` at most."""
        self._thread.join(seconds)

    def halt(self, patience: float) -> None:
        """Tell it to stop, wait ``patience`` seconds at most, and take no more reports."""
        self._halt.set()
        self._ready.set()
        if self._thread.ident is not None:
            self._thread.join(patience)
            if self._thread.is_alive():
                _LOG.warning("bound method %r has not stopped within %.1f s", self._name, patience)

    def _work(self) -> None:
        self._ready.wait(HEAD_START)
        if self._halt.is_set():
            return
        try:
            method = self._load()
            self._began = time.perf_counter()
            method.run(
                self._instance,
                report=self._report,
                stop=self._stop,
                incumbent=lambda: self._incumbent,
            )
        except Exception as error:
            self.error = f"{type(error).__name__}: {error}"
            _LOG.warning("bound method %r failed: %s", self._name, self.error, exc_info=True)

    def _report(self, certificate: Certificate) -> None:
        if self._halt.is_set() or not math.isfinite(certificate.value):
            return
        known = self.certificate
        if known is None or self._sign * (certificate.value - known.value) > 0.0:
            self.improvements.append((self._seconds(), certificate.value))
            self.certificate = certificate

    def _stop(self) -> bool:
        return self._halt.is_set() or time.perf_counter() - self._began >= self._limit
