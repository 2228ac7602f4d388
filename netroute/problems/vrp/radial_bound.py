"""The radial lower bound of vehicle routing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance


def radial_bound(instance: VrpInstance) -> float:
    """Twice the demand-weighted mean distance to the depot, times the vehicles' worth of demand.

    A route that serves client i is a closed walk from the depot through i, so it costs at least the
    shortest way there and back; shares of it by demand over capacity sum up to no more than the
    longest of those.

    Source: M. Haimovich, A. H. G. Rinnooy Kan, Bounds and heuristics for capacitated routing
    problems (Mathematics of Operations Research 1985).
    """
    demand = instance.demand()
    capacity = instance.vehicles[0].capacity
    if not capacity or not demand.shape[1]:
        share = np.zeros(instance.size)
    else:
        share = demand[:, 0] / (capacity[0] * (1.0 + 1e-9) + 1e-9)
    distances = instance.distance_matrix()
    graph = np.where(distances > 0.0, distances, 1e-300)
    there = dijkstra(graph, indices=0)
    back = dijkstra(graph.T, indices=0)
    ways = (there + back) * (1.0 - 1e-12)
    value = max(float(share @ ways), float(ways[instance.depots :].max()))
    return _rounded(instance, distances, value)


def _rounded(instance: VrpInstance, distances: np.ndarray, value: float) -> float:
    if (distances == np.rint(distances)).all():
        return float(math.ceil(value - 1e-9 * max(1.0, value)))
    return value * (1.0 - 1e-12)
