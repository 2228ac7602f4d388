"""Report a peer's progress without slowing it down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.vrp import VrpSolution
from netroute.solvers.peers import progress as peers
from netroute.solvers.vrp.fleet_repair import legs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance


class Progress(peers.Progress["Sequence[Sequence[int]]"]):
    """Hands a peer's routes to the recorder."""

    def __init__(self, instance: VrpInstance, recorder: Recorder) -> None:
        def record(routes: Sequence[Sequence[int]]) -> None:
            plan = VrpSolution.of(routes)
            recorder.incumbent(plan_cost(instance, plan), plan, vehicles=len(plan.routes))

        super().__init__(recorder, record)


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
