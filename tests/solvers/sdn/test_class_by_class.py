"""The default solver with the lexicographic objective."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check
from netroute.solvers.sdn.auto import AutoSolver
from netroute.solvers.sdn.base import rank
from netroute.solvers.sdn.greedy import GreedySolver


def network(seed: int, *, flows: int = 150, capacity: int = 60) -> SdnInstance:
    """Return a ring with chords and three classes."""
    random = generator(seed)
    nodes = 10
    a = np.concatenate([np.arange(nodes), random.integers(nodes, size=nodes)])
    b = (a + np.concatenate([np.ones(nodes, int), random.integers(2, nodes - 1, nodes)])) % nodes
    source = random.integers(nodes, size=flows)
    return SdnInstance(
        name="ring",
        nodes=range(nodes),
        tail=np.concatenate([a, b]),
        head=np.concatenate([b, a]),
        capacity=np.tile(random.integers(capacity // 2, capacity, 2 * nodes), 2),
        delay=np.tile(random.random(2 * nodes), 2),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 30, flows),
        priority=random.integers(1, 4, flows),
        objective="lexicographic",
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_class_counts_before_those_below(seed):
    instance = network(seed)
    result = AutoSolver().solve(instance, budget=Budget(iterations=600_000), seed=1)
    verdict = check(instance, result.solution)
    assert verdict.feasible
    greedy = GreedySolver().solve(instance).solution
    assert rank(instance, result.solution) > rank(instance, greedy)
    stages = result.metrics["stages"]
    counted = [int(c["admitted"]) for c in verdict.metrics["classes"]]
    assert [stage["priority"] for stage in stages] == [3, 2, 1]
    assert [stage["admitted"] for stage in stages] == counted
    assert all(stage["bound"] >= stage["admitted"] for stage in stages)
    assert result.bound == stages[0]["bound"]


def test_where_all_fits_the_plan_is_proven_optimal():
    instance = network(4, capacity=4000)
    result = AutoSolver().solve(instance, budget=Budget(iterations=1000))
    assert str(result.status) == "optimal"
    assert result.solution.admitted.all()
    assert [stage["gap"] for stage in result.metrics["stages"]] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("seed", range(6))
def test_bounds_of_the_classes_hold_against_enumeration(seed):
    random = generator(seed, 5)
    net = SdnInstance(
        nodes=range(3),
        tail=[0, 1, 0, 1],
        head=[1, 2, 2, 0],
        capacity=random.integers(3, 9, 4),
        source=[0] * 5 + [1] * 2,
        target=[2] * 5 + [2] * 2,
        bandwidth=random.integers(1, 6, 7),
        priority=random.integers(1, 4, 7),
        objective="lexicographic",
    )
    paths = {0: [[], [0, 1], [2]], 1: [[], [1], [3, 2]]}
    best: tuple[float, ...] = ()
    for choice in product(*(paths[int(s)] for s in net.source)):
        plan = SdnSolution.of(7, {f: arcs for f, arcs in enumerate(choice) if arcs})
        if check(net, plan).feasible:
            best = max(best, rank(net, plan)[:-1])
    result = AutoSolver().solve(net, budget=Budget(iterations=20_000), seed=1)
    found = rank(net, result.solution)[:-1]
    assert found <= best
    for stage, value, most in zip(result.metrics["stages"], found, best, strict=True):
        assert stage["admitted"] == value
        assert stage["bound"] >= value
        if value < most:
            assert stage["bound"] >= most
            break
    if str(result.status) == "optimal":
        assert found == best
