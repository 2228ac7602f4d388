"""Short tours of many small instances: labels to train policies by.

Joining threads or processes is left to the caller: instances do not depend on each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp.costs import cost_source
from netroute.solvers.tsp.enumeration import shortest_by_enumeration
from netroute.solvers.tsp.neighbours import nearest_neighbours
from netroute.solvers.tsp.or_opt import OrOpt, compile_settling
from netroute.solvers.tsp.population import Population
from netroute.solvers.tsp.search_space import FEWEST, SearchSpace, search_space
from netroute.solvers.tsp.warmup import compile_kind, compile_search

if TYPE_CHECKING:
    import numpy.typing as npt

CANDIDATES = 8
"""Nearest others of each node that are looked at."""

PATIENCE = 3
"""Generations without a shorter tour after which an instance is done."""

ALIKE = 1e-9
"""Mean excess over the shortest tour below which a population has converged."""


def solve_many(
    coordinates: npt.ArrayLike,
    *,
    seed: int = 0,
    tours: int = 20,
    kicks: int = 50,
    tries: int = 5,
) -> np.ndarray:
    """Return a short tour of every instance, by small populations of kicked tours.

    With the default settings tours of 100 uniform nodes are 0.01 % from optimal in the
    mean, nine of ten are optimal; more tours or kicks bring the rest. Kernels are compiled, or
    loaded, on the first call.

    Parameters
    ----------
    coordinates : array, shape (b, n, 2)
        Points in the plane, n from 3 on; distances are Euclidean and are not rounded.
    seed : int
        Same seed, same tours; those of an instance depend on its index, not on the others.
    tours : int
        Tours of a population, 3 or more.
    kicks : int
        Kicks of each tour before the tours are crossed, per 100 nodes.
    tries : int
        Children of each pair of tours.

    Returns
    -------
    ndarray of int64, shape (b, n)
        Nodes in order of visit, each tour from node 0 on.

    Raises
    ------
    InputError
        The array has another shape, or a number is no finite one; or a parameter is too small.

    Notes
    -----
    Tours by `OrOpt` from random beginnings, each under kicks for a while, are crossed by
    `Population` until no shorter tour comes: see there for the source of edge assembly.

    Examples
    --------
    >>> square = [[0, 0], [1, 1], [1, 0], [0, 1]]
    >>> solve_many([square, square]).tolist()
    [[0, 2, 1, 3], [0, 2, 1, 3]]
    """
    points = _points(coordinates)
    for name, value, least in (("tours", tours, 3), ("kicks", kicks, 0), ("tries", tries, 1)):
        if value < least:
            raise InputError(f"found {value}, expected {least} or more", where=name)
    found = np.empty(points.shape[:2], np.int64)
    for k, place in enumerate(points):
        instance = TspInstance(coordinates=place)
        if instance.size < FEWEST:
            tour = shortest_by_enumeration(instance)
            # Without fixed edges there always is a tour.
            found[k] = np.arange(instance.size) if tour is None else tour
        else:
            if k == 0:
                compile_search(instance)
                compile_kind(instance, compile_settling)
            numbers = _Numbers(tours, kicks, tries)
            found[k] = _solve(_space(instance), [seed, k], numbers)
    return _from_zero(found)


def solve_path(
    points: npt.ArrayLike, *, seed: int = 0, tours: int = 10, kicks: int = 30
) -> np.ndarray:
    """Return a short way through all points, from the first to the last one.

    Parameters
    ----------
    points : array, shape (n, 2)
        Points in the plane, n from 3 on.
    seed, tours, kicks : int
        As in `solve_many`.

    Returns
    -------
    ndarray of int64, shape (n,)
        Points in order of visit: 0 first, n - 1 last.

    Raises
    ------
    InputError
        The array has another shape, or a number is no finite one.

    Examples
    --------
    >>> solve_path([[0, 0], [2, 0], [1, 0], [3, 0]]).tolist()
    [0, 2, 1, 3]
    """
    places = _points(np.asarray(points, np.float64)[None])[0]
    n = len(places)
    instance = TspInstance(coordinates=places, fixed_edges=[(0, n - 1)])
    if n < FEWEST:
        found = shortest_by_enumeration(instance)
        # One fixed edge never rules out all tours.
        tour = np.arange(n) if found is None else found
    else:
        compile_search(instance)
        compile_kind(instance, compile_settling)
        tour = _solve(search_space(instance), [seed], _Numbers(tours, kicks, 5))
    tour = np.roll(tour, -int(np.argmax(tour == 0)))
    return tour if tour[-1] == n - 1 else np.roll(tour[::-1], 1)


def _points(coordinates: npt.ArrayLike) -> np.ndarray:
    try:
        points = np.asarray(coordinates, np.float64)
    except (TypeError, ValueError):
        raise InputError("expected an array of numbers", where="coordinates") from None
    if points.ndim != 3 or points.shape[1] < 3 or points.shape[2] != 2:
        raise InputError(
            f"found shape {points.shape}, expected (instances, nodes, 2) with 3 nodes or more",
            where="coordinates",
        )
    if not np.isfinite(points).all():
        raise InputError("found a number that is not finite", where="coordinates")
    return points


class _Numbers(NamedTuple):
    """How much is done for an instance; see `solve_many`."""

    tours: int
    kicks: int
    tries: int


def _solve(space: SearchSpace, seeds: list[int], numbers: _Numbers) -> np.ndarray:
    """Return a short tour of one instance of eight nodes or more."""
    seed = int(np.random.SeedSequence(seeds).generate_state(1)[0])
    generator = np.random.default_rng([seed, 3])
    local = OrOpt(space, seed=seed)
    each = -(-numbers.kicks * space.size // 100)
    orders = []
    for _ in range(numbers.tours):
        local.load(space.random_order(generator))
        local.descend()
        local.kick(each)
        orders.append(local.order.copy())
    population = Population(space, orders, seed=seed, tries=numbers.tries, entropy=False)
    best, stale = float(population.lengths.min()), 0
    while stale < PATIENCE and population.spread() > ALIKE:
        population.evolve(lambda: False)
        shortest = float(population.lengths.min())
        stale = 0 if shortest < best else stale + 1
        best = min(best, shortest)
    return space.to_tour(population.best())


def _space(instance: TspInstance) -> SearchSpace:
    """Return the instance with its own numbers and nearest neighbours, which takes least time."""
    nodes = np.arange(instance.size)
    near = nearest_neighbours(instance, CANDIDATES)
    far = np.ascontiguousarray(instance.distances(nodes[:, None], near))
    chains = tuple(nodes[:, None])
    return SearchSpace(instance, nodes, cost_source(instance), near, far, chains)


def _from_zero(tours: np.ndarray) -> np.ndarray:
    """Return the same tours, each from node 0 on towards the smaller one of its neighbours."""
    n = tours.shape[1]
    at = np.argmin(tours, axis=1)[:, None]
    onward = np.take_along_axis(tours, (at + np.arange(n)) % n, 1)
    back = np.take_along_axis(tours, (at - np.arange(n)) % n, 1)
    return np.where(onward[:, 1:2] <= back[:, 1:2], onward, back)
