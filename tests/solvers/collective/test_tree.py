"""Fat trees with unequal capacities or sizes: bound, rounding and moves against enumeration."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

import netroute
from netroute.core.errors import InputError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric
from netroute.problems.collective.check import check
from netroute.problems.collective.loads import loads_of
from netroute.problems.collective.registry import default_bound
from netroute.problems.collective.verify_bound import verify_bound
from netroute.solvers.collective._kernels import mend_tree
from netroute.solvers.collective.greedy import GreedySolver
from netroute.solvers.collective.mending import limits_of
from netroute.solvers.collective.mending_tree import TreeMending
from netroute.solvers.collective.paths import of_table, path_table
from netroute.solvers.collective.rounding import LocalSearchSolver, RoundingSolver
from netroute.solvers.collective.tree_lp import tree_spray


def small_tree(rng, flows=4):
    """A k = 4 tree with slow and failed links, and a few flows of different sizes."""
    fabric = Fabric.fat_tree(4, capacity=2, nic=1000)
    tiers = {}
    for name in ("up", "down", "core_up", "core_down"):
        speeds = rng.choice([0, 1, 2], getattr(fabric, name).shape, p=[0.1, 0.3, 0.6])
        tiers[name] = speeds
    rows = []
    while len(rows) < flows:
        a, b = rng.choice(16, 2, replace=False).tolist()
        if a // 2 != b // 2:
            rows.append((0, a, b, int(rng.integers(1, 4))))
    try:
        return CollectiveInstance(fabric=fabric.replace(**tiers), flows=rows)
    except InputError:
        return small_tree(rng, flows)


def best_of_all(instance):
    """Least objective of any placement, flow by flow and path by path."""
    fabric, phase = instance.fabric, instance.phases[0]
    rows = np.repeat(np.arange(len(phase.size)), phase.count)
    up = path_table(fabric, phase).reshape(len(phase.size), -1)
    best = np.inf
    for paths in itertools.product(*(np.flatnonzero(up[row]) for row in rows)):
        table = np.zeros((fabric.paths, len(phase.size)), np.int64)
        np.add.at(table, (list(paths), rows), 1)
        loads = loads_of(fabric, phase, of_table(fabric, phase, table))
        ratios = [
            np.divide(a, b, out=np.zeros(a.shape), where=b > 0).max()
            for a, b in (
                (loads.up, fabric.up),
                (loads.down, fabric.down),
                (loads.core_up, fabric.core_up),
                (loads.core_down, fabric.core_down),
            )
        ]
        best = min(best, max(ratios))
    return best


def test_search_finds_the_optimum_of_small_trees_and_the_bound_holds():
    rng = np.random.default_rng(1)
    hits = proofs = 0
    for _ in range(10):
        instance = small_tree(rng)
        best = best_of_all(instance)
        assert default_bound(instance) == "lp"
        for solver in (LocalSearchSolver(), RoundingSolver()):
            result = solver.solve(instance)
            assert check(instance, result.solution).feasible
            assert result.bound <= best + 1e-12
            assert result.objective >= best - 1e-12
            assert verify_bound(instance, result.certificate) == result.bound
            hits += abs(result.objective - best) < 1e-12
        assert result.metrics["lp"] <= best + 1e-9
        proofs += str(result.status) == "optimal"
    assert hits >= 18
    assert proofs >= 5


def test_prices_of_any_kind_prove_no_more_than_the_optimum():
    rng = np.random.default_rng(2)
    for _ in range(3):
        instance = small_tree(rng)
        best = best_of_all(instance)
        for _ in range(20):
            names = ("up", "down", "core_up", "core_down")
            prices = {n: rng.random(getattr(instance.fabric, n).shape).tolist() for n in names}
            certificate = {"method": "lp", "data": {"prices": [prices]}}
            assert verify_bound(instance, certificate) <= best + 1e-12
    del prices["core_up"]
    with pytest.raises(InputError, match="no prices 'core_up'"):
        verify_bound(instance, {"method": "lp", "data": {"prices": [prices]}})


def test_shares_of_the_relaxation_load_links_as_it_says():
    instance = generate_collective(
        fat_tree=6, hosts_per_leaf=3, group=18, failed_links=4, seed=1, nic=1000
    )
    phase, fabric = instance.phases[0], instance.fabric
    found = tree_spray(instance, phase)
    assert found.share.sum(axis=0) == pytest.approx(np.ones(len(phase.size)))
    table = np.round(found.share * phase.count * 2**20).astype(np.int64)
    placement = of_table(fabric, phase, table, unit=2**20)
    loads = loads_of(fabric, phase, placement)
    for load, capacity in ((loads.up, fabric.up), (loads.core_down, fabric.core_down)):
        ratio = np.divide(load, capacity, out=np.zeros(load.shape), where=capacity > 0)
        assert ratio.max() / 2**20 <= found.theta * (1 + 1e-4)


@pytest.mark.parametrize("change", [{"half_rate": 6, "capacity": 2}, {"spread": 0.8}])
def test_mended_loads_are_those_of_the_counts(change):
    instance = generate_collective(
        fat_tree=4, hosts_per_leaf=4, group=16, seed=1, nic=100, **change
    )
    phase, fabric = instance.phases[0], instance.fabric
    first = np.argmax(path_table(fabric, phase).reshape(len(phase.size), -1), axis=1)
    table = np.zeros((fabric.paths, len(phase.size)), np.int64)
    table[first, np.arange(len(phase.size))] = phase.count
    mending = TreeMending(fabric, phase, table, seed=1)
    goal = mending.theta * Fraction(7, 10)
    assert mending.reach(goal, steps=100_000, stop=lambda: False)
    assert mending.theta <= goal
    verdict = check(instance, CollectiveSolution.of([mending.placement()]))
    assert verdict.feasible
    assert verdict.metrics["fabric"] == float(mending.theta)


def excess(fabric, phase, table, goal):
    """Sum of all bytes beyond the links' limits."""
    loads = loads_of(fabric, phase, of_table(fabric, phase, table))
    total = 0
    for load, capacity in (
        (loads.up, fabric.up),
        (loads.down, fabric.down),
        (loads.core_up, fabric.core_up),
        (loads.core_down, fabric.core_down),
    ):
        total += int(np.maximum(load - limits_of(capacity.ravel(), goal).reshape(load.shape), 0)
                     [capacity > 0].sum())  # fmt: skip
    return total


