"""Short tours and multipliers of many instances: what the policy of tours learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.datasets.tsp.mixture import draw_points
from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp.batch import solve_many, solve_path
from netroute.solvers.tsp.bound.prices import quick_prices

if TYPE_CHECKING:
    from collections.abc import Mapping


def make_tours(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Draw instances of one size, and solve them.

    Parameters
    ----------
    parameters : mapping
        ``nodes``, least and largest number; ``distribution``, see
        `netroute.datasets.points.draw_points`; ``tours`` and ``kicks`` of `solve_many`.

    Returns
    -------
    dict of ndarray
        ``points`` (count, N, 2), ``price`` and ``tour`` (count, N), with N the largest number of
        nodes and zeros behind the others; ``size`` and ``begin``, (count,): from which place of
        the tour on it is a shortest way back to its first node. That is all of it here.
    """
    least, most = parameters["nodes"]
    n = int(rng.integers(least, most + 1))
    points = draw_points(rng, count, n, distribution=parameters["distribution"])
    seed = int(rng.integers(2**31))
    tours = solve_many(points, seed=seed, tours=parameters["tours"], kicks=parameters["kicks"])
    prices = np.array([quick_prices(TspInstance(coordinates=place)) for place in points])
    return padded(points, prices, tours, np.zeros(count, np.int64), most)


def make_detours(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Let a policy begin the tours, and finish them as well as can be.

    What the policy meets on its own ways is not what short tours lead to; learning from both is
    due to S. Ross, G. Gordon, D. Bagnell, A reduction of imitation learning and structured
    prediction to no-regret online learning (AISTATS 2011).

    Parameters
    ----------
    parameters : mapping
        As of `make_tours`, and ``weights``, the policy.

    Returns
    -------
    dict of ndarray
        As of `make_tours`; ``begin`` is where the policy was when the rest was solved.
    """
    from netroute.experiments.training.tasks.improvement import load_labeller
    from netroute.solvers.neural.routing.construct import greedy_walks
    from netroute.solvers.neural.routing.instances import make_instances

    policy = load_labeller(parameters, "tsp")
    least, most = parameters["nodes"]
    n = int(rng.integers(least, most + 1))
    points = draw_points(rng, count, n, distribution=parameters["distribution"])
    prices = np.array([quick_prices(TspInstance(coordinates=place)) for place in points])
    instances = make_instances(points, prices=prices)
    walks = greedy_walks(policy, instances)
    tours = np.concatenate([np.zeros((count, 1), np.int64), walks.order[:, : n - 1]], axis=1)
    begin = rng.integers(1, n - 3, count)
    for tour, place, at in zip(tours, points, begin, strict=True):
        # From where the policy is, through what is left, back to the first node.
        rest = np.append(tour[at:], tour[0])
        way = solve_path(
            place[rest],
            seed=int(rng.integers(2**31)),
            tours=parameters["tours"],
            kicks=parameters["kicks"],
        )
        tour[at:] = rest[way[:-1]]
    return padded(points, prices, tours, begin, most)


def make_improved(
    parameters: Mapping[str, Any], rng: np.random.Generator, count: int
) -> dict[str, np.ndarray]:
    """Let a policy make the tours alone; see `improve_tour`.

    Parameters
    ----------
    parameters : mapping
        ``nodes`` and ``distribution`` as of `make_tours`; ``weights``, the policy; ``rounds``.

    Returns
    -------
    dict of ndarray
        As of `make_tours`.
    """
    from netroute.experiments.training.tasks.improvement import improve_tour, load_labeller
    from netroute.solvers.neural.routing.instances import make_instances

    policy = load_labeller(parameters, "tsp")
    least, most = parameters["nodes"]
    n = int(rng.integers(least, most + 1))
    points = draw_points(rng, count, n, distribution=parameters["distribution"])
    prices = np.array([quick_prices(TspInstance(coordinates=place)) for place in points])
    tours = np.empty((count, n), np.int64)
    for k in range(count):
        alone = make_instances(points[k : k + 1], prices=prices[k : k + 1])
        tours[k] = improve_tour(policy, alone, rounds=parameters["rounds"], rng=rng)
    return padded(points, prices, tours, np.zeros(count, np.int64), most)


def padded(
    points: np.ndarray, prices: np.ndarray, tours: np.ndarray, begin: np.ndarray, most: int
) -> dict[str, np.ndarray]:
    """Return arrays with room for ``most`` nodes."""
    count, n = tours.shape
    wide = ((0, 0), (0, most - n))
    return {
        "points": np.pad(points, (*wide, (0, 0))),
        "price": np.pad(prices, wide),
        "tour": np.pad(tours, wide).astype(np.int32),
        "size": np.full(count, n),
        "begin": begin.astype(np.int64),
    }
