"""Many sets of points in the unit square at once: the layouts on which learned policies are tried.

A generator that makes one instance at a time is slower than a policy that learns from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name

if TYPE_CHECKING:
    from collections.abc import Callable

MODES = (1, 3, 5, 7)
SPREADS = (1.0, 10.0, 20.0, 30.0, 40.0, 50.0)
"""Of Gaussian mixtures: numbers of centres, and sides of their square in standard deviations."""

DECAY = 0.04
"""Distance over which a seed's attraction falls to 1/e: 40 on the grid of 1000 of CVRPLIB's X."""

SEEDS = (3, 8)
"""Least and largest number of seeds of clusters."""


def draw_points(
    rng: np.random.Generator, count: int, n: int, *, distribution: str = "uniform"
) -> np.ndarray:
    """Draw ``count`` sets of ``n`` points each.

    Parameters
    ----------
    rng : numpy.random.Generator
    count, n : int
        Numbers of sets and of points in each.
    distribution : str
        One of `DISTRIBUTIONS`: uniform; gaussian-mixture, normally distributed around one to seven
        centres that are uniform in a square, then scaled to fill the unit square; clustered,
        around three to eight seeds, which are points too, with a density that decays as
        ``exp(-distance / 0.04)``; mixed, half of the points uniform and half clustered; mixture,
        each set of one of these four, all equally likely.

    Returns
    -------
    ndarray of float64, shape (count, n, 2)
        In the unit square, in random order.

    Raises
    ------
    InputError
        A distribution that does not exist, or a number out of its range.

    References
    ----------
    J. Zhou, Y. Wu, W. Song, Z. Cao, J. Zhang: Towards omni-generalizable neural methods for
    vehicle routing problems, ICML 2023 (Gaussian mixtures); E. Uchoa et al.: New benchmark
    instances for the capacitated vehicle routing problem, European Journal of Operational
    Research 257, 2017 (the others).

    Examples
    --------
    >>> points = draw_points(np.random.default_rng(1), 5, 20, distribution="mixture")
    >>> points.shape, bool((points >= 0).all() and (points <= 1).all())
    ((5, 20, 2), True)
    """
    for name, value in (("count", count), ("n", n)):
        if value < 0:
            raise InputError(f"found {value}, expected at least 0", where=name)
    if distribution in _DRAWS:
        return _DRAWS[distribution](rng, count, n)
    if distribution != "mixture":
        raise unknown_name("distribution", distribution, DISTRIBUTIONS)
    kinds = rng.integers(0, len(_DRAWS), count)
    points = np.empty((count, n, 2))
    for kind, draw in enumerate(_DRAWS.values()):
        chosen = np.flatnonzero(kinds == kind)
        points[chosen] = draw(rng, len(chosen), n)
    return points


def _uniform(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    return rng.random((count, n, 2))


def _gaussian_mixture(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    modes = rng.choice(MODES, (count, 1))
    side = rng.choice(SPREADS, (count, 1, 1))
    centres = side * rng.random((count, max(MODES), 2))
    owner = rng.integers(0, modes, (count, n))
    points = np.take_along_axis(centres, owner[:, :, None], 1) + rng.standard_normal((count, n, 2))
    low = points.min(axis=1, keepdims=True, initial=np.inf)
    extent = points.max(axis=1, keepdims=True, initial=-np.inf) - low
    # Each axis by itself, as there; a single point has no extent.
    scaled: np.ndarray = (points - low) / np.where(extent > 0.0, extent, 1.0)
    return scaled


def _clustered(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    return _around_seeds(rng, rng.random((count, n, 2)), np.zeros((count, n), bool))


def _mixed(rng: np.random.Generator, count: int, n: int) -> np.ndarray:
    free = np.zeros((count, n), bool)
    free[:, n // 2 :] = True
    return _around_seeds(rng, rng.random((count, n, 2)), free)


def _around_seeds(rng: np.random.Generator, points: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Move uniform points that are not ``free`` close to the first ones, which are the seeds."""
    count, n = free.shape
    seeds = rng.integers(SEEDS[0], SEEDS[1] + 1, (count, 1))
    rows, columns = np.nonzero(~free & (np.arange(n) >= seeds))
    while len(rows):
        seed = points[rows, rng.integers(0, np.minimum(seeds[rows, 0], n))]
        # In the plane a density of exp(-r / DECAY) has radii of a gamma distribution.
        radius = rng.gamma(2.0, DECAY, len(rows))
        angle = rng.uniform(0.0, 2.0 * np.pi, len(rows))
        moved = seed + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        inside = ((moved >= 0.0) & (moved <= 1.0)).all(axis=1)
        points[rows[inside], columns[inside]] = moved[inside]
        rows, columns = rows[~inside], columns[~inside]
    return rng.permuted(points.view(np.complex128), axis=1).view(np.float64)


_DRAWS: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "uniform": _uniform,
    "gaussian-mixture": _gaussian_mixture,
    "clustered": _clustered,
    "mixed": _mixed,
}

DISTRIBUTIONS = (*_DRAWS, "mixture")
"""What `draw_points` can draw."""
