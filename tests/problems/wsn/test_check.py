from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.wsn import WsnInstance, WsnSolution
from netroute.problems.wsn.check import check
from netroute.problems.wsn.replay import POINTS, gini
from netroute.problems.wsn.rules import SHOWN

ROUND = 4000 * 50e-9
"""Joules that a report to a base station at no distance costs."""


def near(energy: object, **changes: object) -> WsnInstance:
    """Nodes at the base station: a direct report costs 0.2 mJ, members cost heads 0.22 mJ."""
    nodes = len(np.atleast_1d(energy))
    values = {"position": np.zeros((nodes, 2)), "base_station": [0, 0], "field": [9, 9]}
    return WsnInstance(energy=energy, **(values | changes))


def direct(nodes: int, rounds: int) -> WsnSolution:
    return WsnSolution([[-1] * nodes], [[False] * nodes], [rounds])


@pytest.mark.parametrize(
    ("energy", "test", "rounds", "lived"),
    [
        (10.0, "strict", 10, 10),
        (10.0, "end", 10, 10),
        (10.5, "strict", 11, 10),
        (10.5, "end", 11, 11),
        (10.0 + 1e-12, "strict", 10, 10),
        (10.0 - 1e-12, "end", 10, 10),
    ],
)
def test_when_death_counts(energy, test, rounds, lived):
    net = near([energy * ROUND], death_test=test)
    verdict = check(net, direct(1, rounds))
    assert verdict.feasible
    assert verdict.objective == verdict.metrics["fnd"] == verdict.metrics["lnd"] == lived
    longer = check(net, direct(1, rounds + 1))
    assert [v.code for v in longer.violations] == ["node.dead"]
    assert f"node 0 dies in its round {rounds}" in longer.violations[0].message
    shorter = check(net, direct(1, rounds - 1))
    assert (shorter.objective, shorter.metrics["fnd"]) == (rounds - 1, None)


def test_a_schedule_goes_on_without_the_dead():
    net = near([2 * ROUND, 5 * ROUND])
    plan = WsnSolution([[-1, -1], [-2, -1]], [[False] * 2] * 2, [2, 3])
    verdict = check(net, plan)
    assert verdict.feasible
    metrics = verdict.metrics
    assert (verdict.objective, metrics["fnd"], metrics["hnd"], metrics["lnd"]) == (2, 2, 2, 5)
    assert (metrics["stability"], metrics["instability"], metrics["rounds"]) == (2, 3, 5)
    assert metrics["residual"] == pytest.approx(0.0, abs=1e-12)


def test_the_same_schedule_in_one_piece_or_many():
    net = near([9.5 * ROUND, 30 * ROUND])
    one = check(net, direct(2, 8))
    many = check(net, WsnSolution([[-1, -1]] * 8, [[False] * 2] * 8, [1] * 8))
    assert one.objective == many.objective == 8
    assert one.metrics["residual"] == pytest.approx(many.metrics["residual"])


def test_silent_rounds_do_not_count():
    net = near([10 * ROUND], headless="silent")
    plan = WsnSolution([[-2], [-1]], [[False]] * 2, [1000, 10])
    verdict = check(net, plan)
    assert (verdict.objective, verdict.metrics["fnd"]) == (10, 1010)
    assert verdict.metrics["silent_rounds"] == 1000
    refused = check(near([10 * ROUND]), plan)
    assert refused.violations[0].message == "configuration 0: node 0 is alive but does not report"


def test_who_has_nothing_to_report_may_be_silent():
    net = near([100 * ROUND], hard_threshold=199.9)
    quiet = WsnSolution([[-2]], [[False]], [1])
    assert check(net, quiet).objective == 1
    late = check(net, WsnSolution([[-2]], [[False]], [10**6]))
    assert late.violations[0].message == (
        "configuration 0: node 0 is silent but has something to report"
    )


