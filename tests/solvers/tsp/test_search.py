"""Searches find the shortest tours of small instances, and keep what they are promised."""

from __future__ import annotations

import itertools
from itertools import pairwise

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.check import check
from netroute.solvers.tsp.auto import AutoSolver
from netroute.solvers.tsp.eax import EaxSolver
from netroute.solvers.tsp.evolution import Evolution
from netroute.solvers.tsp.lin_kernighan import LinKernighanSolver
from netroute.solvers.tsp.population import Population
from netroute.solvers.tsp.search_space import search_space

SEARCHES = [
    (AutoSolver(), 4),
    (EaxSolver(population=20), 10),
    (LinKernighanSolver(), 2000),
]


def shortest(instance):
    """Length of the shortest tour by dynamic programming over subsets."""
    n = instance.size
    d = np.array([[instance.distance(a, b) for b in range(n)] for a in range(n)])
    must = {(int(a), int(b)) for a, b in instance.fixed_edges}
    best = {(1, 0): 0.0}
    for mask in range(1, 2**n, 2):
        for at in range(n):
            if (mask, at) not in best:
                continue
            for to in range(n):
                if not mask >> to & 1:
                    key = (mask | 1 << to, to)
                    value = best[mask, at] + d[at, to]
                    best[key] = min(best.get(key, np.inf), value)
    assert not must, "the programme knows no fixed edges"
    return min(best[2**n - 1, at] + d[at, 0] for at in range(1, n))


def random_instance(kind, seed, n=9):
    rng = np.random.default_rng(seed)
    if kind == "plane":
        return TspInstance(coordinates=rng.integers(0, 60, (n, 2)), rounding="nearest")
    if kind == "unrounded":
        return TspInstance(coordinates=rng.random((n, 2)))
    if kind == "one place":
        return TspInstance(coordinates=np.ones((n, 2)))
    if kind == "ties":
        half = rng.integers(0, 3, (n, n))
        return TspInstance(matrix=half + half.T)
    if kind == "negative":
        half = rng.integers(-50, 50, (n, n))
        return TspInstance(matrix=half + half.T)
    return TspInstance(matrix=rng.integers(1, 100, (n, n)))


@pytest.mark.parametrize("kind", ["plane", "unrounded", "one place", "ties", "negative", "arcs"])
@pytest.mark.parametrize(("solver", "iterations"), SEARCHES, ids=lambda x: getattr(x, "name", ""))
def test_small_instances_are_solved_to_optimality(kind, solver, iterations):
    for seed in range(4):
        instance = random_instance(kind, seed)
        result = solver.solve(instance, budget=Budget(iterations=iterations), seed=seed)
        assert result.objective == pytest.approx(shortest(instance), abs=1e-9)


@pytest.mark.parametrize("n", [3, 4, 5, 7, 8, 11])
@pytest.mark.parametrize("kind", ["plane", "arcs", "negative"])
def test_any_number_of_nodes_works(n, kind):
    instance = random_instance(kind, n, n=n)
    result = AutoSolver().solve(instance, budget=Budget(iterations=20))
    if n < 9:
        assert result.objective == pytest.approx(shortest(instance))
    assert check(instance, result.solution).feasible


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(("solver", "iterations"), SEARCHES, ids=lambda x: getattr(x, "name", ""))
def test_fixed_edges_stay(solver, iterations, symmetric):
    rng = np.random.default_rng(5)
    fixed = [(0, 9), (9, 4), (7, 2)]
    if symmetric:
        instance = TspInstance(coordinates=rng.random((14, 2)), fixed_edges=fixed)
    else:
        instance = TspInstance(matrix=rng.random((14, 14)), fixed_edges=fixed)
    result = solver.solve(instance, budget=Budget(iterations=iterations))
    tour = result.solution.tour.tolist()
    steps = set(pairwise([*tour, tour[0]]))
    for a, b in fixed:
        assert (a, b) in steps or (symmetric and (b, a) in steps)


@pytest.mark.parametrize("size", [3, 6])
def test_few_nodes_with_fixed_edges_are_enumerated(size):
    points = np.random.default_rng(size).random((size, 2))
    instance = TspInstance(coordinates=points, fixed_edges=[(0, 2)])
    result = AutoSolver().solve(instance, budget=Budget(iterations=1))
    assert check(instance, result.solution).feasible


def test_same_seed_same_tour():
    instance = TspInstance(coordinates=np.random.default_rng(0).random((120, 2)))
    for solver, iterations in SEARCHES:
        budget = Budget(iterations=min(iterations, 500))
        tours = [solver.solve(instance, budget=budget, seed=3).solution for _ in range(2)]
        assert tours[0] == tours[1]


@pytest.mark.parametrize("solver", [EaxSolver(population=12, threads=2), AutoSolver(threads=2)])
def test_threads_give_the_same_tour_every_time(solver):
    instance = TspInstance(coordinates=np.random.default_rng(4).random((40, 2)))
    results = [solver.solve(instance, budget=Budget(iterations=12), seed=1) for _ in range(2)]
    assert results[0].solution == results[1].solution
    assert results[0].threads == 2
    alone = EaxSolver(population=30).solve(instance, budget=Budget(iterations=30))
    assert results[0].objective <= alone.objective * 1.01


def test_threads_keep_the_time():
    instance = TspInstance(coordinates=np.random.default_rng(2).random((400, 2)))
    result = AutoSolver(threads=2).solve(instance, budget=Budget(seconds=2.0))
    assert result.stopped_by == "time"
    assert check(instance, result.solution).feasible


def test_a_population_that_is_too_slow_is_thinned(monkeypatch):
    """The share of the time that is over runs ahead as on a machine that slows down."""
    space = search_space(TspInstance(coordinates=np.random.default_rng(8).random((200, 2))))
    thinned = []
    plain = Population.thin
    monkeypatch.setattr(Population, "thin", lambda self, k: (thinned.append(k), plain(self, k)))
    evolution = Evolution(space, size=40, tries=5, seed=1, keep=[])
    share = itertools.count(0.0, 0.03)
    evolution.run(lambda one: one.generations > 8, lambda: next(share))
    assert thinned == [20]
    assert len(evolution.orders) == 20


def test_search_from_a_tour_keeps_what_is_better():
    instance = TspInstance(coordinates=np.random.default_rng(1).random((60, 2)))
    best = EaxSolver(population=40).solve(instance, budget=Budget(iterations=40))
    again = LinKernighanSolver().solve(instance, budget=Budget(iterations=10), start=best.solution)
    assert again.objective <= best.objective + 1e-12


def test_time_is_kept_on_many_nodes():
    instance = TspInstance(coordinates=np.random.default_rng(2).random((6_000, 2)))
    result = AutoSolver().solve(instance, budget=Budget(seconds=2.0))
    assert result.stopped_by == "time"
    assert check(instance, result.solution).feasible


def test_large_asymmetric_instances_are_refused_with_their_size(monkeypatch):
    monkeypatch.setattr("netroute.solvers.tsp.search_space.PENALTY_SIZE", 20)
    instance = random_instance("arcs", 0, n=11)
    with pytest.raises(UnsupportedError, match="11 nodes with asymmetric distances"):
        AutoSolver().solve(instance, budget=Budget(iterations=1))
