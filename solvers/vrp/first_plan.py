"""What a search begins with: the user's start, else savings, made to fit the fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import NoAnswerError
from netroute.solvers.vrp.costs import plan_cost
from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.fleet_repair import fit_fleet
from netroute.solvers.vrp.hgs_start import complete
from netroute.solvers.vrp.savings import savings_routes

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance, VrpSolution
    from netroute.solvers.vrp.search_data import SearchData

PACKING_SECONDS = 5.0
"""Most time that proving or repairing a limited fleet may take."""


def first_plan(
    instance: VrpInstance, data: SearchData, recorder: Recorder, start: VrpSolution | None
) -> list[np.ndarray]:
    """Return complete routes within capacity and fleet, and record them as first incumbent.

    Of a given start the routes that fit are kept, and the better of it and savings is returned.

    Raises
    ------
    InfeasibleError
        The fleet is proven too small.
    NoAnswerError
        It is not, but no plan was found that fits.
    """
    seconds = min(PACKING_SECONDS, 0.5 * recorder.clock.remaining())
    if data.fleet < data.size - 1:
        require_feasible_fleet(instance, seconds=seconds)
    plans = [savings_routes(data)]
    if start is not None:
        plans.append(_usable(instance, data, start))
    fitted = [_fit(instance, data, plan, seconds) for plan in plans]
    found = [(plan_cost(instance, data, plan), plan) for plan in fitted if plan is not None]
    if not found:
        raise NoAnswerError(
            f"no plan with at most {data.fleet} vehicles was found, and none is proven impossible"
        )
    cost, routes = min(found, key=lambda pair: pair[0])
    recorder.incumbent(cost, data.to_solution(routes), vehicles=len(routes))
    return routes


def _usable(instance: VrpInstance, data: SearchData, start: VrpSolution) -> list[np.ndarray]:
    """Cut the start's routes where they are too heavy, and add the clients that it lacks."""
    routes = []
    for route in data.to_routes(start):
        loads = np.cumsum(data.demand[route])
        begin, carried = 0, 0
        for index in range(len(route)):
            if loads[index] - carried > data.capacity:
                routes.append(route[begin:index])
                begin, carried = index, int(loads[index - 1]) if index else 0
        routes.append(route[begin:])
    return complete(instance, data, routes)


def _fit(
    instance: VrpInstance, data: SearchData, routes: list[np.ndarray], seconds: float
) -> list[np.ndarray] | None:
    if len(routes) <= data.fleet:
        return routes
    places = [data.location[route].tolist() for route in routes]
    fitted = fit_fleet(instance, places, seconds=seconds)
    return None if fitted is None else [data.node[np.array(r, np.int64)] for r in fitted]