def test_a_step_makes_the_best_move_of_a_flow_on_the_link():
    rng = np.random.default_rng(3)
    tried = 0
    while tried < 12:
        instance = small_tree(rng, flows=7)
        fabric, phase = instance.fabric, instance.phases[0]
        up = path_table(fabric, phase).reshape(len(phase.size), -1)
        table = np.zeros((fabric.paths, len(phase.size)), np.int64)
        for row, count in enumerate(phase.count.tolist()):
            np.add.at(table, (rng.choice(np.flatnonzero(up[row]), count), row), 1)
        mending = TreeMending(fabric, phase, table, seed=tried)
        goal = mending.theta * Fraction(9, 10)
        before = excess(fabric, phase, table, goal)
        state = _state_of(mending, goal)
        if state.number[0] != 1:
            continue
        tried += 1
        link = int(state.over[0])
        on = []
        for path, row in np.argwhere(table > 0).tolist():
            out = np.zeros(4, np.int64)
            number = mend_tree.links_on(
                mending._tree, mending._shape, np.uint32(row), np.int64(path), out
            )
            if link in out[:number].tolist():
                on.append((path, row))
        options = []
        for path, row in on:
            for other in np.flatnonzero(up[row]).tolist():
                if other != path:
                    moved = table.copy()
                    moved[path, row] -= 1
                    moved[other, row] += 1
                    options.append(excess(fabric, phase, moved, goal))
        links = np.zeros((2, 4), np.int64)
        shape, random = mending._shape, np.array([tried + 1], np.uint64)
        mend_tree.mend_tree(mending._tree, state, shape, links, np.int64(1), np.int64(0), random)
        after = excess(fabric, phase, state.counts, goal)
        assert after == (min(options) if options else before)
    assert len(mend_tree.mend_tree.signatures) == 1


def _state_of(mending, goal):
    """What the kernel works on at the beginning of a search."""
    fabric = mending._fabric
    loads = loads_of(fabric, mending._phase, mending.placement())
    tiers = [
        (loads.up, fabric.up),
        (loads.down.T, fabric.down.T),
        (loads.core_up, fabric.core_up),
        (loads.core_down.transpose(2, 0, 1), fabric.core_down.transpose(2, 0, 1)),
    ]
    load = np.concatenate([a.ravel() for a, _ in tiers])
    limit = limits_of(np.concatenate([b.ravel() for _, b in tiers]), goal)
    return mending._state(mending.best.copy(), load, limit)


def test_auto_rounds_broken_trees_to_the_bound():
    for seed in range(3):
        instance = generate_collective(
            fat_tree=8, hosts_per_leaf=4, group=32, failed_links=4, seed=seed, nic=100
        )
        result = netroute.solve(instance, seconds=30)
        assert result.solver == "auto"
        assert str(result.status) == "optimal"


def test_moves_beat_the_greedy_plan():
    rng = np.random.default_rng(4)
    better = 0
    for _ in range(12):
        instance = small_tree(rng, flows=14)
        greedy = GreedySolver().solve(instance)
        result = RoundingSolver().solve(instance)
        assert result.objective <= greedy.objective
        better += result.objective < greedy.objective
    assert better >= 3
