"""The simulation against a slow one in exact fractions, and against the load of links."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from netroute.core.registry import problem
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective.check import check
from netroute.solvers.collective._kernels import maxmin
from netroute.solvers.collective.simulate import _subflows, completion_time


def slow_time(links, capacity, size):
    """Progressive filling in fractions, all flows raised together step by step."""
    left = [Fraction(b).limit_denominator(10**6) for b in size]
    time = Fraction(0)
    while any(left):
        room = {e: Fraction(int(c)) for e, c in enumerate(capacity)}
        rate = dict.fromkeys((f for f, b in enumerate(left) if b), Fraction(0))
        growing = set(rate)
        while growing:
            users: dict[int, int] = {}
            for f in growing:
                for e in links[f]:
                    if e >= 0:
                        users[e] = users.get(e, 0) + 1
            rise = min(room[e] / n for e, n in users.items())
            for f in growing:
                rate[f] += rise
            for e, n in users.items():
                room[e] -= rise * n
            growing = {f for f in growing if all(e < 0 or room[e] > 0 for e in links[f])}
        step = min(left[f] / r for f, r in rate.items())
        time += step
        for f, r in rate.items():
            left[f] -= step * r
    return time


@pytest.mark.parametrize(
    "settings",
    [
        {"leaves": 3, "spines": 2, "hosts_per_leaf": 3, "group": 9},
        {"leaves": 4, "spines": 2, "hosts_per_leaf": 2, "group": 4, "spread": 1.0, "half_rate": 2},
        {"leaves": 4, "spines": 3, "hosts_per_leaf": 2, "group": 8, "pattern": "bruck"},
        {"fat_tree": 4, "group": 8},
    ],
)
def test_time_is_that_of_the_slow_simulation(settings):
    for seed in range(2):
        instance = generate_collective(**settings, seed=seed)
        plan = problem("collective").solver("ecmp")().solve(instance, seed=seed).solution
        expected = Fraction(0)
        for phase, placement in zip(instance.phases, plan.placements, strict=True):
            links, capacity, size = _subflows(instance.fabric, phase, placement)
            expected += slow_time(links.tolist(), capacity.tolist(), size.tolist())
        assert completion_time(instance, plan) == pytest.approx(float(expected), rel=1e-9)


@pytest.mark.parametrize("solver", ["spray", "ethereal", "random-split", "flowlets"])
@pytest.mark.parametrize(
    "settings", [{"leaves": 4, "spines": 3, "hosts_per_leaf": 2}, {"fat_tree": 4, "group": 8}]
)
def test_pieces_are_simulated_one_by_one(settings, solver):
    instance = generate_collective(**settings, split=True, seed=1)
    plan = problem("collective").solver(solver)().solve(instance, seed=1).solution
    (placement,) = plan.placements
    links, capacity, size = _subflows(instance.fabric, instance.phases[0], placement)
    expected = slow_time(links.tolist(), capacity.tolist(), size.tolist())
    assert completion_time(instance, plan) == pytest.approx(float(expected), rel=1e-6)
    assert size.sum() == pytest.approx(instance.phases[0].sent.sum())


@pytest.mark.parametrize("settings", [{"leaves": 5, "spines": 3, "group": 15}, {"fat_tree": 4}])
def test_flows_take_the_links_that_the_checker_sums_up(settings):
    instance = generate_collective(**settings, seed=2)
    plan = problem("collective").solver("ecmp")().solve(instance, seed=2).solution
    for phase, placement in zip(instance.phases, plan.placements, strict=True):
        links, capacity, size = _subflows(instance.fabric, phase, placement)
        used = links >= 0
        load = np.bincount(links[used], np.repeat(size, used.sum(axis=1)), len(capacity))
        ratio = np.divide(load, capacity, out=np.zeros(len(load)), where=capacity > 0)
        assert ratio.max() == check(instance, plan).metrics["thetas"][0]


def test_completion_is_the_load_of_the_busiest_link():
    """Within 0.1 %: of the optimum, of greedy plans and of hashes."""
    for settings in ({"pattern": "ring"}, {"group": 16}, {"group": 16, "hosts_per_leaf": 8}):
        sizes = {"leaves": 8, "spines": 4 if "hosts_per_leaf" in settings else 8}
        instance = generate_collective(**sizes, **settings, seed=3)
        for solver in ("koenig", "greedy", "ecmp"):
            result = problem("collective").solver(solver)().solve(instance, seed=1)
            time = completion_time(instance, result.solution)
            assert result.objective * (1 - 1e-9) <= time <= result.objective * 1.001


def test_the_metric_is_there_for_few_flows_and_time_is_kept():
    instance = generate_collective(leaves=4, spines=4, hosts_per_leaf=4, group=8, seed=1)
    result = problem("collective").solver("koenig")().solve(instance)
    assert result.metrics["completion_time"] == completion_time(instance, result.solution)
    assert completion_time(instance, result.solution, stop=lambda: True) is None
    many = generate_collective(leaves=16, spines=8, hosts_per_leaf=16, group=128, seed=1)
    result = problem("collective").solver("koenig")().solve(many)
    assert "completion_time" not in result.metrics


def test_kernels_have_one_signature():
    for settings in ({"leaves": 3, "spines": 2, "hosts_per_leaf": 3}, {"fat_tree": 4}):
        instance = generate_collective(**settings, seed=1, split=True)
        for solver in ("spray", "greedy"):
            plan = problem("collective").solver(solver)().solve(instance).solution
            completion_time(instance, plan)
    assert len(maxmin.run.signatures) == 1
