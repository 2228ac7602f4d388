"""Demands of many problems at once, and capacities that fit them."""

from __future__ import annotations

import math

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.datasets.vrp.uniform import usual_capacity

RANGES = {"1-9": (1, 9), "unitary": (1, 1), "1-10": (1, 10), "5-10": (5, 10)}
RANGES |= {"1-100": (1, 100), "50-100": (50, 100)}
"""Demands that are uniform among integers: those of the learning literature, and of CVRPLIB's X."""

DEMANDS = (*RANGES, "quadrant", "many-small", "mixture")
"""What `draw_demands` can draw."""

ROUTE_SIZE = (3.0, 6.0, 25.0)
"""Clients on a full route of CVRPLIB's X: least, most frequent and largest number."""


def draw_demands(rng: np.random.Generator, points: np.ndarray, kind: str) -> np.ndarray:
    """Draw the demands of clients.

    Parameters
    ----------
    rng : numpy.random.Generator
    points : ndarray, shape (count, n, 2)
        Clients in the unit square.
    kind : str
        One of `DEMANDS`. Uniform among integers: 1-9, unitary, 1-10, 5-10, 1-100 or 50-100;
        quadrant, 1 to 50 in the even quadrants around (0.5, 0.5) and 51 to 100 in the odd ones;
        many-small, 1 to 10 for 70 to 95 % of the clients and 50 to 100 for the others; mixture,
        each problem any of these but 1-9.

    Returns
    -------
    ndarray of int64, shape (count, n)

    Raises
    ------
    InputError
        A kind that does not exist.

    References
    ----------
    E. Uchoa et al.: New benchmark instances for the capacitated vehicle routing problem. European
    Journal of Operational Research 257, 2017; 1-9 is that of the learning literature.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> draw_demands(rng, rng.random((1, 5, 2)), "unitary").tolist()
    [[1, 1, 1, 1, 1]]
    """
    if kind not in DEMANDS:
        raise unknown_name("demand", kind, DEMANDS)
    count, n = points.shape[:2]
    if kind == "mixture":
        of_x = DEMANDS[1:-1]
        drawn = np.empty((count, n), np.int64)
        kinds = rng.integers(0, len(of_x), count)
        for k, name in enumerate(of_x):
            rows = np.flatnonzero(kinds == k)
            drawn[rows] = draw_demands(rng, points[rows], name)
        return drawn
    if kind in RANGES:
        low, high = RANGES[kind]
        return rng.integers(low, high + 1, (count, n))
    if kind == "quadrant":
        odd = (points[:, :, 0] >= 0.5) == (points[:, :, 1] >= 0.5)
        least = np.where(odd, 51, 1)
        return rng.integers(least, least + 50)
    small = np.arange(n) < np.rint(rng.uniform(0.70, 0.95, (count, 1)) * n)
    amounts = rng.integers(np.where(small, 1, 50), np.where(small, 11, 101))
    return rng.permuted(amounts, axis=1)


def draw_capacity(
    rng: np.random.Generator,
    demands: np.ndarray,
    *,
    kind: str,
    capacity: int | None,
    route_size: float | None,
) -> np.ndarray:
    """Return capacities that fit demands, whose depots are left out.

    Parameters
    ----------
    rng : numpy.random.Generator
    demands : ndarray of int64, shape (count, n)
    kind : str
        Of the demands: those of 1-9 have the capacities of the learning literature.
    capacity : int or None
        Of all problems.
    route_size : float or None
        Average number of clients on a full route; of each problem drawn from the triangular
        distribution between 3 and 25 with its peak at 6 where it decides and is None.

    Returns
    -------
    ndarray of int64, shape (count,)

    Raises
    ------
    InputError
        A number out of its range.

    Examples
    --------
    >>> rng, demands = np.random.default_rng(1), np.full((2, 10), 3)
    >>> draw_capacity(rng, demands, kind="1-10", capacity=None, route_size=4).tolist()
    [12, 12]
    """
    count, n = demands.shape
    largest = demands.max(axis=1, initial=1)
    if capacity is not None or (kind == "1-9" and route_size is None):
        common = usual_capacity(n) if capacity is None else capacity
        most = int(largest.max(initial=1))
        if common < most:
            raise InputError(
                f"found {common}, expected at least the largest demand, {most}", where="capacity"
            )
        return np.full(count, common)
    if route_size is not None and not 1 <= route_size < math.inf:
        raise InputError(f"found {route_size}, expected >= 1", where="route_size")
    low, mode, high = ROUTE_SIZE
    drawn = np.asarray(rng.triangular(low, mode, high, size=count))
    clients = drawn if route_size is None else np.full(count, float(route_size))
    load = np.ceil(clients * demands.sum(axis=1) / n).astype(np.int64)
    return np.asarray(np.maximum(load, largest))
