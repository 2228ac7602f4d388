"""Run a solver and a bound method side by side, survive interrupts, return one checked result."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netroute.core.bound_thread import BoundThread
from netroute.core.errors import InputError, NoAnswerError
from netroute.core.event import Event
from netroute.core.interrupt import first_interrupt
from netroute.core.recorder import closes_gap, contradicts, has_several_objectives
from netroute.core.result import TracePoint
from netroute.core.status import Status, StoppedBy

if TYPE_CHECKING:
    import threading
    from collections.abc import Sequence

    from netroute.core.budget import Budget
    from netroute.core.event import Observer
    from netroute.core.problem import Problem
    from netroute.core.result import Result
    from netroute.core.solver import Solver

_LOG = logging.getLogger(__name__)

BOUND_GRACE = 2.0
"""Seconds that a bound method gets at least where neither budget nor caller limits its time."""

_HALT_PATIENCE = 0.4
"""Bound methods answer within 0.2 seconds; a deadline must not wait for one that does not."""


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
    the run with the best answer so far and ``stopped_by`` ``interrupt``, before any answer with
    `KeyboardInterrupt`; a second one acts as it would without netroute. A bound method that fails
    is logged and noted in ``result.metrics["bound_error"]``; the answer is returned all the same.

    Where a search ends by itself or by its iterations before its seconds are used up, the bound
    goes on until they are, or until the gap is closed. Without any limit in seconds it ends with
    the search, but not before `BOUND_GRACE` seconds.

    Parameters
    ----------
    bound : str
        Name of a bound method of the problem, or ``none``.
    bound_seconds : float, optional
        The bound method's own limit, within the budget's.
    """
    if not instance.features() <= problem.features:
        extra = ", ".join(sorted(instance.features() - problem.features))
        raise InputError(
            f"the instance has {extra}, which is beyond this problem",
            where=problem.name,
            code="problem.features",
        )
    if bound_seconds is not None and not bound_seconds > 0:
        raise InputError(f"found {bound_seconds}, expected seconds > 0", where="bound_seconds")
    if bound != "none":
        problem.require_bound(bound)
    with first_interrupt() as interrupted:
        watch = _Watch(
            budget,
            observe,
            interrupted,
            sign=1.0 if problem.sense == "min" else -1.0,
            conclusive=not has_several_objectives(instance),
        )
        if bound != "none":
            watch.bound = BoundThread(
                bound,
                lambda: problem.bound(bound)(),
                instance,
                sign=watch.sign,
                seconds=watch.seconds,
                limit=bound_seconds,
            )
            watch.bound.start()
        try:
            result = solver.solve(
                instance, budget=budget, seed=seed, start=start, observe=watch.observe
            )
            watch.search_ended(result)
            watch.finish_bound(result, bound_seconds)
        except NoAnswerError:
            if interrupted.is_set():
                # Ended by the user, not by the budget.
                raise KeyboardInterrupt from None
            raise
        finally:
            if watch.bound is not None:
                watch.bound.halt(_HALT_PATIENCE)
    return watch.complete(result).replace(problem=problem.name)


