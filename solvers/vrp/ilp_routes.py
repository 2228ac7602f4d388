"""Set partitioning over all routes of an instance with few clients, solved with PuLP.

All sets of clients that fit into a vehicle are costed by dynamic programming. Column generation
solves the linear relaxation; what it leaves of the gap is closed by an integer program over the
routes whose reduced cost is small enough, which loses no better plan.

Source: R. Baldacci, N. Christofides, A. Mingozzi, An exact algorithm for the vehicle routing
problem based on the set partitioning formulation with additional cuts (Mathematical Programming
2008).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.solvers.lp.engines import add_variable
from netroute.solvers.vrp._kernels.held_karp import extend_tours
from netroute.solvers.vrp.ilp_model import LOAD_TOLERANCE, TwoIndexModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.vrp import VrpInstance

CLIENT_LIMIT = 20
"""Largest number of clients: 2**20 sets, 170 MB while they are costed."""


@dataclass(frozen=True, slots=True, eq=False)
class RouteSets:
    """Every set of clients that one vehicle can serve, as bit patterns, and its cheapest tour.

    Attributes
    ----------
    count : int
        Number of clients; bit k stands for location k + 1.
    sets : ndarray of int64, shape (m,)
        In rising order.
    costs : ndarray, shape (m,)
    fewest, most : int
        Limits on the number of routes.
    distance, path : ndarray
        For reading off the tours, see `extend_tours`.
    """

    count: int
    sets: np.ndarray
    costs: np.ndarray
    fewest: int
    most: int
    distance: np.ndarray
    path: np.ndarray

    def tour(self, pattern: int) -> list[int]:
        """Return the locations of a set in the order of its cheapest tour."""
        order: list[int] = []
        after = 0
        while pattern:
            last = int(np.argmin(self.path[pattern] + self.distance[1:, after]))
            order.insert(0, last + 1)
            pattern ^= 1 << last
            after = last + 1
        return order

    def excess(self, duals: np.ndarray) -> tuple[float, np.ndarray]:
        """Return a bound from any duals of the clients, and what each set costs above it.

        A plan costs at least the bound plus the excess of its routes, and none is negative.
        """
        reduced = self.costs - subset_sums(duals)[self.sets]
        least = float(reduced.min())
        routes = self.most if least < 0.0 else self.fewest
        return float(duals.sum()) + routes * least, reduced - least


def route_sets(
    instance: VrpInstance, model: TwoIndexModel, stop: Callable[[], bool]
) -> RouteSets | None:
    """Enumerate the sets and cost them; None if told to stop."""
    count = len(instance.clients)
    limit = model.capacity + LOAD_TOLERANCE * max(1.0, model.capacity)
    fits = subset_sums(model.demand[1:]) <= limit
    distance = np.ascontiguousarray(instance.distance_matrix(), np.float64)
    path = np.full((1 << count, count), np.inf)
    path[1 << np.arange(count), np.arange(count)] = distance[0, 1:]
    tour = np.full(1 << count, np.inf)
    for begin in range(1, 1 << count, 1 << 13):
        if stop():
            return None
        extend_tours(distance, fits, begin, min(1 << count, begin + (1 << 13)), path, tour)
    sets = np.flatnonzero(fits[1:]) + 1
    return RouteSets(count, sets, tour[sets], model.fewest, model.most, distance, path)


def subset_sums(values: np.ndarray) -> np.ndarray:
    """Sum over each subset; bit k of a subset's number stands for item k.

    Examples
    --------
    >>> subset_sums(np.array([1.0, 2.0])).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    sums = np.zeros(1)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def members(pattern: int, count: int) -> list[int]:
    """Locations that a bit pattern stands for."""
    return [k + 1 for k in range(count) if pattern >> k & 1]


@dataclass(frozen=True, slots=True, eq=False)
class PartitionModel:
    """Set partitioning over some of the sets; ``penalty`` lets the relaxation leave clients out.

    Its duals come client by client.
    """

    count: int
    patterns: np.ndarray
    costs: np.ndarray
    fewest: int
    most: int
    penalty: float

    def to_pulp(self, *, relaxed: bool) -> tuple[Any, list[Any], list[Any]]:
        """Return the problem, its variables in the order of ``patterns``, and the clients' rows."""
        import pulp

        problem = pulp.LpProblem("cvrp_routes", pulp.LpMinimize)
        kind = "Continuous" if relaxed else "Integer"
        serving: list[list[Any]] = [[] for _ in range(self.count)]
        variables = []
        for number, pattern in enumerate(self.patterns.tolist()):
            route = add_variable(problem, f"route_{number}", None if relaxed else 1, kind)
            variables.append(route)
            for location in members(pattern, self.count):
                serving[location - 1].append(route)
        cost = [c * x for c, x in zip(self.costs.tolist(), variables, strict=True)]
        if relaxed:
            for client, row in enumerate(serving, start=1):
                row.append(add_variable(problem, f"unserved_{client}", None, kind))
                cost.append(self.penalty * row[-1])
        problem += pulp.lpSum(cost)
        rows = []
        for client, row in enumerate(serving, start=1):
            rows.append(pulp.lpSum(row) == 1)
            problem += rows[-1], f"serve_{client}"
        problem += pulp.lpSum(variables) >= self.fewest, "fewest_routes"
        problem += pulp.lpSum(variables) <= self.most, "most_routes"
        return problem, variables, rows
