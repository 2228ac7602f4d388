"""An instance as the search kernels want it: node 0 is the depot, demands are integers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.vrp import Metric, Rounding, VrpSolution
from netroute.solvers._kernels.distance import Matrix, Points
from netroute.solvers.vrp.neighbours import nearest_clients

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from netroute.problems.vrp import VrpInstance

MATRIX_SIZE = 2_500
"""Up to this many locations a float32 matrix is used (25 MB), coordinates beyond."""

MORTON_SIZE = 100
"""From this many locations on nodes are renumbered along a Morton curve, for the cache's sake."""

_ROUNDING = {
    Rounding.EXACT: 0,
    Rounding.NEAREST: 1,
    Rounding.UP: 2,
    Rounding.DOWN: 3,
    Rounding.DIMACS: 4,
}


@dataclass(frozen=True, slots=True, eq=False)
class SearchData:
    """What search kernels read.

    Attributes
    ----------
    source : Matrix or Points
        Distances between nodes.
    demand : ndarray of int64, shape (n,)
        Delivery of each node, 0 for the depot.
    capacity : int
        In the unit of ``demand``.
    fleet : int
        Largest number of routes; the number of clients where it is not limited.
    near : ndarray of uint32, shape (n, k)
        Nearest clients of each node, nearest first.
    location : ndarray of uint32, shape (n,)
        The instance's location of each node.
    node : ndarray of uint32, shape (n,)
        The inverse of ``location``.
    symmetric : bool
        Whether distances are the same both ways.
    """

    source: Matrix | Points
    demand: np.ndarray
    capacity: int
    fleet: int
    near: np.ndarray
    location: np.ndarray
    node: np.ndarray
    symmetric: bool

    @property
    def size(self) -> int:
        """Number of nodes, the depot included."""
        return len(self.demand)

    def nearest(self, count: int) -> SearchData:
        """Return the same data with only the ``count`` nearest clients of each node."""
        return replace(self, near=np.ascontiguousarray(self.near[:, :count]))

    def to_solution(self, routes: Iterable[Sequence[int] | np.ndarray]) -> VrpSolution:
        """Turn lists of nodes into a plan of the instance's clients."""
        return VrpSolution.of(self.location[np.asarray(route, np.int64)] for route in routes)

    def to_routes(self, solution: VrpSolution) -> list[np.ndarray]:
        """Turn a plan into arrays of nodes; unknown and doubled clients are dropped."""
        seen = np.zeros(self.size, bool)
        seen[0] = True
        routes = []
        for visits in solution.visits():
            route = []
            for client in visits:
                if 0 <= client < self.size and not seen[self.node[client]]:
                    seen[self.node[client]] = True
                    route.append(self.node[client])
            if route:
                routes.append(np.array(route, np.uint32))
        return routes


def search_data(
    instance: VrpInstance, *, neighbours: int, matrix: bool | None = None
) -> SearchData:
    """Prepare an instance with one depot and one vehicle type for the kernels.

    Parameters
    ----------
    neighbours : int
        Length of each node's list of near clients.
    matrix : bool, optional
        Whether distances become a matrix; without it their number decides.
    """
    size = instance.size
    location = np.arange(size, dtype=np.uint32)
    if size > MORTON_SIZE and instance.coordinates is not None:
        location[1:] = 1 + np.argsort(_morton(instance.coordinates[1:]), kind="stable")
    node = np.empty(size, np.uint32)
    node[location] = np.arange(size, dtype=np.uint32)
    demand, capacity = _integers(instance)
    vehicle = instance.vehicles[0]
    near = node[nearest_clients(instance, neighbours)][location]
    return SearchData(
        source=_source(instance, location, size <= MATRIX_SIZE if matrix is None else matrix),
        demand=demand[location],
        capacity=capacity,
        fleet=max(1, size - 1 if vehicle.number is None else min(vehicle.number, size - 1)),
        near=np.ascontiguousarray(near),
        location=location,
        node=node,
        symmetric="asymmetric distances" not in instance.features(),
    )


def _source(instance: VrpInstance, location: np.ndarray, matrix: bool) -> Matrix | Points:
    size = instance.size
    plain = instance.distances is None and instance.metric in (Metric.EUCLIDEAN, Metric.MANHATTAN)
    if plain and not matrix:
        assert instance.coordinates is not None
        points = instance.coordinates[location]
        code = [int(instance.metric is Metric.MANHATTAN), _ROUNDING[instance.rounding]]
        return Points(
            np.ascontiguousarray(points[:, 0]),
            np.ascontiguousarray(points[:, 1]),
            np.array(code, np.int64),
        )
    if size > 25_000:
        raise UnsupportedError(
            f"{size} locations with a matrix or the metric {instance.metric} would take "
            f"{4e-9 * size**2:.1f} GB; Euclidean and Manhattan coordinates need no matrix"
        )
    values = np.empty((size, size), np.float32)
    for begin in range(0, size, 256):
        rows = location[begin : begin + 256]
        values[begin : begin + len(rows)] = instance.distance_rows(rows)[:, location]
    return Matrix(values)


def _integers(instance: VrpInstance) -> tuple[np.ndarray, int]:
    """Demands and capacity as integers: exact where six decimals suffice, else on the safe side."""
    vehicle = instance.vehicles[0]
    demand = instance.demand()
    if demand.shape[1] == 0:
        return np.zeros(instance.size, np.int64), 0
    values = demand[:, 0]
    total = float(values.sum())
    capacity = min(vehicle.capacity[0] if vehicle.capacity else np.inf, total)
    for decimals in range(7):
        scaled, limit = values * 10.0**decimals, capacity * 10.0**decimals
        if np.abs(scaled - np.rint(scaled)).max() < 1e-7 * max(1.0, float(limit)) * 1e-3:
            return np.rint(scaled).astype(np.int64), int(np.floor(limit + 1e-9 * max(1.0, limit)))
    factor = 2.0**40 / max(capacity, 1e-300)
    return np.ceil(values * factor).astype(np.int64), int(np.floor(capacity * factor))


def _morton(coordinates: np.ndarray) -> np.ndarray:
    low = coordinates.min(axis=0)
    span = max(float((coordinates.max(axis=0) - low).max()), 1e-12)
    cells = ((coordinates - low) / span * 65535.0).astype(np.uint64)
    key = np.zeros(len(cells), np.uint64)
    for bit in range(16):
        for axis in range(2):
            key |= ((cells[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return key