@pytest.mark.parametrize(
    ("parent", "head", "changes", "code", "words"),
    [
        ([-1, -2, -1], [0, 0, 0], {}, "node.silent", "node 1 is alive but does not report"),
        ([-1, 0, -1], [0, 0, 0], {}, "node.parent", "node 1 reports to node 0, which is no head"),
        ([-1, 1, -1], [0, 0, 0], {}, "node.parent", "node 1 reports to node 1, which is no head"),
        ([-1, 0, -1], [1, 1, 0], {}, "head.parent", "head 1 reports to node 0, expected the base"),
        ([-2, -2, -1], [0, 0, 0], {"headless": "silent"}, "node.silent", "node 0 is alive"),
        ([-2, -1, -1], [1, 0, 0], {"headless": "silent"}, "node.silent", "node 0 is alive"),
        ([-2, -1, -1], [1, 0, 0], {"hard_threshold": 1}, "node.silent", "head 0 does not report"),
        ([-1, 0, 1], [1, 0, 0], {"routing": "tree"}, "head.children", "node 1 has children but is"),
        ([-1, 0, 0], [1, 0, 1], {"routing": "tree"}, "head.children", "node 2 is a head of nobody"),
        ([1, 0, -1], [1, 1, 0], {"routing": "tree"}, "node.loop", "the reports of node 0 go round"),
        ([0, -1, -1], [1, 0, 0], {"routing": "tree"}, "node.loop", "the reports of node 0 go"),
    ],
)
def test_rules_of_a_round(parent, head, changes, code, words):
    net = near([1.0] * 3, **changes)
    plan = WsnSolution([[-1, 0, 0], parent], [[1, 0, 0], head], [4, 1])
    verdict = check(net, plan)
    assert not verdict.feasible
    assert verdict.objective == 4
    found = [v.message for v in verdict.violations if v.code == code]
    assert found[0].startswith(f"configuration 1: {words}")


@pytest.mark.parametrize(("parent", "head"), [([-1, -1], [0, 0]), ([-2, -1], [1, 0])])
def test_the_dead_do_nothing(parent, head):
    plan = WsnSolution([[-1, -1], parent], [[0, 0], head], [2, 1])
    verdict = check(near([2 * ROUND, 9 * ROUND]), plan)
    assert verdict.violations[0].message == (
        "configuration 1: uses node 0, which is dead since round 2"
    )


def test_many_faults_are_counted():
    verdict = check(near([1.0] * 100), WsnSolution([[-2] * 100], [[0] * 100], [1]))
    assert len(verdict.violations) == SHOWN + 1
    assert verdict.violations[-1].message == "80 more like the one before"


def test_another_number_of_nodes():
    verdict = check(near([1.0] * 3), direct(2, 5))
    assert [v.message for v in verdict.violations] == ["found a schedule of 2 nodes, expected 3"]
    assert verdict.objective == 0.0


def test_no_rounds():
    empty = WsnSolution(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))
    verdict = check(near([1.0, 1.0]), empty)
    assert (verdict.objective, verdict.feasible, verdict.metrics["fnd"]) == (0.0, True, None)


def test_very_long_schedules():
    net = near([1e12], electronics=1e-15, aggregation=0.0, message_bits=1)
    verdict = check(net, direct(1, 2**53))
    assert (verdict.objective, verdict.feasible) == (2.0**53, True)


def test_series_is_thinned_and_ends_at_the_end(make_field, simulate):
    net = make_field(20, energy=0.2)
    played = simulate(net, 3)
    series = check(net, played.solution).metrics["series"]
    assert len(played.solution.rounds) > POINTS >= len(series["round"])
    assert series["round"][-1] == played.solution.rounds.sum()
    assert series["alive"][-1] == 0
    assert all(np.diff(series["round"]) > 0)
    assert all(np.diff(series["alive"]) <= 0)
    assert set(map(len, series.values())) == {len(series["round"])}


@pytest.mark.parametrize("seed", range(3))
def test_gini_is_the_mean_difference(seed):
    values = np.random.default_rng(seed).random(30)
    expected = np.abs(values[:, None] - values).mean() / (2.0 * values.mean())
    assert gini(values) == pytest.approx(expected)
    assert gini(np.zeros(4)) == 0.0
