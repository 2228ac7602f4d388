"""Programmes of placements: planes that are alike, and goals one after the other."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
)
from netroute.problems.collective.check import check
from netroute.solvers.collective.ilp import IlpSolver
from netroute.solvers.collective.programmes import GoalProgramme, next_goal
from netroute.solvers.collective.rounding import RoundingSolver
from netroute.solvers.lp.native import solve_highs


def three_leaves(rng, size=3):
    """Eight flows at most between three leaves with three planes, some links slow or down."""
    up, down = (rng.choice([0, 2, 3], (3, 3), p=[0.3, 0.3, 0.4]) for _ in range(2))
    up[:, 0] = down[0] = 3
    fabric = Fabric.leaf_spine(3, 3, hosts_per_leaf=4).replace(up=up, down=down)
    flows = []
    for _ in range(int(rng.integers(3, 9))):
        i, j = rng.choice(3, 2, replace=False)
        flows.append((0, *(4 * np.array([i, j]) + rng.integers(4, size=2)), size))
    return CollectiveInstance(fabric=fabric.replace(nic=1000), flows=np.array(flows))


def best_of_all(instance):
    """Least objective of any placement: every flow tried on every plane."""
    fabric, phase = instance.fabric, instance.phases[0]
    rows = np.repeat(np.arange(len(phase.size)), phase.count)
    plans = np.array(list(itertools.product(range(fabric.planes), repeat=len(rows))))
    worst = np.zeros(len(plans))
    for k in range(fabric.planes):
        for ends, speeds in ((phase.source, fabric.up[:, k]), (phase.target, fabric.down[k])):
            for leaf, speed in enumerate(speeds.tolist()):
                load = ((plans == k) & (ends[rows] == leaf)) @ phase.size[rows]
                worst = np.maximum(worst, np.where(load > 0, load / speed if speed else np.inf, 0))
    return float(worst.min())


def test_goals_lead_to_the_optimum():
    rng = np.random.default_rng(1)
    above = 0
    for _ in range(12):
        instance = three_leaves(rng)
        result = IlpSolver(engine="HiGHS").solve(instance, budget=Budget(seconds=20))
        assert result.objective == pytest.approx(best_of_all(instance), rel=1e-12)
        assert str(result.status) == "optimal"
        above += result.certificate is None
    assert above, "no case in which the programme proves more than the relaxation"


def test_a_goal_is_met_by_what_is_read_and_the_one_below_the_optimum_is_not():
    rng = np.random.default_rng(6)
    for _ in range(10):
        instance = three_leaves(rng)
        phase = instance.phases[0]
        goal = Fraction(1, 2)
        while True:
            programme = GoalProgramme.of(instance.fabric, phase, goal)
            answer = solve_highs(programme.model, relaxed=False, seconds=None)
            if answer.values is not None:
                break
            goal = next_goal(instance.fabric, 3, goal)
        plan = CollectiveSolution.of([programme.read(phase, answer.values)])
        verdict = check(instance, plan)
        assert verdict.feasible
        assert verdict.metrics["fabric"] <= float(goal)
        assert float(goal) == pytest.approx(best_of_all(instance))


def test_planes_that_are_alike_are_one():
    fabric = Fabric.leaf_spine(3, 5, hosts_per_leaf=4, capacity=2)
    up = fabric.up.copy()
    up[1, 3] = 0
    flows = [(0, a, b, 1) for a in range(12) for b in range(12) if a // 4 != b // 4]
    instance = CollectiveInstance(fabric=fabric.replace(up=up), flows=flows)
    programme = GoalProgramme.of(instance.fabric, instance.phases[0], Fraction(9, 2))
    assert sorted(len(members) for members in programme.planes) == [1, 4]
    answer = solve_highs(programme.model, relaxed=False, seconds=None)
    placed = programme.read(instance.phases[0], answer.values)
    verdict = check(instance, CollectiveSolution.of([placed]))
    assert verdict.feasible
    assert verdict.metrics["fabric"] <= 4.5


def test_unequal_sizes_lie_between_bound_and_greedy_plan():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=5)
    flows = [(0, t, 5 + t, size) for t, size in enumerate((3, 3, 2, 2, 2))]
    instance = CollectiveInstance(fabric=fabric, flows=flows)
    result = IlpSolver(engine="HiGHS").solve(instance)
    assert (result.objective, result.bound) == (6.0, 6.0)
    assert RoundingSolver().solve(instance).objective == 6.0
