"""Vehicle routing of mixed sizes, layouts and demands: one instance, or many as arrays."""

from __future__ import annotations

import math

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.datasets.points import draw_points
from netroute.datasets.vrp.uniform import usual_capacity
from netroute.problems.geometry import Rounding
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

RANGES = {"1-9": (1, 9), "unitary": (1, 1), "1-10": (1, 10), "5-10": (5, 10)}
RANGES |= {"1-100": (1, 100), "50-100": (50, 100)}
"""Demands that are uniform among integers: those of the learning literature, and of CVRPLIB's X."""

DEMANDS = (*RANGES, "quadrant", "many-small", "mixture")
DEPOTS = ("random", "central", "eccentric", "mixture")
"""What `draw_batch` can draw."""

ROUTE_SIZE = (3.0, 6.0, 25.0)
"""Clients on a full route of CVRPLIB's X: least, most frequent and largest number."""


def draw_batch(
    rng: np.random.Generator,
    count: int,
    n: int,
    *,
    distribution: str = "uniform",
    depot: str = "random",
    demand: str = "1-9",
    capacity: int | None = None,
    route_size: float | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw ``count`` problems of ``n`` clients each.

    Parameters
    ----------
    rng : numpy.random.Generator
    count, n : int
        Numbers of problems, and of clients in each.
    distribution : str
        Of the clients: uniform, gaussian-mixture, clustered, mixed or mixture; see
        `netroute.datasets.points.draw_points`.
    depot : str
        random, that is uniform in the unit square; central, at (0.5, 0.5); eccentric, at (0, 0);
        or mixture, any of these.
    demand : str
        Uniform among integers: 1-9, unitary, 1-10, 5-10, 1-100 or 50-100; quadrant, 1 to 50 in
        the even quadrants around (0.5, 0.5) and 51 to 100 in the odd ones; many-small, 1 to 10
        for 70 to 95 % of the clients and 50 to 100 for the others; or mixture, any of these.
    capacity : int, optional
        Of all problems. Without it that of the learning literature for demands of 1-9 (50 for 100
        clients); otherwise by ``route_size``.
    route_size : float, optional
        Average number of clients on a full route, by which the capacity is set; of each problem
        drawn from the triangular distribution between 3 and 25 with its peak at 6 without it.

    Returns
    -------
    coordinates : ndarray of float64, shape (count, n + 1, 2)
        In the unit square, depot first.
    demands : ndarray of int64, shape (count, n + 1)
        0 at the depot.
    capacity : ndarray of int64, shape (count,)

    Raises
    ------
    InputError
        An option that does not exist, or a number out of its range.

    Examples
    --------
    >>> points, demands, capacity = draw_batch(np.random.default_rng(1), 8, 100)
    >>> points.shape, demands.shape, capacity.tolist()
    ((8, 101, 2), (8, 101), [50, 50, 50, 50, 50, 50, 50, 50])
    """
    _require("n", n, n >= 1, "at least one client")
    _require("count", count, count >= 0, "at least 0")
    for name, value, known in (("depot", depot, DEPOTS), ("demand", demand, DEMANDS)):
        if value not in known:
            raise unknown_name(name, value, known)
    coordinates = np.empty((count, n + 1, 2))
    coordinates[:, 1:] = draw_points(rng, count, n, distribution=distribution)
    coordinates[:, 0] = _depots(rng, count, depot)
    demands = np.zeros((count, n + 1), np.int64)
    demands[:, 1:] = _demands(rng, coordinates[:, 1:], demand)
    largest = demands.max(axis=1)
    if capacity is not None or (demand == "1-9" and route_size is None):
        common = usual_capacity(n) if capacity is None else capacity
        most = int(largest.max(initial=1))
        _require("capacity", common, common >= most, f"at least the largest demand, {most}")
        return coordinates, demands, np.full(count, common)
    clients = rng.triangular(*ROUTE_SIZE, count)
    if route_size is not None:
        _require("route_size", route_size, 1 <= route_size < math.inf, ">= 1")
        clients[:] = route_size
    load = np.ceil(clients * demands.sum(axis=1) / n).astype(np.int64)
    return coordinates, demands, np.maximum(load, largest)


def generate_mixture(
    n: int,
    *,
    fewest: int | None = None,
    seed: int = 0,
    distribution: str = "mixture",
    depot: str = "mixture",
    demand: str = "mixture",
    capacity: int | None = None,
    route_size: float | None = None,
    name: str | None = None,
) -> VrpInstance:
    """Make a CVRP instance whose size, layout and demands are drawn at random.

    Clients and depot are points of the grid [0, 1000] x [0, 1000], distances are Euclidean and
    rounded to the nearest integer.

    Parameters
    ----------
    n : int
        Largest number of clients.
    fewest : int, optional
        Least number; each one between is equally likely. Always ``n`` without it.
    seed : int
        Same seed, same instance.
    distribution : str
        uniform, gaussian-mixture, clustered, mixed, or mixture, any of these.
    depot : str
        random, central, eccentric, or mixture, any of these.
    demand : str
        1-9, unitary, 1-10, 5-10, 1-100, 50-100, quadrant, many-small, or mixture, any of these.
    capacity : int, optional
        Otherwise by ``route_size``, or as in the learning literature for demands of 1-9.
    route_size : float, optional
        Average number of clients on a full route; drawn between 3 and 25 without it.
    name : str, optional
        Made of distribution, size and seed without it.

    Raises
    ------
    InputError
        An option that does not exist, or a number out of its range.

    Examples
    --------
    >>> instance = generate_mixture(200, fewest=50, seed=3)
    >>> instance.name, instance.size
    ('mixture-n172-s3', 173)
    """
    _require("n", n, n >= 1, "at least one client")
    if fewest is not None:
        _require("fewest", fewest, 1 <= fewest <= n, f"1 to {n}")
    rng = generator(seed)
    size = n if fewest is None else int(rng.integers(fewest, n + 1))
    points, demands, room = draw_batch(
        rng,
        1,
        size,
        distribution=distribution,
        depot=depot,
        demand=demand,
        capacity=capacity,
        route_size=route_size,
    )
    return VrpInstance(
        name=name or f"{distribution}-n{size}-s{seed}",
        coordinates=np.rint(1000.0 * points[0]),
        deliveries=demands[0],
        rounding=Rounding.NEAREST,
        vehicles=(VehicleType(capacity=(float(room[0]),)),),
    )


def _depots(rng: np.random.Generator, count: int, kind: str) -> np.ndarray:
    points = rng.random((count, 2))
    which = rng.integers(0, 3, count) if kind == "mixture" else np.full(count, DEPOTS.index(kind))
    points[which == DEPOTS.index("central")] = 0.5
    points[which == DEPOTS.index("eccentric")] = 0.0
    return points


def _demands(rng: np.random.Generator, points: np.ndarray, kind: str) -> np.ndarray:
    count, n = points.shape[:2]
    if kind == "mixture":
        # Those of the set X, which come after 1-9.
        drawn = np.empty((count, n), np.int64)
        kinds = rng.integers(1, len(DEMANDS) - 1, count)
        for k in range(1, len(DEMANDS) - 1):
            rows = np.flatnonzero(kinds == k)
            drawn[rows] = _demands(rng, points[rows], DEMANDS[k])
        return drawn
    if kind in RANGES:
        low, high = RANGES[kind]
        return rng.integers(low, high + 1, (count, n))
    if kind == "quadrant":
        odd = (points[:, :, 0] >= 0.5) == (points[:, :, 1] >= 0.5)
        low = np.where(odd, 51, 1)
        return rng.integers(low, low + 50)
    small = np.arange(n) < np.rint(rng.uniform(0.70, 0.95, (count, 1)) * n)
    amounts = rng.integers(np.where(small, 1, 50), np.where(small, 11, 101))
    return rng.permuted(amounts, axis=1)


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", code="generate", where=where)
