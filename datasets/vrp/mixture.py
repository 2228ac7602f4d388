"""Vehicle routing of mixed sizes, layouts and demands: one instance, or many as arrays."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.datasets.points import draw_points
from netroute.datasets.vrp.demands import draw_capacity, draw_demands
from netroute.problems.geometry import Rounding
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

DEPOTS = ("random", "central", "eccentric", "mixture")
"""What `draw_batch` can draw."""


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
        1-9, unitary, 1-10, 5-10, 1-100, 50-100, quadrant, many-small, or mixture, any of these but
        1-9; see `netroute.datasets.vrp.demands.draw_demands`.
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
    if depot not in DEPOTS:
        raise unknown_name("depot", depot, DEPOTS)
    coordinates = np.empty((count, n + 1, 2))
    coordinates[:, 1:] = draw_points(rng, count, n, distribution=distribution)
    coordinates[:, 0] = _depots(rng, count, depot)
    demands = np.zeros((count, n + 1), np.int64)
    demands[:, 1:] = draw_demands(rng, coordinates[:, 1:], demand)
    room = draw_capacity(rng, demands[:, 1:], kind=demand, capacity=capacity, route_size=route_size)
    return coordinates, demands, room


def generate_mixture(
    n: int,
    *,
    seed: int = 0,
    fewest: int | None = None,
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
    seed : int
        Same seed, same instance.
    fewest : int, optional
        Least number; each one between is equally likely. Always ``n`` without it.
    distribution : str
        uniform, gaussian-mixture, clustered, mixed, or mixture, any of these.
    depot : str
        random, central, eccentric, or mixture, any of these.
    demand : str
        1-9, unitary, 1-10, 5-10, 1-100, 50-100, quadrant, many-small, or mixture, any of these but
        1-9.
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


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", code="generate", where=where)
