"""What the genetic search begins with: a first plan, a completed start, exact costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.fleet_repair import fit_fleet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData


def sweep_plan(
    instance: VrpInstance, data: SearchData, *, seconds: float
) -> list[np.ndarray] | None:
    """Return a feasible plan by sweep at once, None where the fleet is too tight for that.

    Raises
    ------
    InfeasibleError
        The fleet is proven too small.
    """
    if data.fleet < data.size - 1:
        require_feasible_fleet(instance, seconds=min(5.0, seconds))
    routes = cut(data, around_depot(instance, data))
    if len(routes) <= data.fleet:
        return routes
    places = [data.location[route].tolist() for route in routes]
    fitted = fit_fleet(instance, places, seconds=min(5.0, seconds))
    return None if fitted is None else [data.node[np.array(r, np.int64)] for r in fitted]


def around_depot(instance: VrpInstance, data: SearchData) -> np.ndarray:
    """Clients by direction from the depot; by number where there are no coordinates."""
    nodes = np.arange(1, data.size, dtype=np.uint32)
    if instance.coordinates is None:
        return nodes
    x, y = (instance.coordinates[data.location] - instance.coordinates[data.location[0]]).T
    return nodes[np.argsort(np.arctan2(y[1:], x[1:]), kind="stable")]


def cut(data: SearchData, nodes: np.ndarray) -> list[np.ndarray]:
    """Fill one route after another in the given order."""
    total = np.concatenate([[0], np.cumsum(data.demand[nodes])])
    begin, routes = 0, []
    while begin < len(nodes):
        end = int(np.searchsorted(total, total[begin] + data.capacity, side="right")) - 1
        routes.append(nodes[begin : max(end, begin + 1)])
        begin = max(end, begin + 1)
    return routes


def complete(
    instance: VrpInstance, data: SearchData, routes: Sequence[np.ndarray]
) -> list[np.ndarray]:
    """Add routes for the clients that are in none."""
    missing = np.ones(data.size, bool)
    for route in routes:
        missing[route] = False
    order = around_depot(instance, data)
    return [*routes, *cut(data, order[missing[order]])]
