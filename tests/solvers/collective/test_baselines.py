"""Baselines: feasible on every kind of fabric, and each with its own law."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError, UnsupportedError
from netroute.core.registry import problem
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, Fabric, Job
from netroute.solvers.collective.greedy import GreedySolver, greedy_paths

CASES = {
    "leaf-spine": {"leaves": 6, "spines": 4, "hosts_per_leaf": 4, "group": 12},
    "links": {
        "leaves": 6,
        "spines": 4,
        "hosts_per_leaf": 4,
        "group": 12,
        "failed_links": 4,
        "half_rate": 2,
    },
    "spread": {"leaves": 4, "spines": 4, "hosts_per_leaf": 4, "group": 8, "spread": 1.0},
    "phases": {
        "leaves": 4,
        "spines": 4,
        "hosts_per_leaf": 4,
        "group": 8,
        "pattern": "halving-doubling",
    },
    "tree": {"fat_tree": 4, "hosts_per_leaf": 2, "group": 8},
    "broken tree": {"fat_tree": 6, "hosts_per_leaf": 3, "group": 18, "failed_links": 6},
}
WHOLE = (
    "greedy",
    "greedy-longest",
    "ecmp",
    "ecmp-hash",
    "round-robin",
    "hedera-first-fit",
    "hedera-annealing",
)
SPLIT = ("ecmp-pieces", "flowlets", "random-split", "spray", "ethereal", "ethereal-min")


def case(name, **changes):
    return generate_collective(**CASES[name], seed=3, nic=1000, **changes)


@pytest.mark.parametrize("name", sorted(CASES))
@pytest.mark.parametrize("solver", WHOLE + SPLIT)
def test_plans_are_feasible_and_not_better_than_the_bound(name, solver):
    instance = case(name, split=solver in SPLIT)
    result = problem("collective").solver(solver)().solve(instance, seed=1)
    assert str(result.status) == "feasible"
    metrics = result.metrics
    assert metrics["fabric"] >= max(v for k, v in metrics["bounds"].items() if k != "nic") - 1e-9
    if solver in WHOLE:
        assert metrics["extra_pieces"] == 0
    elif solver in ("ecmp-pieces", "random-split"):
        assert metrics["pieces_per_flow"] == 4.0
    again = problem("collective").solver(solver)().solve(instance, seed=1)
    assert again.objective == result.objective


@pytest.mark.parametrize("solver", SPLIT)
def test_whoever_cuts_flows_says_where_that_is_not_allowed(solver):
    with pytest.raises(UnsupportedError, match="cuts flows into pieces"):
        problem("collective").solver(solver)().solve(case("leaf-spine"))


@pytest.mark.parametrize("solver", ["spray", "ethereal", "ethereal-min"])
@pytest.mark.parametrize("name", ["leaf-spine", "tree"])
def test_even_load_meets_the_fractional_bound(solver, name):
    result = problem("collective").solver(solver)().solve(case(name, split=True))
    bounds = result.metrics["bounds"]
    assert result.metrics["fabric"] == pytest.approx(max(bounds["leaf"], bounds["pod"]), rel=1e-12)
    assert result.metrics["jain"] <= 1.0 + 1e-12


def test_hashes_are_spread_as_a_multinomial_and_differ_by_seed():
    instance = generate_collective(leaves=4, spines=4, hosts_per_leaf=64, placement="packed")
    solver = problem("collective").solver("ecmp")()
    rows = instance.phases[0].count
    sums = np.array(
        [solver.solve(instance, seed=s).solution.placements[0].counts for s in range(30)]
    )
    expected = rows / 4
    assert np.abs(sums.mean(axis=0) / expected - 1.0).max() < 0.02
    assert sums.std(axis=0).mean() == pytest.approx(np.sqrt(rows[0] * 3 / 16), rel=0.15)


def test_polarised_hashes_use_one_core_a_plane():
    instance = case("tree")
    solver = problem("collective").solver("ecmp")
    cores = solver(polarised=True).solve(instance).solution.placements[0].cores
    used = cores.sum(axis=2) > 0
    assert used.sum(axis=1).tolist() == [1, 1]
    free = solver().solve(instance).solution.placements[0].cores
    assert (free.sum(axis=2) > 0).sum() == 4


def slow_greedy(instance, phase, rows):
    fabric = instance.fabric
    up, down = np.zeros(fabric.up.shape), np.zeros(fabric.down.shape)
    cores = fabric.core_up is not None
    rise = np.zeros(fabric.core_up.shape) if cores else None
    fall = np.zeros(fabric.core_down.shape) if cores else None
    chosen = []
    for row in rows:
        i, j, size = phase.source[row], phase.target[row], phase.size[row]
        p, q = i // fabric.leaves_per_pod, j // fabric.leaves_per_pod
        options = []
        for a in range(fabric.planes):
            for c in range(fabric.cores if p != q else 1):
                caps = [fabric.up[i, a], fabric.down[a, j]]
                loads = [up[i, a], down[a, j]]
                if p != q:
                    caps += [fabric.core_up[p, a, c], fabric.core_down[a, c, q]]
                    loads += [rise[p, a, c], fall[a, c, q]]
                if min(caps) > 0:
                    new = [x + size * (1.0 / k) for x, k in zip(loads, caps, strict=True)]
                    options.append((max(new), sum(new), a, c))
        _, _, a, c = min(options)
        chosen.append(a * fabric.cores + c)
        up[i, a] += size * (1.0 / fabric.up[i, a])
        down[a, j] += size * (1.0 / fabric.down[a, j])
        if p != q:
            rise[p, a, c] += size * (1.0 / fabric.core_up[p, a, c])
            fall[a, c, q] += size * (1.0 / fabric.core_down[a, c, q])
    return chosen


@pytest.mark.parametrize("name", sorted(CASES))
def test_greedy_kernel_does_what_the_slow_rule_does(name):
    instance = case(name)
    for phase in instance.phases:
        flows = phase.listing(instance.fabric)
        order = np.random.default_rng(1).permutation(len(flows.row))
        fast = greedy_paths(instance.fabric, phase, flows, order)
        assert fast[order].tolist() == slow_greedy(instance, phase, flows.row[order])


def test_greedy_is_twice_the_optimum_on_some_rings():
    """The honest line: colouring matters where flows are few."""
    worst = 0.0
    for seed in range(5):
        instance = generate_collective(
            leaves=16, spines=16, hosts_per_leaf=16, group=256, pattern="ring", seed=seed, nic=100
        )
        worst = max(worst, GreedySolver().solve(instance).metrics["fabric"])
        assert problem("collective").solver("koenig")().solve(instance).metrics["fabric"] == 1.0
    assert worst == 2.0


def test_too_many_flows_to_list_are_refused():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4000)
    instance = CollectiveInstance(
        fabric=fabric, jobs=[Job(pattern="all-to-all", hosts=range(8000))]
    )
    with pytest.raises(InputError, match="use a solver that works on counts"):
        GreedySolver().solve(instance)
