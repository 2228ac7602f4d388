"""The two-index model of capacitated vehicle routing, and its translation to PuLP.

A variable counts how often the edge between two locations is driven, undirected where distances are
symmetric (an edge at the depot then counts twice for a route of one client), directed elsewhere.
Capacity cuts are added as they are found, with r(S) a lower bound on the vehicles that a set S of
clients needs, at least 1:

    edges within S  <=  |S| - r(S)

Source: G. Laporte, Y. Nobert, M. Desrochers, Optimal routing under capacity and distance
restrictions (Operations Research 1985).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.solvers.lp.engines import add_variable
from netroute.solvers.vrp.bin_packing import lower_bound
from netroute.solvers.vrp.feasibility import integer_sizes

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance

LOAD_TOLERANCE = 1e-9
"""Relative to the capacity: loads that exceed it by less still fit."""


@dataclass(slots=True)
class TwoIndexModel:
    """Plain data of the model; locations are numbered as in the instance, 0 is the depot.

    Attributes
    ----------
    size : int
        Number of locations.
    directed : bool
        Whether (i, j) and (j, i) are different variables.
    pairs : ndarray of int, shape (m, 2)
        Locations that a variable joins.
    costs : ndarray, shape (m,)
        Distances.
    demand : ndarray, shape (n,)
        Of each location.
    capacity : float
        May be infinite.
    fewest, most : int
        Limits on the number of routes.
    cuts : dict of tuple of int to int
        Sets of clients with a capacity cut, and its right-hand side.
    """

    size: int
    directed: bool
    pairs: np.ndarray
    costs: np.ndarray
    demand: np.ndarray
    capacity: float
    fewest: int
    most: int
    cuts: dict[tuple[int, ...], int] = field(default_factory=dict)

    def matrix(self, values: np.ndarray) -> np.ndarray:
        """Values of the variables as a symmetric matrix of how often two locations are joined."""
        joined = np.zeros((self.size, self.size))
        np.add.at(joined, (self.pairs[:, 0], self.pairs[:, 1]), values)
        return joined + joined.T

    def routes(self, values: np.ndarray) -> list[list[int]] | None:
        """Read the routes off an integer solution; None if a tour misses the depot."""
        counts = np.rint(values).astype(int)
        ahead: dict[int, list[int]] = {i: [] for i in range(self.size)}
        for (i, j), count in zip(self.pairs.tolist(), counts.tolist(), strict=True):
            for _ in range(count):
                ahead[i].append(j)
                if not self.directed:
                    ahead[j].append(i)
        routes = []
        while ahead[0]:
            route, here, after = [], 0, ahead[0].pop()
            while after != 0:
                if not self.directed:
                    ahead[after].remove(here)
                route.append(after)
                here, after = after, ahead[after].pop()
            if not self.directed:
                ahead[0].remove(here)
            routes.append(route)
        return routes if sum(map(len, routes)) == self.size - 1 else None

    def to_pulp(self, *, relaxed: bool) -> tuple[Any, list[Any], list[Any]]:
        """Return the PuLP problem and its variables in the order of ``pairs``; no row matters."""
        import pulp

        problem = pulp.LpProblem("cvrp", pulp.LpMinimize)
        kind = "Continuous" if relaxed else "Integer"
        variables = []
        at: list[list[Any]] = [[] for _ in range(self.size)]
        into: list[list[Any]] = at if not self.directed else [[] for _ in range(self.size)]
        for i, j in self.pairs.tolist():
            upper = 2 if not self.directed and i == 0 else 1
            x = add_variable(problem, f"x_{i}_{j}", upper, kind)
            variables.append(x)
            at[i].append(x)
            into[j].append(x)
        problem += pulp.lpSum(c * x for c, x in zip(self.costs.tolist(), variables, strict=True))
        each = 1 if self.directed else 2
        for client in range(1, self.size):
            problem += pulp.lpSum(at[client]) == each, f"leave_{client}"
            if self.directed:
                problem += pulp.lpSum(into[client]) == 1, f"enter_{client}"
        problem += pulp.lpSum(at[0]) >= each * self.fewest, "fewest_routes"
        problem += pulp.lpSum(at[0]) <= each * self.most, "most_routes"
        inside = np.zeros(self.size, bool)
        for number, (clients, limit) in enumerate(self.cuts.items()):
            inside[:] = False
            inside[list(clients)] = True
            within = np.flatnonzero(inside[self.pairs].all(axis=1))
            problem += pulp.lpSum(variables[k] for k in within) <= limit, f"capacity_{number}"
        return problem, variables, []


def two_index_model(instance: VrpInstance) -> TwoIndexModel:
    """Build the model without cuts."""
    size = instance.size
    distance = instance.distance_matrix()
    directed = "asymmetric distances" in instance.features()
    if directed:
        first, second = np.nonzero(~np.eye(size, dtype=bool))
    else:
        first, second = np.triu_indices(size, k=1)
    demand = instance.demand()[:, 0] if instance.dimensions else np.zeros(size)
    vehicle = instance.vehicles[0]
    capacity = vehicle.capacity[0] if vehicle.capacity else np.inf
    # Two clients that do not fit together are never neighbours.
    fits = demand[first] + demand[second] <= capacity * (1.0 + LOAD_TOLERANCE)
    fits |= (first == 0) | (second == 0)
    pairs = np.column_stack([first, second])[fits]
    most = size - 1 if vehicle.number is None else min(vehicle.number, size - 1)
    return TwoIndexModel(
        size=size,
        directed=directed,
        pairs=pairs,
        costs=distance[pairs[:, 0], pairs[:, 1]],
        demand=demand,
        capacity=capacity,
        fewest=vehicles_needed(demand[1:], capacity),
        most=most,
    )


def vehicles_needed(demand: np.ndarray, capacity: float) -> int:
    """Return a lower bound on the vehicles for these clients, at least 1.

    Examples
    --------
    >>> vehicles_needed(np.array([6.0, 6.0, 6.0]), 10.0)
    3
    """
    if not np.isfinite(capacity):
        return 1
    sizes, limit, _ = integer_sizes(demand, capacity)
    return max(1, lower_bound(sizes, limit))
