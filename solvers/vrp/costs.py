"""Exact cost of plans given as arrays of nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.geometry import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData


def route_costs(
    instance: VrpInstance, data: SearchData, routes: Sequence[np.ndarray]
) -> np.ndarray:
    """Return the distance of each route in double precision; no route may be empty."""
    if not len(routes):
        return np.zeros(0)
    tour = np.concatenate([part for route in routes for part in (route, (0,))]).astype(np.int64)
    tour = data.location[tour].astype(np.int64)
    before = np.concatenate([[0], tour[:-1]])
    if instance.distances is not None:
        steps = instance.distances[before, tour]
    else:
        assert instance.coordinates is not None
        points = instance.coordinates
        steps = measure(points[before], points[tour], instance.metric, instance.rounding)
    lengths = [len(route) + 1 for route in routes]
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    costs: np.ndarray = np.add.reduceat(steps, begins)
    return costs


def plan_cost(instance: VrpInstance, data: SearchData, routes: Sequence[np.ndarray]) -> float:
    """Return the distance of a plan in double precision."""
    return float(route_costs(instance, data, [route for route in routes if len(route)]).sum())