class _Watch:
    """Stands between solver, bound thread and user, and puts the result together."""

    def __init__(
        self,
        budget: Budget,
        observe: Observer | None,
        interrupted: threading.Event,
        *,
        sign: float,
        conclusive: bool,
    ) -> None:
        self.sign = sign
        self._conclusive = conclusive
        self.bound: BoundThread | None = None
        self._budget = budget
        self._user = observe
        self._interrupted = interrupted
        self._user_stop = False
        self._proof = False
        self._search_seconds = 0.0
        self._seen = time.perf_counter()

    def seconds(self) -> float:
        """Seconds of the run; compilation is left out as soon as the solver says so."""
        return self._search_seconds + time.perf_counter() - self._seen

    def observe(self, event: Event) -> bool:
        """Pass an event on, with the better bound; tell the solver whether to stop."""
        self._search_seconds, self._seen = event.seconds, time.perf_counter()
        if self.bound is not None:
            if event.kind == "incumbent" and event.objective is not None:
                self.bound.offer(event.objective, event.solution)
            value = self._best_bound(event.bound)
            if value != event.bound:
                event = replace(event, bound=value)
        if self._user is not None and self._user(event):
            self._user_stop = True
        # An iteration budget alone promises the same answer each time: a proof must not cut it.
        if self._budget.seconds is not None and self._conclusive:
            self._proof |= self._closed(event.objective, event.bound)
        return self._user_stop or self._proof or self._interrupted.is_set()

    def search_ended(self, result: Result) -> None:
        """Go on counting from the solver's own time."""
        self._search_seconds, self._seen = result.seconds, time.perf_counter()
        if self.bound is not None and result.objective is not None:
            self.bound.offer(result.objective, result.solution)

    def finish_bound(self, result: Result, bound_seconds: float | None) -> None:
        """Let the bound go on where the search has ended before its time."""
        if self.bound is None or result.stopped_by in (StoppedBy.TIME, StoppedBy.TARGET):
            return
        limit = self._budget.seconds
        if limit is None and bound_seconds is None:
            limit = max(result.seconds, BOUND_GRACE)
        while (
            self.bound.working()
            and not (self._interrupted.is_set() or self._user_stop)
            and (limit is None or self.seconds() < limit)
            and not self._closed(result.objective, self._best_bound(result.bound))
        ):
            if self._user is not None:
                event = Event(
                    kind="tick",
                    seconds=self.seconds(),
                    iteration=result.iterations,
                    objective=result.objective,
                    bound=self._best_bound(result.bound),
                )
                self._user_stop = bool(self._user(event))
            self.bound.wait(0.05)

    def complete(self, result: Result) -> Result:
        """Merge bound, reasons and trace into the solver's result."""
        stopped_by = result.stopped_by
        if stopped_by is StoppedBy.INTERRUPT and self._proof:
            asked = self._user_stop or self._interrupted.is_set()
            stopped_by = StoppedBy.INTERRUPT if asked else StoppedBy.PROOF
        result = result.replace(stopped_by=stopped_by, seconds=self.seconds())
        if self.bound is None:
            return result
        metrics = dict(result.metrics)
        if self.bound.error is not None:
            metrics["bound_error"] = self.bound.error
        trace = _merge(result.trace, self.bound.improvements, self.sign)
        best = self.bound.certificate
        if best is None or not self._tighter(best.value, result.bound):
            return result.replace(metrics=metrics, trace=trace)
        if contradicts(result.objective, best.value, self.sign):
            metrics["bound_error"] = (
                f"bound {best.value!r} of method {best.method!r} contradicts the checked objective "
                f"{result.objective!r}; it is not reported"
            )
            _LOG.error(metrics["bound_error"])
            return result.replace(metrics=metrics)
        proven = self._conclusive and self._closed(result.objective, best.value)
        return result.replace(
            bound=best.value,
            certificate=best.to_dict(),
            status=Status.OPTIMAL if proven else result.status,
            metrics=metrics,
            trace=trace,
        )

    def _best_bound(self, known: float | None) -> float | None:
        best = None if self.bound is None else self.bound.certificate
        return best.value if best is not None and self._tighter(best.value, known) else known

    def _tighter(self, value: float, than: float | None) -> bool:
        return than is None or self.sign * (value - than) > 0.0

    def _closed(self, objective: float | None, bound: float | None) -> bool:
        return closes_gap(objective, bound, self.sign)


def _merge(
    trace: Sequence[TracePoint], improvements: Sequence[tuple[float, float]], sign: float
) -> tuple[TracePoint, ...]:
    """Put the bounds of the thread into the solver's trace, in order of time."""
    points = [*trace, *(TracePoint(seconds, -1, None, value) for seconds, value in improvements)]
    iteration, objective, bound = 0, None, None
    merged = []
    for point in sorted(points, key=lambda p: p.seconds):
        iteration = max(iteration, point.iteration)
        objective = objective if point.objective is None else point.objective
        if point.bound is not None and (bound is None or sign * (point.bound - bound) > 0.0):
            bound = point.bound
        merged.append(TracePoint(point.seconds, iteration, objective, bound))
    return tuple(merged)
