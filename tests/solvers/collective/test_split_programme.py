"""Limits on pieces: the programme against all ways to cut flows, and the checker's count."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import linprog

import netroute
from netroute.core.budget import Budget
from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
    Placement,
)
from netroute.problems.collective.check import check
from netroute.problems.collective.spelled import spelled_out
from netroute.solvers.collective.ilp import IlpSolver
from netroute.solvers.collective.split_programme import SplitProgramme


def few_flows(rng, planes, number, **limits):
    fabric = Fabric.leaf_spine(3, planes, hosts_per_leaf=3, nic=1000)
    up, down = rng.choice([2, 3], (3, planes)), rng.choice([2, 3], (planes, 3))
    flows = []
    for _ in range(number):
        i, j = rng.choice(3, 2, replace=False)
        flows.append((0, 3 * i, 3 * j + 1, int(rng.choice([2, 5]))))
    return CollectiveInstance(fabric=fabric.replace(up=up, down=down), flows=flows, **limits)


def least_load(instance, extra, most):
    """Least highest load over all sets of planes that the flows may be cut over."""
    fabric, planes = instance.fabric, instance.fabric.planes
    ends = [(a // 3, b // 3, size) for _, a, b, size in instance.flows.tolist()]
    sets = [s for n in range(1, most + 1) for s in itertools.combinations(range(planes), n)]
    best = np.inf
    for chosen in itertools.product(sets, repeat=len(ends)):
        if sum(map(len, chosen)) - len(ends) > extra:
            continue
        pieces = [(f, k) for f, s in enumerate(chosen) for k in s]
        loads = np.zeros((6 * planes, len(pieces) + 1))
        loads[:, -1] = -np.concatenate([fabric.up.ravel(), fabric.down.T.ravel()])
        whole = np.zeros((len(ends), len(pieces) + 1))
        for n, (f, k) in enumerate(pieces):
            i, j, size = ends[f]
            loads[i * planes + k, n] = loads[(3 + j) * planes + k, n] = size
            whole[f, n] = 1.0
        cost = np.append(np.zeros(len(pieces)), 1.0)
        found = linprog(cost, loads, np.zeros(len(loads)), whole, np.ones(len(ends)))
        best = min(best, found.fun)
    return best


@pytest.mark.parametrize(
    ("planes", "number", "extra", "most"),
    [(2, 4, 1, None), (2, 4, 2, None), (3, 3, 2, None), (3, 3, None, 2), (3, 3, 3, 2)],
)
def test_programme_finds_the_best_way_to_cut(planes, number, extra, most):
    rng = np.random.default_rng(planes * 10 + number)
    instance = few_flows(rng, planes, number, extra_pieces=extra, pieces_per_flow=most)
    result = IlpSolver(engine="HiGHS").solve(instance, budget=Budget(seconds=20))
    limits = (9 if extra is None else extra), most or planes
    assert result.objective == pytest.approx(least_load(instance, *limits), rel=1e-5)
    assert str(result.status) == "optimal"
    metrics = result.metrics
    assert metrics["extra_pieces"] <= limits[0]
    assert metrics["most_pieces_per_flow"] <= limits[1]


def test_pieces_are_shared_by_all_phases():
    """One cut for two phases: it goes where it gains more."""
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1, nic=1000)
    flows = [(0, 0, 1, 8), (1, 0, 1, 2)]
    instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=1)
    result = IlpSolver(engine="HiGHS").solve(instance)
    assert result.objective == 6.0
    assert result.metrics["thetas"] == [4.0, 2.0]


def test_without_limits_the_relaxation_is_the_answer():
    rng = np.random.default_rng(3)
    instance = few_flows(rng, 3, 3, extra_pieces=None)
    result = IlpSolver(engine="HiGHS").solve(instance)
    assert str(result.status) == "optimal"
    assert result.objective == pytest.approx(least_load(instance, 99, 3), rel=1e-9)


def three_flows(**limits):
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=3)
    flows = [(0, 0, 3, 2), (0, 1, 4, 2), (0, 2, 5, 2)]
    return CollectiveInstance(fabric=fabric, flows=flows, **limits)


def codes(instance, placement):
    return [v.code for v in check(instance, CollectiveSolution.of([placement])).violations]


def test_the_checker_counts_pieces_itself_where_they_are_limited():
    thirds = Placement(counts=[[4], [5]], unit=3, pieces=3)
    assert codes(three_flows(extra_pieces=None), thirds) == ["piece.count"]
    claimed = Placement(counts=[[4], [5]], unit=3, pieces=4)
    assert codes(three_flows(extra_pieces=1), claimed) == []
    listed = [[f, 0, k, u] for f in range(3) for k, u in ((0, 1 + (f == 2)), (1, 2 - (f == 2)))]
    cut = Placement(counts=[[4], [5]], unit=3, cut=listed)
    assert codes(three_flows(extra_pieces=3), cut) == []
    assert codes(three_flows(extra_pieces=2), cut) == ["piece.limit"]
    four = Fabric.leaf_spine(2, 4, hosts_per_leaf=3)
    instance = three_flows(extra_pieces=None, pieces_per_flow=2).replace(fabric=four)
    even = Placement(counts=[[3]] * 4, unit=4)
    assert codes(instance, even) == []
    worse = [[0, 0, 0, 2], [0, 0, 1, 1], [0, 0, 2, 1], [1, 0, 1, 2], [1, 0, 2, 2]]
    worse += [[2, 0, 0, 1], [2, 0, 3, 3]]
    assert codes(instance, Placement(counts=[[3]] * 4, unit=4, cut=worse)) == ["piece.flow"]


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ([[0, 1, 0, 1], [0, 1, 1, 2]], "row or plane beyond"),
        ([[0, 0, 0, 1], [0, 0, 2, 2]], "row or plane beyond"),
        ([[0, 0, 0, 0], [0, 0, 1, 3]], "no share from 1 to 3"),
        ([[0, 0, 0, 1], [0, 0, 1, 1]], "make 2 of 3 units"),
        ([[0, 0, 0, 2], [0, 0, 1, 1]], "no whole flows"),
    ],
)
def test_lists_of_pieces_that_do_not_fit(cut, words):
    instance = three_flows(extra_pieces=None)
    placement = Placement(counts=[[4], [5]], unit=3, cut=cut)
    verdict = check(instance, CollectiveSolution.of([placement]))
    assert [v.code for v in verdict.violations] == ["piece.cut"]
    assert words in verdict.violations[0].message
    with pytest.raises(InputError, match=words):
        spelled_out(instance.fabric, instance.phases[0], placement)


def test_lists_of_pieces_are_spelled_out_and_come_back(tmp_path):
    instance = three_flows(extra_pieces=4, pieces_per_flow=3)
    cut = [[0, 0, 0, 1], [0, 0, 1, 2]]
    placement = Placement(counts=[[4], [5]], unit=3, cut=cut)
    pieces = spelled_out(instance.fabric, instance.phases[0], placement)
    assert pieces.flow.tolist() == [0, 1, 2, 2]
    assert pieces.share.tolist() == [3, 3, 1, 2]
    again = CollectiveSolution.from_dict(CollectiveSolution.of([placement]).to_dict())
    assert again.placements[0].cut.tolist() == cut
    netroute.write(tmp_path / "job.json", instance)
    read = netroute.read(tmp_path / "job.json")
    assert (read.extra_pieces, read.pieces_per_flow) == (4, 3)
    assert read.fingerprint == instance.fingerprint


def test_one_piece_a_flow_is_no_split():
    assert three_flows(extra_pieces=None, pieces_per_flow=1).extra_pieces == 0
    with pytest.raises(InputError, match="pieces_per_flow"):
        three_flows(extra_pieces=None, pieces_per_flow=0)
    fabric = Fabric.leaf_spine(40, 40, hosts_per_leaf=40)
    flows = [(0, a, b, 1 + b % 3) for a in range(40) for b in range(40, 1600)]
    instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=None, pieces_per_flow=5)
    with pytest.raises(UnsupportedError, match="programme of pieces would have"):
        SplitProgramme(instance, [Fraction(1)])
