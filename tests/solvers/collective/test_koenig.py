"""Edge colouring: degrees of every colour, and optimal placements."""

from __future__ import annotations

import numpy as np
import pytest

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import UnsupportedError
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective.check import check
from netroute.problems.collective.verify_bound import verify_bound
from netroute.solvers.collective.colouring import equitable
from netroute.solvers.collective.koenig import KoenigSolver


def test_every_colour_has_its_even_share_of_every_vertex():
    rng = np.random.default_rng(1)
    for _ in range(300):
        rows, columns = rng.integers(1, 9, 2)
        cells = np.sort(rng.choice(rows * columns, rng.integers(1, rows * columns + 1), False))
        row, column = cells // columns, cells % columns
        count = rng.integers(0, rng.choice([2, 5, 40, 1000]), len(cells))
        colours = int(rng.integers(1, 14))
        found = equitable(row, column, count, colours)
        assert (found.sum(axis=0) == count).all()
        assert ((found >= count // colours) & (found <= -(-count // colours))).all()
        for index, size in ((row, rows), (column, columns)):
            degree = np.bincount(index, count, size)
            for colour in found:
                mine = np.bincount(index, colour, size)
                assert (mine >= degree // colours).all()
                assert (mine <= -(-degree // colours)).all()


@pytest.mark.parametrize("spines", [8, 7, 5, 1])
@pytest.mark.parametrize("pattern", ["all-to-all", "ring", "halving-doubling", "bruck"])
def test_leaf_spine_is_solved_to_the_bound(spines, pattern):
    instance = generate_collective(
        leaves=8, spines=spines, hosts_per_leaf=8, group=32, pattern=pattern, seed=3, nic=100
    )
    result = KoenigSolver().solve(instance)
    assert str(result.status) == "optimal"
    assert result.objective == result.bound == verify_bound(instance, result.certificate)
    leaf = 0
    for phase in instance.phases:
        out = np.bincount(phase.source, phase.count, 8).max()
        into = np.bincount(phase.target, phase.count, 8).max()
        leaf += -(-int(max(out, into)) // spines) * int(phase.size[0])
    assert result.objective == leaf


@pytest.mark.parametrize("pattern", ["all-to-all", "ring"])
@pytest.mark.parametrize("k", [4, 6, 8])
def test_fat_tree_is_solved_to_the_bound_on_both_tiers(k, pattern):
    group = k * k // 2
    instance = generate_collective(
        fat_tree=k, hosts_per_leaf=k // 2, pattern=pattern, group=group, seed=4, nic=100
    )
    result = KoenigSolver().solve(instance)
    assert str(result.status) == "optimal"
    assert result.metrics["fabric"] == max(
        result.metrics["bounds"]["leaf"], result.metrics["bounds"]["pod"]
    )


def test_failed_spines_are_left_out():
    instance = generate_collective(leaves=8, spines=8, failed_spines=3, group=16, seed=5)
    result = KoenigSolver().solve(instance)
    assert str(result.status) == "optimal"
    dead = ~instance.fabric.alive()
    assert dead.sum() == 3
    assert not result.solution.placements[0].counts[dead].any()


def test_what_is_not_uniform_is_refused():
    links = generate_collective(leaves=8, spines=8, failed_links=3, seed=5)
    sizes = generate_collective(leaves=4, spines=4, spread=1.0, seed=5)
    for instance, feature in ((links, "unequal capacities"), (sizes, "unequal sizes")):
        with pytest.raises(UnsupportedError, match=feature):
            KoenigSolver().solve(instance)


def test_splitting_leaves_a_gap_of_less_than_a_flow():
    whole = generate_collective(leaves=8, spines=7, hosts_per_leaf=7, group=16, seed=6, nic=100)
    free = whole.replace(extra_pieces=None)
    result = KoenigSolver().solve(free)
    assert result.bound < result.objective < result.bound + 1
    assert result.objective == KoenigSolver().solve(whole).objective


def test_millions_of_flows_are_placed_by_their_counts():
    instance = generate_collective(leaves=64, spines=16, hosts_per_leaf=64, group=2048, seed=1)
    assert instance.size == 2 * 2048 * 2047
    result = netroute.solve(instance, seconds=60)
    assert str(result.status) == "optimal"
    assert check(instance, result.solution).feasible
    assert result.metrics["pieces"] == instance.phases[0].crossing


def test_told_to_stop_entries_are_still_divided_evenly():
    rng = np.random.default_rng(2)
    for _ in range(100):
        cells = np.sort(rng.choice(64, rng.integers(1, 65), False))
        row, column = cells // 8, cells % 8
        count = rng.integers(0, rng.choice([2, 40, 1000]), len(cells))
        colours, asked = int(rng.integers(1, 14)), iter(range(100))
        last = int(rng.integers(5))
        found = equitable(row, column, count, colours, stop=lambda n=last, a=asked: next(a) >= n)
        assert (found.sum(axis=0) == count).all()
        assert ((found >= count // colours) & (found <= -(-count // colours))).all()


@pytest.mark.parametrize(
    "settings",
    [{"leaves": 64, "spines": 16, "hosts_per_leaf": 16}, {"fat_tree": 8, "hosts_per_leaf": 4}],
)
def test_out_of_time_there_is_still_an_answer(settings):
    instance = generate_collective(**settings, pattern="halving-doubling", seed=3, nic=100)
    late = KoenigSolver().solve(instance, budget=Budget(seconds=1e-6))
    assert str(late.stopped_by) == "time"
    assert late.objective >= late.bound == KoenigSolver().solve(instance).objective


@pytest.mark.parametrize("hosts_per_leaf", [2, 16])
def test_the_time_that_is_told_of_a_fat_tree_is_the_checkers(hosts_per_leaf):
    """Oversubscribed cores too, where the two steps need not meet the bound."""
    told = []
    for seed in range(5):
        instance = generate_collective(
            fat_tree=4, hosts_per_leaf=hosts_per_leaf, group=16, seed=seed, nic=100
        )
        fabric = instance.fabric
        if hosts_per_leaf > 2:
            fabric = fabric.replace(up=3 * fabric.up, down=3 * fabric.down)
        instance = instance.replace(fabric=fabric)
        result = KoenigSolver().solve(instance)
        told.append(result.trace[0].objective == result.objective)
    assert all(told)
