"""Report a peer's progress without slowing it down."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.fleet_repair import legs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance

INTERVAL = 0.1
"""Seconds between two incumbents that are reported; the last one always is."""


class Progress:
    """Hands a peer's answers to the recorder, at most every `INTERVAL` seconds."""

    def __init__(self, instance: VrpInstance, recorder: Recorder) -> None:
        self._instance = instance
        self._recorder = recorder
        self._reported = -np.inf
        self._asked = -np.inf

    def offer(self, routes: Callable[[], Sequence[Sequence[int]]]) -> None:
        """Record the plan that ``routes`` returns, unless the last one was recorded just now."""
        now = time.perf_counter()
        if now - self._reported >= INTERVAL:
            self._reported = now
            self.record(routes())

    def record(self, routes: Sequence[Sequence[int]]) -> None:
        """Record a plan that keeps all limits."""
        plan = VrpSolution.of(routes)
        self._recorder.incumbent(plan_cost(self._instance, plan), plan, vehicles=len(plan.routes))

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


def plan_cost(instance: VrpInstance, plan: VrpSolution) -> float:
    """Sum of distances over all routes, fast."""
    stops = np.concatenate([[0], *([*route.clients, 0] for route in plan.routes)])
    return float(legs(instance, stops[:-1], stops[1:]).sum())


def complete_routes(
    instance: VrpInstance, start: VrpSolution | None, vehicles: int
) -> list[list[int]] | None:
    """Return the routes of a start that visits every client once, else None."""
    if start is None or len(start.routes) > vehicles:
        return None
    visited = sorted(client for route in start.routes for client in route.clients)
    if visited != list(instance.clients):
        return None
    return [list(route.clients) for route in start.routes if route.clients]
