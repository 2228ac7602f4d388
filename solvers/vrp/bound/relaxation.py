"""The integer problem whose optimum lies below the instance's: what every bound here is about.

Costs are scaled by a power of two and rounded down, asymmetric ones replaced by the lower of both
directions, and demands become positive integer weights with a capacity that every feasible route
keeps. From here on all is exact integer arithmetic, so that a bound on this problem is one on the
instance whatever the floating point does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance

WEIGHT_LIMIT = 4000
"""Largest capacity in weights; finer demands are coarsened."""

EXACT = 2.0**52
"""Integers up to here are exact in float64, with room for one addition."""

TOLERANCE = 1e-9
"""Relative excess of a load that the checker takes for rounding errors."""


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """Integer costs and weights of one instance.

    Attributes
    ----------
    cost : ndarray of float64, shape (n, n)
        Integers: symmetric distances times ``scale``, rounded down.
    scale : int
        A power of two.
    integral : bool
        Whether all distances are integers, so that bounds may be rounded up.
    weight : ndarray of int64, shape (n,)
        At least 1 for each client, 0 for the depot.
    capacity : int
        No feasible route weighs more.
    fleet : int
        Some optimal solution of this problem has at most so many routes.
    vehicles : int or None
        The instance's own limit on the number of routes.
    """

    cost: np.ndarray
    scale: int
    integral: bool
    weight: np.ndarray
    capacity: int
    fleet: int
    vehicles: int | None

    @property
    def size(self) -> int:
        """Number of locations, the depot included."""
        return len(self.weight)

    def vehicles_for(self, clients: np.ndarray) -> int:
        """Fewest routes that can serve these clients."""
        return -(-int(self.weight[clients].sum()) // self.capacity)

    def value(self, numerator: int, denominator: int) -> float:
        """Largest float64 not above a bound given as a fraction, rounded up if costs allow it."""
        if self.integral:
            return float(-(-numerator // denominator))
        value = numerator / denominator
        # Python's true division of integers rounds to nearest, which may be upwards.
        return math.nextafter(value, -math.inf)


def relax(instance: VrpInstance) -> Relaxation:
    """Build the integer problem of an instance with one depot and one vehicle type."""
    distances = np.asarray(instance.distance_matrix(), np.float64)
    symmetric = np.minimum(distances, distances.T)
    integral = bool((distances == np.rint(distances)).all())
    demand = _demand(instance)
    capacity = instance.vehicles[0].capacity
    limit = capacity[0] * (1.0 + TOLERANCE) + TOLERANCE if capacity else math.inf
    weight, whole = _weights(demand, limit)
    largest = max(1.0, float(symmetric.max()))
    scale = 2 ** min(32, math.floor(math.log2(EXACT / (40.0 * largest * (whole + 4)))))
    cost = np.floor(symmetric * float(scale))
    np.fill_diagonal(cost, 0.0)
    vehicles = instance.vehicles[0].number
    return Relaxation(
        cost=cost,
        scale=scale,
        integral=integral,
        weight=weight,
        capacity=whole,
        fleet=_fleet(cost, weight, whole, vehicles),
        vehicles=vehicles,
    )


def _demand(instance: VrpInstance) -> np.ndarray:
    demand = instance.demand()
    return demand[:, 0].copy() if demand.shape[1] else np.zeros(instance.size)


def _weights(demand: np.ndarray, limit: float) -> tuple[np.ndarray, int]:
    """Positive integer weights and a capacity that no feasible route exceeds.

    Demands times a factor, rounded down; where that gives 0 the weight is 1, and the capacity
    grows by the number of such clients that one route can hold.
    """
    clients = len(demand) - 1
    total = float(demand.sum())
    if total <= limit:
        limit = total
    if total <= 0.0:
        return np.concatenate([[0], np.ones(clients, np.int64)]), clients
    factor = _factor(demand, limit)
    weight = np.floor(demand * factor + 1e-7).astype(np.int64)
    capacity = math.floor(limit * factor + 1e-7 * (clients + 1))
    small = np.flatnonzero(weight[1:] == 0) + 1
    if len(small):
        held = np.cumsum(np.sort(demand[small])) <= limit * (1.0 + TOLERANCE)
        capacity += int(held.sum())
        weight[small] = 1
    weight[0] = 0
    return weight, min(capacity, int(weight.sum()))


def _factor(demand: np.ndarray, limit: float) -> float:
    """Largest useful factor that keeps the capacity within `WEIGHT_LIMIT`."""
    for decimals in range(7):
        power = 10.0**decimals
        scaled = demand * power
        whole = np.rint(scaled)
        if limit * power < 2.0**40 and np.abs(scaled - whole).max() < 1e-9 * max(1.0, scaled.max()):
            divisor = int(np.gcd.reduce(whole.astype(np.int64)))
            factor = power / divisor
            # Clients without demand get weight 1; then a finer unit makes that cost no capacity.
            idle = int((whole[1:] == 0).sum())
            for times in (idle + 1, 1):
                if limit * factor * times <= WEIGHT_LIMIT:
                    return factor * times
            break
    return WEIGHT_LIMIT / limit


def _fleet(cost: np.ndarray, weight: np.ndarray, capacity: int, vehicles: int | None) -> int:
    """Most routes that an optimal solution with as few routes as possible can have.

    Fewer than ``2 sum(weight) / (capacity + 1)`` routes weigh more than half the capacity. Of the
    lighter ones any two fit together, so that joining them must cost: all their end clients are
    pairwise without a saving, a clique whose size the degeneracy of that graph limits.
    """
    clients = len(weight) - 1
    heavy = int(2 * int(weight.sum()) // (capacity + 1))
    saving = cost[0][1:, None] + cost[0][None, 1:] - cost[1:, 1:]
    apart = np.array(saving < 0)
    np.fill_diagonal(apart, False)
    most = min(clients, heavy + _degeneracy(apart) + 1)
    return most if vehicles is None else min(most, vehicles)


def _degeneracy(adjacent: np.ndarray) -> int:
    """Largest k such that some subgraph has minimum degree k."""
    alive: np.ndarray = np.array(adjacent.any(axis=1))
    degree = adjacent.sum(axis=1)
    found = 0
    while alive.any():
        nodes = np.flatnonzero(alive)
        node = nodes[np.argmin(degree[nodes])]
        found = max(found, int(degree[node]))
        alive[node] = False
        degree[adjacent[node] & alive] -= 1
    return found
