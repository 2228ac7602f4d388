"""The instance generator of the CVRPLIB set X."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.problems.geometry import Rounding
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from collections.abc import Mapping

GRID = 1001
"""Coordinates are integers from 0 to 1000."""

DECAY = 40.0
"""Distance over which a seed's attraction falls to 1/e."""

DEPOTS = {"central": "C", "eccentric": "E", "random": "R"}
CUSTOMERS = {"random": "R", "clustered": "C", "random-clustered": "RC"}
DEMANDS = {
    "unitary": "U",
    "1-10": "1-10",
    "5-10": "5-10",
    "1-100": "1-100",
    "50-100": "50-100",
    "quadrant": "Q",
    "many-small": "SL",
}
"""Options by name, and their letters in the paper and in the instances' names."""


def generate_uchoa(
    n: int,
    *,
    seed: int = 0,
    depot: str = "random",
    customers: str = "random-clustered",
    demand: str = "1-100",
    route_size: float | None = None,
    seeds: int | None = None,
    name: str | None = None,
) -> VrpInstance:
    """Make a CVRP instance as those of CVRPLIB's set X were made.

    All locations are different points of the grid [0, 1000] x [0, 1000]; distances are Euclidean,
    rounded to the nearest integer. Each option takes its name or its letter in the paper.

    Parameters
    ----------
    n : int
        Number of clients, so that there are n + 1 locations.
    seed : int
        Same seed, same instance.
    depot : str
        Where it is: central (C) at (500, 500), eccentric (E) at (0, 0), or random (R).
    customers : str
        How they are placed: random (R); clustered (C) around random seeds, which are customers
        too; or random-clustered (RC), half of them each.
    demand : str
        Uniform among the integers: unitary (U); 1-10; 5-10; 1-100; 50-100; quadrant (Q), 1 to 50 in
        the even quadrants around (500, 500) and 51 to 100 in the odd ones; many-small (SL), 1 to
        10 for 70 to 95 % of the customers and 50 to 100 for the others.
    route_size : float, optional
        Average number of customers on a full route; drawn from the triangular distribution
        between 3 and 25 with its peak at 6 without it.
    seeds : int, optional
        Number of cluster seeds; drawn from 3 to 8 without it.
    name : str, optional
        Made of size, least number of routes, options and seed without it.

    Returns
    -------
    VrpInstance
        With capacity ``ceil(route_size * total demand / n)``, or the largest demand if that is
        more.

    Raises
    ------
    InputError
        An option that does not exist, or a number out of its range.

    Notes
    -----
    A point is accepted as a clustered customer with probability ``sum(exp(-distance / 40))`` over
    the seeds, drawn anew until all are placed on free points. That is sampling without replacement
    with these weights (at most 1), which is done at once here: the points with the smallest
    ``Exp(1) / weight`` (Efraimidis and Spirakis 2006) come in the same order with the same
    probability.

    References
    ----------
    E. Uchoa, D. Pecin, A. Pessoa, M. Poggi, T. Vidal, A. Subramanian: New benchmark instances for
    the capacitated vehicle routing problem. European Journal of Operational Research 257, 2017,
    section 4.

    Examples
    --------
    >>> instance = generate_uchoa(200, seed=3, depot="eccentric", demand="quadrant", route_size=9)
    >>> instance.name, instance.size, instance.coordinates[0].tolist()
    ('U-n201-k23-E-RC-Q-s3', 201, [0.0, 0.0])
    """
    where = _option("depot", depot, DEPOTS)
    placing = _option("customers", customers, CUSTOMERS)
    kind = _option("demand", demand, DEMANDS)
    _require("n", n, 1 <= n <= GRID * GRID // 2, f"an integer from 1 to {GRID * GRID // 2}")
    _require("route_size", route_size, route_size is None or 1 <= route_size < math.inf, ">= 1")
    _require("seeds", seeds, seeds is None or seeds >= 1, "at least 1")
    rng = generator(seed)
    points = _place(rng, n, where, placing, seeds)
    amounts = _demands(rng, points[1:], kind)
    size = float(rng.triangular(3, 6, 25)) if route_size is None else float(route_size)
    capacity = max(math.ceil(size * int(amounts.sum()) / n), int(amounts.max()))
    routes = math.ceil(int(amounts.sum()) / capacity)
    letters = "-".join((where, placing, kind))
    return VrpInstance(
        name=name or f"U-n{n + 1}-k{routes}-{letters}-s{seed}",
        coordinates=points,
        deliveries=np.concatenate([[0], amounts]),
        rounding=Rounding.NEAREST,
        vehicles=(VehicleType(capacity=(capacity,)),),
    )


def _option(where: str, value: str, known: Mapping[str, str]) -> str:
    """Return the letter of an option given by name or letter."""
    if value in known.values():
        return value
    _require(where, value, value in known, f"one of: {', '.join(known)}")
    return known[value]


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", code="generate", where=where)


def _place(
    rng: np.random.Generator, n: int, depot: str, placing: str, seeds: int | None
) -> np.ndarray:
    """Depot and clients as distinct grid points, shape (n + 1, 2)."""
    free = np.ones(GRID * GRID, bool)
    first = {"C": 500 * GRID + 500, "E": 0, "R": int(rng.integers(GRID * GRID))}[depot]
    free[first] = False
    chosen = [np.array([first])]

    def take(points: np.ndarray) -> None:
        free[points] = False
        chosen.append(points)

    clustered = {"R": 0, "C": n, "RC": n - n // 2}[placing]
    if clustered < n:
        take(rng.choice(np.flatnonzero(free), n - clustered, replace=False))
    if clustered:
        number = int(rng.integers(3, 9)) if seeds is None else seeds
        centres = rng.choice(np.flatnonzero(free), min(number, clustered), replace=False)
        take(centres)
        keys = rng.standard_exponential(GRID * GRID) / _attraction(centres)
        keys[~free] = np.inf
        count = clustered - len(centres)
        first_ones = np.argpartition(keys, count)[:count]
        # In the order in which they would have been accepted.
        take(first_ones[np.argsort(keys[first_ones])])
    return np.stack(np.divmod(np.concatenate(chosen), GRID), axis=1).astype(np.float64)


def _attraction(centres: np.ndarray) -> np.ndarray:
    """Probability that a grid point is accepted as a clustered customer, shape (GRID * GRID,)."""
    line = np.arange(GRID)
    total = np.zeros((GRID, GRID))
    for x, y in zip(*np.divmod(centres, GRID), strict=True):
        total += np.exp(np.sqrt(np.square(line - x)[:, None] + np.square(line - y)) / -DECAY)
    return np.minimum(total, 1.0).ravel()


def _demands(rng: np.random.Generator, points: np.ndarray, kind: str) -> np.ndarray:
    n = len(points)
    if kind == "Q":
        middle = (GRID - 1) / 2
        odd = (points[:, 0] >= middle) == (points[:, 1] >= middle)
        return np.where(odd, rng.integers(51, 101, n), rng.integers(1, 51, n))
    if kind == "SL":
        small = np.arange(n) < round(rng.uniform(0.70, 0.95) * n)
        amounts = np.where(small, rng.integers(1, 11, n), rng.integers(50, 101, n))
        return rng.permutation(amounts)
    low, high = {"U": (1, 1)}.get(kind) or map(int, kind.split("-"))
    return rng.integers(low, high + 1, n)
