"""Relaxation, rounding and mending against the reference programme and enumeration."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import NoAnswerError
from netroute.core.registry import problem
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric, Placement
from netroute.problems.collective.check import check
from netroute.problems.collective.loads import loads_of
from netroute.problems.collective.registry import default_bound
from netroute.problems.collective.verify_bound import verify_bound
from netroute.solvers.collective.ilp import IlpSolver
from netroute.solvers.collective.mending import Mending
from netroute.solvers.collective.rounding import LocalSearchSolver, RoundingSolver
from netroute.solvers.collective.weighted_spray import WeightedSpraySolver


def broken(seed, *, half_rate=0, size=8, **settings):
    sizes = {"leaves": size, "spines": size, "hosts_per_leaf": size, "group": size * size // 4}
    failed = round(0.03 * size * size)
    return generate_collective(
        **sizes, failed_links=failed, half_rate=half_rate, seed=seed, nic=1000, **settings
    )


@pytest.mark.parametrize("half_rate", [0, 1])
def test_fast_method_equals_the_programme_on_twenty_seeds(half_rate):
    for seed in range(20):
        instance = broken(seed, half_rate=half_rate)
        fast = RoundingSolver().solve(instance)
        assert str(fast.status) == "optimal"
        assert verify_bound(instance, fast.certificate) == fast.bound == fast.objective
        if seed < 4:
            slow = IlpSolver().solve(instance, budget=Budget(seconds=20))
            assert str(slow.status) == "optimal"
            assert slow.objective == fast.objective


def test_pulp_solves_the_programme_to_the_same_value():
    instance = broken(1, half_rate=1, size=4)
    result = IlpSolver().solve(instance, budget=Budget(seconds=20))
    assert result.objective == RoundingSolver().solve(instance).objective
    assert result.bound == result.objective


def small(rng):
    fabric = Fabric.leaf_spine(3, 2, hosts_per_leaf=2)
    fabric = fabric.replace(up=rng.choice([2, 4], (3, 2)), down=rng.choice([2, 4], (2, 3)))
    flows = []
    while len(flows) < 7:
        a, b = rng.choice(6, 2, replace=False)
        if a // 2 != b // 2:
            flows.append((0, a, b, int(rng.integers(1, 8))))
    return CollectiveInstance(fabric=fabric, flows=flows)


def test_search_and_programme_find_the_optimum_of_small_cases():
    """Unequal sizes and capacities: every placement is tried."""
    rng = np.random.default_rng(4)
    hits = 0
    for trial in range(25):
        instance = small(rng)
        phase = instance.phases[0]
        options = [range(n + 1) for n in phase.count.tolist()]
        best = min(
            check(
                instance,
                CollectiveSolution.of([Placement(counts=[first, phase.count - first])]),
            ).objective
            for first in map(np.array, itertools.product(*options))
        )
        found = [s().solve(instance) for s in (LocalSearchSolver, RoundingSolver)]
        for result in found:
            assert result.bound <= best + 1e-12
            assert result.objective >= best - 1e-12
        hits += sum(result.objective == best for result in found)
        if trial < 6:
            assert (
                IlpSolver(engine="HiGHS").solve(instance, budget=Budget(seconds=20)).objective
                == best
            )
    assert hits >= 48


def test_mended_loads_are_those_of_the_counts():
    """After many moves the kernel's own sums led to a placement within the goal."""
    for seed in range(5):
        instance = generate_collective(
            leaves=6, spines=5, hosts_per_leaf=6, spread=0.8, group=12, seed=seed, nic=10**6
        )
        phase = instance.phases[0]
        counts = np.zeros((5, len(phase.size)), np.int64)
        counts[0] = phase.count
        mending = Mending(instance.fabric, phase, counts, seed=seed)
        before = mending.theta
        goal = before / 4
        assert mending.reach(goal, steps=100_000, stop=lambda: False)
        assert mending.theta <= goal
        placed = mending.placement()
        assert (placed.counts.sum(axis=0) == phase.count).all()
        loads = loads_of(instance.fabric, phase, placed)
        most = max(int(loads.up.max()), int(loads.down.max()))
        assert Fraction(most) == mending.theta


def test_weighted_spray_is_the_bound_and_blind_spray_is_worse():
    ratios = []
    for seed in range(4):
        instance = broken(seed, half_rate=1, split=True)
        result = netroute.solve(instance, seconds=60, solver="weighted-spray", bound="lp")
        assert result.objective == pytest.approx(result.bound, rel=1e-4)
        blind = problem("collective").solver("spray")().solve(instance)
        ratios.append(blind.objective / WeightedSpraySolver().solve(instance).objective)
    assert min(ratios) > 1.02
    assert max(ratios) > 1.5


@pytest.mark.parametrize(
    ("settings", "bound", "proven"),
    [
        ({"leaves": 4, "spines": 4, "hosts_per_leaf": 4, "group": 8}, "degree", True),
        (
            {"leaves": 4, "spines": 4, "hosts_per_leaf": 4, "group": 8, "failed_links": 2},
            "lp",
            True,
        ),
        ({"leaves": 4, "spines": 4, "hosts_per_leaf": 4, "group": 8, "spread": 1.0}, "lp", False),
        ({"fat_tree": 4, "hosts_per_leaf": 2, "failed_links": 1, "group": 8}, "lp", False),
    ],
)
def test_auto_takes_every_instance(settings, bound, proven):
    instance = generate_collective(**settings, seed=2, nic=10**6)
    assert default_bound(instance) == bound
    result = netroute.solve(instance, seconds=60)
    assert check(instance, result.solution).feasible
    assert result.bound <= result.objective
    if proven:
        assert str(result.status) == "optimal"


def test_the_same_seed_gives_the_same_answer_and_iterations_end_the_search():
    instance = generate_collective(
        leaves=5,
        spines=4,
        hosts_per_leaf=4,
        pattern="halving-doubling",
        group=16,
        failed_links=3,
        seed=7,
    )
    first, again = (LocalSearchSolver().solve(instance, seed=3) for _ in range(2))
    for a, b in zip(first.solution.placements, again.solution.placements, strict=True):
        assert np.array_equal(a.counts, b.counts)
    brief = LocalSearchSolver().solve(instance, budget=Budget(iterations=1))
    assert str(brief.stopped_by) == "iterations"


def test_weighted_spray_keeps_the_time_and_takes_fat_trees():
    instance = broken(1, size=16, split=True)
    with pytest.raises(NoAnswerError):
        WeightedSpraySolver().solve(instance, budget=Budget(seconds=1e-6))
    tree = generate_collective(
        fat_tree=4, hosts_per_leaf=2, group=8, half_rate=3, capacity=2, nic=100, split=True, seed=1
    )
    result = netroute.solve(tree, seconds=30, solver="weighted-spray", bound="lp")
    assert result.objective == pytest.approx(result.bound, rel=1e-4)
