"""The checker and the bounds against sums over single flows and enumeration."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.collective import (
    CollectiveInstance,
    CollectiveSolution,
    Fabric,
    Job,
    Placement,
)
from netroute.problems.collective.bounds import degree_bounds, least_time, lifted
from netroute.problems.collective.check import check
from netroute.problems.collective.pieces import fewest_pieces
from netroute.problems.collective.verify_bound import verify_bound


def random_instance(rng, *, tree=False, extra=0):
    if tree:
        fabric = Fabric.fat_tree(4, capacity=6, nic=5)
    else:
        fabric = Fabric.leaf_spine(3, 2, hosts_per_leaf=2, capacity=6, nic=5)
        fabric = fabric.replace(up=rng.choice([3, 6], (3, 2)), down=rng.choice([3, 6], (2, 3)))
    n = fabric.hosts
    pairs = [rng.choice(n, 2, replace=False) for _ in range(int(rng.integers(1, 7)))]
    flows = [(int(rng.integers(2)), a, b, int(rng.integers(1, 5))) for a, b in pairs]
    return CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=extra)


def theta_of(instance, number, paths):
    """Time of a phase whose flows take paths (plane, core), one by one."""
    fabric = instance.fabric
    load: dict[tuple, int] = {}
    cap: dict[tuple, int] = {}

    def add(key, capacity, size):
        load[key] = load.get(key, 0) + size
        cap[key] = int(capacity)

    for (_, a, b, size), (k, c) in zip(
        [f for f in instance.flows.tolist() if f[0] == number], paths, strict=True
    ):
        i, j = a // fabric.hosts_per_leaf, b // fabric.hosts_per_leaf
        add(("out", a), fabric.nic, size)
        add(("in", b), fabric.nic, size)
        if i == j:
            continue
        add(("up", i, k), fabric.up[i, k], size)
        add(("down", k, j), fabric.down[k, j], size)
        p, q = i // fabric.leaves_per_pod, j // fabric.leaves_per_pod
        if p != q:
            add(("core up", p, k, c), fabric.core_up[p, k, c], size)
            add(("core down", k, c, q), fabric.core_down[k, c, q], size)
    return max((Fraction(load[key], cap[key]) for key in load), default=Fraction(0))


def placement_of(instance, number, paths):
    fabric, phase = instance.fabric, instance.phases[number]
    counts = np.zeros((fabric.planes, len(phase.size)), np.int64)
    rows = phase.pod_rows(fabric)
    cores = np.zeros((fabric.planes, fabric.cores, len(rows.size)), np.int64)
    keys = list(zip(phase.source, phase.target, phase.size, strict=True))
    for (_, a, b, size), (k, c) in zip(
        [f for f in instance.flows.tolist() if f[0] == number], paths, strict=True
    ):
        i, j = a // fabric.hosts_per_leaf, b // fabric.hosts_per_leaf
        if i != j:
            row = keys.index((i, j, size))
            counts[k, row] += 1
            if rows.row[row] >= 0:
                cores[k, c, rows.row[row]] += 1
    return Placement(counts=counts, cores=cores if fabric.tiers == 3 else None)


@pytest.mark.parametrize("tree", [False, True])
def test_objective_is_the_sum_over_links_flow_by_flow(tree):
    rng = np.random.default_rng(5)
    for _ in range(40):
        instance = random_instance(rng, tree=tree)
        total, placements = Fraction(0), []
        for number in range(len(instance.phases)):
            flows = int((instance.flows[:, 0] == number).sum())
            fabric = instance.fabric
            paths = [
                (int(rng.integers(fabric.planes)), int(rng.integers(fabric.cores)))
                for _ in range(flows)
            ]
            total += theta_of(instance, number, paths)
            placements.append(placement_of(instance, number, paths))
        verdict = check(instance, CollectiveSolution.of(placements))
        assert verdict.feasible, verdict.violations
        assert verdict.objective == float(total)
        assert verdict.metrics["pieces"] == verdict.metrics["crossing"]


def test_no_bound_exceeds_the_optimum_by_enumeration():
    rng = np.random.default_rng(6)
    tight = 0
    for _ in range(60):
        instance = random_instance(rng)
        best = Fraction(0)
        for number in range(len(instance.phases)):
            flows = int((instance.flows[:, 0] == number).sum())
            every = itertools.product([(0, 0), (1, 0)], repeat=flows)
            best += min(theta_of(instance, number, paths) for paths in every)
        fabric = instance.fabric
        prices = {
            "up": rng.random(fabric.up.shape).tolist(),
            "down": rng.random(fabric.down.shape).tolist(),
        }
        for certificate in (
            {"method": "degree"},
            {"method": "lp", "data": {"prices": [prices] * len(instance.phases)}},
        ):
            assert verify_bound(instance, certificate) <= float(best) * (1 + 1e-12)
        tight += verify_bound(instance, {"method": "degree"}) == float(best)
    assert tight > 20


def test_least_time_is_the_first_at_which_whole_units_fit():
    rng = np.random.default_rng(7)
    for _ in range(200):
        links = tuple(rng.integers(1, 9, int(rng.integers(1, 5))).tolist())
        units, grain = int(rng.integers(1, 30)), int(rng.integers(1, 4))
        every = sorted({Fraction(m * grain, c) for c in links for m in range(units + 1)})
        first = next(t for t in every if sum(t * c // grain for c in links) >= units)
        assert least_time(units, grain, links, True) == first
        assert least_time(units, grain, links, False) <= first


def test_lifting_reaches_no_further_than_the_next_possible_load():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2, capacity=6).replace(up=[[3, 6], [6, 6]])
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 4), (0, 1, 2, 4)])
    phase = instance.phases[0]
    assert lifted(instance, phase, Fraction(1, 2)) == Fraction(4, 6)
    assert lifted(instance, phase, Fraction(4, 6)) == Fraction(4, 6)
    assert lifted(instance, phase, Fraction(5, 6)) == Fraction(8, 6)
    free = instance.replace(extra_pieces=None)
    assert lifted(free, phase, Fraction(1, 2)) == Fraction(1, 2)
    assert degree_bounds(fabric, phase, whole=False)["leaf"] == Fraction(8, 9)


@pytest.mark.parametrize(
    ("code", "placement"),
    [
        ("flow.count", {"counts": [[1, 2], [3, 1]]}),
        ("flow.count", {"counts": [[4, 4], [4, 4]]}),
        ("counts.shape", {"counts": [[4, 4]]}),
        ("cores.shape", {"counts": [[4, 4], [0, 0]], "cores": [[[1]], [[1]]]}),
        ("piece.limit", {"counts": [[5, 4], [3, 4]], "unit": 2}),
        ("piece.count", {"counts": [[4, 4], [0, 0]], "pieces": 7}),
        ("piece.limit", {"counts": [[4, 4], [0, 0]], "pieces": 9}),
        ("counts.size", {"counts": [[2**47, 4], [0, 0]]}),
    ],
)
def test_each_broken_rule_is_named(code, placement):
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    instance = CollectiveInstance(fabric=fabric, jobs=[Job(pattern="all-to-all", hosts=range(4))])
    verdict = check(instance, CollectiveSolution.of([Placement(**placement)]))
    assert not verdict.feasible
    assert verdict.violations[0].code == code
    assert check(instance, CollectiveSolution(())).violations[0].code == "phase.count"


def test_a_plan_on_failed_links_alone_is_judged():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1)
    fabric = fabric.replace(up=[[0, 1], [1, 1]], down=[[1, 0], [1, 1]])
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1)])
    verdict = check(instance, CollectiveSolution.of([Placement(counts=[[1], [0]])]))
    assert {violation.code for violation in verdict.violations} == {"link.failed"}


def test_flows_on_failed_links_and_wrong_cores_are_found():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    broken = fabric.replace(up=[[0, 1], [1, 1]])
    instance = CollectiveInstance(fabric=broken, flows=[(0, 0, 3, 1), (0, 2, 1, 1)])
    bad = CollectiveSolution.of([Placement(counts=[[1, 1], [0, 0]])])
    (violation,) = check(instance, bad).violations
    assert (violation.code, violation.message) == (
        "link.failed",
        "phase 0: flows on the failed link leaf 0 to plane 0",
    )
    assert check(instance, CollectiveSolution.of([Placement(counts=[[0, 1], [1, 0]])])).feasible
    tree = CollectiveInstance(fabric=Fabric.fat_tree(4), flows=[(0, 0, 15, 1)])
    wrong = Placement(counts=[[1], [0]], cores=[[[0], [0]], [[1], [0]]])
    assert check(tree, CollectiveSolution.of([wrong])).violations[0].code == "core.count"
    right = Placement(counts=[[1], [0]], cores=[[[0], [1]], [[0], [0]]])
    assert check(tree, CollectiveSolution.of([right])).objective == 1.0


@pytest.mark.parametrize(("flows", "planes"), [(31, 32), (3, 4), (4, 6), (5, 5), (7, 2), (12, 8)])
def test_even_shares_take_the_fewest_pieces_known(flows, planes):
    fabric = Fabric.leaf_spine(2, planes, hosts_per_leaf=flows)
    rows = [(0, t, flows + t, 1) for t in range(flows)]
    phase = CollectiveInstance(fabric=fabric, flows=rows).phases[0]
    counts = np.full((planes, 1), flows)
    rest, whole = flows % planes, flows // planes
    expected = planes * whole + (rest + planes - np.gcd(rest, planes) if rest else 0)
    assert fewest_pieces(phase, Placement(counts=counts, unit=planes)) == expected


@pytest.mark.parametrize(
    "certificate",
    [
        {},
        {"method": "magic"},
        {"method": "lp"},
        {"method": "lp", "data": {"prices": []}},
        {"method": "lp", "data": {"prices": [{"up": [[1, 1]], "down": [[1, 1], [1, 1]]}]}},
        {"method": "lp", "data": {"prices": [{"up": [[1, -1], [1, 1]], "down": [[1, 1]] * 2}]}},
        {"method": "lp", "data": {"prices": [{"up": "x", "down": [[1, 1], [1, 1]]}]}},
    ],
)
def test_certificates_that_do_not_fit_are_refused(certificate):
    instance = CollectiveInstance(
        fabric=Fabric.leaf_spine(2, 2, hosts_per_leaf=2), flows=[(0, 0, 3, 1)]
    )
    with pytest.raises(InputError, match="certificate"):
        verify_bound(instance, certificate)


def test_pieces_per_host_count_hosts_that_send_in_any_phase():
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=3)
    flows = [(0, 0, 3, 2), (0, 0, 4, 2), (0, 1, 5, 2), (1, 1, 4, 2), (1, 2, 0, 2)]
    instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=None)
    whole = [Placement(counts=[[2], [1]]), Placement(counts=[[1], [0]])]
    metrics = check(instance, CollectiveSolution.of(whole)).metrics
    assert metrics["pieces_per_host"] == 4 / 3
    halves = [Placement(counts=[[3], [3]], unit=2, pieces=6), whole[1]]
    metrics = check(instance, CollectiveSolution.of(halves)).metrics
    assert metrics["pieces_per_host"] == 7 / 3
    idle = CollectiveInstance(fabric=fabric)
    assert check(idle, CollectiveSolution.of([])).metrics["pieces_per_host"] == 0.0
