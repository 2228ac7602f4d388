"""Labels in batch: short tours, the same for the same seed, and clear refusals."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InputError
from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp.batch import solve_many
from netroute.solvers.tsp.eax import EaxSolver


def test_tours_of_uniform_nodes_are_nearly_optimal():
    points = np.random.default_rng(0).random((6, 60, 2))
    tours = solve_many(points)
    assert (np.sort(tours, axis=1) == np.arange(60)).all()
    excess = []
    for place, tour in zip(points, tours, strict=True):
        instance = TspInstance(coordinates=place)
        best = EaxSolver(population=40).solve(instance, budget=Budget(iterations=30)).objective
        excess.append(instance.length(tour) / best - 1.0)
    assert min(excess) > -1e-9
    assert np.mean(excess) < 1e-3


@pytest.mark.parametrize("n", [3, 4, 7, 8, 9])
def test_few_nodes_on_a_circle_are_visited_in_its_order(n):
    angle = 2 * np.pi * np.arange(n) / n
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert (solve_many(points[None], tours=3)[0] == np.arange(n)).all()


def test_all_nodes_in_one_place_are_a_tour_too():
    tour = solve_many(np.ones((1, 12, 2)))[0]
    assert sorted(tour.tolist()) == list(range(12))


def test_tours_depend_on_seed_and_index_only():
    points = np.random.default_rng(1).random((3, 40, 2))
    all_three = solve_many(points, seed=5, tours=4)
    assert (solve_many(points[:2], seed=5, tours=4) == all_three[:2]).all()
    assert solve_many(points[:0]).shape == (0, 40)


@pytest.mark.parametrize(
    ("points", "settings", "message"),
    [
        (np.zeros((4, 2)), {}, r"found shape \(4, 2\)"),
        (np.zeros((1, 2, 2)), {}, "3 nodes or more"),
        (np.zeros((1, 4, 3)), {}, r"found shape \(1, 4, 3\)"),
        (np.full((1, 4, 2), np.nan), {}, "not finite"),
        ([["a", "b"]], {}, "array of numbers"),
        (np.zeros((1, 9, 2)), {"tours": 2}, "tours: found 2, expected 3 or more"),
        (np.zeros((1, 9, 2)), {"kicks": -1}, "kicks: found -1"),
    ],
)
def test_faults_are_named(points, settings, message):
    with pytest.raises(InputError, match=message):
        solve_many(points, **settings)
