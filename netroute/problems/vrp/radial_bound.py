"""The radial lower bound of vehicle routing: instant at every size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse.csgraph import dijkstra

from netroute.problems.geometry import Metric, Rounding, measure

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance

MATRIX_SIZE = 2_500
"""Up to this many locations shortest ways are searched; beyond, coordinates are reasoned with."""

_LOST = {
    Rounding.EXACT: 0.0,
    Rounding.UP: 0.0,
    Rounding.NEAREST: 0.5,
    Rounding.DOWN: 1.0,
    Rounding.DIMACS: 0.1,
}
"""By how much each rounding may shorten a distance."""

_NORMS = (Metric.EUCLIDEAN, Metric.MANHATTAN, Metric.MAXIMUM)


def radial_bound(instance: VrpInstance) -> float:
    """Sum of each client's way to the depot and back, times the part of a vehicle that it fills.

    A route that serves client i is a closed walk from the depot through i, so it costs at least the
    shortest way there and back. Shares of such ways by demand over capacity sum up to at most the
    longest of them, as the shares of one route's clients sum up to at most 1.

    Source: M. Haimovich, A. H. G. Rinnooy Kan, Bounds and heuristics for capacitated routing
    problems (Mathematics of Operations Research 1985).

    Returns
    -------
    float
        Rounded up where all distances are integers. 0 where nothing better is known.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4], [6, 8]],
    ...     deliveries=[0, 1, 1],
    ...     rounding="nearest",
    ...     vehicles=(VehicleType(capacity=(1,)),),
    ... )
    >>> radial_bound(instance)
    30.0
    """
    if instance.size == 1:
        return 0.0
    share = _shares(instance)
    if instance.distances is not None or instance.size <= MATRIX_SIZE:
        ways, lost = _shortest_ways(instance), 0.0
    elif instance.metric in _NORMS:
        ways, lost = _straight_ways(instance, share)
    else:
        return 0.0
    value = (max(float(share @ ways), float(ways.max())) - lost) * (1.0 - 1e-11)
    if _integral(instance):
        return float(max(0, math.ceil(value)))
    return max(0.0, value)


def _shares(instance: VrpInstance) -> np.ndarray:
    """Part of a vehicle's capacity that each location takes, in its tightest load dimension."""
    capacity = instance.vehicles[0].capacity
    share = np.zeros(instance.size)
    demand = instance.demand()
    best = 0.0
    for dimension, limit in enumerate(capacity):
        part = demand[:, dimension] / (limit * (1.0 + 1e-9) + 1e-9)
        if float(part.sum()) > best:
            share, best = part, float(part.sum())
    return share


def _shortest_ways(instance: VrpInstance) -> np.ndarray:
    """Shortest walk from the depot to each location and back; explicit zeros are edges too."""
    distances = np.asarray(instance.distance_matrix(), np.float64)
    graph = np.where(distances > 0.0, distances, 1e-200)
    ways: np.ndarray = dijkstra(graph, indices=0) + dijkstra(graph.T, indices=0)
    return ways


def _straight_ways(instance: VrpInstance, share: np.ndarray) -> tuple[np.ndarray, float]:
    """Ways before rounding, and what rounding may take off all routes together.

    A route of m clients has m + 1 distances. Two of them are charged to the ways, the m - 1
    others to the plan: as many as there are clients less the fewest routes that can carry them.
    """
    assert instance.coordinates is not None
    lost = _LOST[instance.rounding]
    straight = measure(
        instance.coordinates[0], instance.coordinates, instance.metric, Rounding.EXACT
    )
    ways = 2.0 * np.maximum(straight - lost, 0.0)
    routes = max(1, math.ceil(float(share.sum()) - 1e-6))
    return ways, lost * max(0, instance.size - instance.depots - routes)


def _integral(instance: VrpInstance) -> bool:
    if instance.distances is not None:
        return bool((instance.distances == np.rint(instance.distances)).all())
    return instance.rounding in (Rounding.NEAREST, Rounding.UP, Rounding.DOWN)
