"""Run a solver and a bound method side by side, survive interrupts, return one checked result."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.event import Event
from netroute.core.recorder import GAP_TOLERANCE
from netroute.core.status import Status, StoppedBy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.core.bound import Certificate
    from netroute.core.budget import Budget
    from netroute.core.event import Observer
    from netroute.core.problem import Problem
    from netroute.core.result import Result
    from netroute.core.solver import Solver


def run(
    problem: Problem,
    instance: Any,
    solver: Solver,
    *,
    budget: Budget,
    seed: int = 0,
    start: Any = None,
    bound: str = "none",
    bound_seconds: float | None = None,
    observe: Observer | None = None,
) -> Result:
    """Solve ``instance`` and prove a bound within the same wall-clock budget.

    The bound method works in a thread of its own. The first interrupt (Ctrl-C, SIGTERM) ends
    the run with the best answer so far and ``stopped_by`` ``interrupt``; a second one raises.

    Parameters
    ----------
    bound : str
        Name of a bound method of the problem, or ``none``.
    bound_seconds : float, optional
        The bound method's own limit, within the budget's. Where the budget has no seconds it
        lets the bound work that long after the search has ended.
    """
    if not instance.features() <= problem.features:
        extra = ", ".join(sorted(instance.features() - problem.features))
        raise InputError(f"the instance has {extra}", where=problem.name, code="problem.features")
    side = _Side(problem, instance, budget, bound, bound_seconds, observe)
    with _interruptible(side):
        side.start()
        try:
            result = solver.solve(
                instance, budget=budget, seed=seed, start=start, observe=side.observe
            )
            side.finish(result)
        finally:
            side.close()
    return side.complete(result)


class _Side:
    """What runs beside the search: the bound thread, the stop flag, the user's observer."""

    def __init__(
        self,
        problem: Problem,
        instance: Any,
        budget: Budget,
        bound: str,
        bound_seconds: float | None,
        observe: Observer | None,
    ) -> None:
        self.problem = problem
        self.instance = instance
        self.budget = budget
        self.user = observe
        self.interrupted = threading.Event()
        self.user_stop = False
        self.proof = False
        self.certificate: Certificate | None = None
        self.error: BaseException | None = None
        self.trace: list[tuple[float, float]] = []
        self._method = None if bound == "none" else problem.bound(bound)()
        self._limit = bound_seconds
        self._halt = threading.Event()
        self._lock = threading.Lock()
        self._incumbent: tuple[float, Any] | None = None
        self._sign = 1.0 if problem.sense == "min" else -1.0
        self._began = time.perf_counter()
        self._deadline: float | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._method is not None:
            self._began = time.perf_counter()
            self._thread = threading.Thread(target=self._work, name="netroute-bound", daemon=True)
            self._thread.start()

    def observe(self, event: Event) -> bool:
        """Stand between the solver and the user's observer."""
        if event.kind == "incumbent" and event.objective is not None:
            with self._lock:
                self._incumbent = (event.objective, event.solution)
        certificate = self.certificate
        if certificate is not None and self._tighter(certificate.value, event.bound):
            event = replace(event, bound=certificate.value)
        if self.user is not None and self.user(event):
            self.user_stop = True
        # An iteration budget alone promises the same answer each time: a proof must not cut it.
        if self.budget.seconds is not None and self._closed(event.objective, event.bound):
            self.proof = True
        return self.user_stop or self.proof or self.interrupted.is_set()

    def finish(self, result: Result) -> None:
        """Let the bound go on where the search has ended before its time."""
        with self._lock:
            self._incumbent = (float(result.objective or 0.0), result.solution)
        while (
            self._thread is not None
            and self._thread.is_alive()
            and not self.interrupted.is_set()
            and not self.user_stop
            and result.stopped_by is not StoppedBy.TIME
            and not (self.certificate and self._closed(result.objective, self.certificate.value))
            and not self._stop()
        ):
            if self.user is not None:
                event = Event(
                    kind="tick",
                    seconds=time.perf_counter() - self._began,
                    iteration=result.iterations,
                    objective=result.objective,
                    bound=self.certificate.value if self.certificate else result.bound,
                )
                self.user_stop = bool(self.user(event))
            self._thread.join(0.05)

    def close(self) -> None:
        self._halt.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def complete(self, result: Result) -> Result:
        """Merge bound, reasons and trace into the solver's result."""
        if self.error is not None:
            raise self.error
        bound, certificate = result.bound, result.certificate
        if self.certificate is not None and self._tighter(self.certificate.value, bound):
            bound, certificate = self.certificate.value, self.certificate.to_dict()
        stopped_by = result.stopped_by
        if stopped_by is StoppedBy.INTERRUPT and self.proof and not self.interrupted.is_set():
            stopped_by = StoppedBy.PROOF
        status = result.status
        if self._closed(result.objective, bound):
            status = Status.OPTIMAL
        trace = list(result.trace)
        for seconds, value in self.trace:
            known = [p.objective for p in result.trace if p.seconds <= seconds and p.objective]
            iteration = max((p.iteration for p in result.trace if p.seconds <= seconds), default=0)
            point = type(trace[0]) if trace else tuple
            trace.append(point(seconds, iteration, known[-1] if known else None, value))
        trace.sort(key=lambda p: p.seconds)
        return result.replace(
            problem=self.problem.name,
            bound=bound,
            certificate=certificate,
            stopped_by=stopped_by,
            status=status,
            trace=tuple(trace),
            seconds=max(result.seconds, time.perf_counter() - self._began - result.compile_seconds),
        )

    def _work(self) -> None:
        try:
            self._method.run(
                self.instance,
                report=self._report,
                stop=self._stop,
                incumbent=lambda: self._incumbent,
            )
        except Exception as error:
            self.error = error

    def _report(self, certificate: Certificate) -> None:
        if self._halt.is_set():
            return
        known = self.certificate
        if known is None or self._tighter(certificate.value, known.value):
            self.certificate = certificate
            self.trace.append((time.perf_counter() - self._began, certificate.value))

    def _stop(self) -> bool:
        spent = time.perf_counter() - self._began
        limit = self._limit if self._limit is not None else self.budget.seconds
        return self._halt.is_set() or (limit is not None and spent >= limit)

    def _tighter(self, value: float, than: float | None) -> bool:
        return than is None or self._sign * (value - than) > 0.0

    def _closed(self, objective: float | None, bound: float | None) -> bool:
        if objective is None or bound is None:
            return False
        return self._sign * (objective - bound) <= GAP_TOLERANCE * max(1.0, abs(objective))


@contextmanager
def _interruptible(side: _Side) -> Iterator[None]:
    """Turn the first SIGINT or SIGTERM into a request to stop; the second one acts as usual."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = (signal.SIGINT, signal.SIGTERM)
    before = {name: signal.getsignal(name) for name in names}

    def handle(number: int, _frame: Any) -> None:
        side.interrupted.set()
        signal.signal(number, before[signal.Signals(number)])

    for name in names:
        signal.signal(name, handle)
    try:
        yield
    finally:
        for name in names:
            signal.signal(name, before[name])
