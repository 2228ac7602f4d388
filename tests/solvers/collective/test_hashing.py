"""Hashes of 5-tuples, and Hedera's scheduler, against slow rules."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.core.registry import problem
from netroute.datasets.collective.generate import generate_collective
from netroute.problems.collective import CollectiveInstance, Fabric, Job
from netroute.problems.collective.instance import usable
from netroute.solvers.collective._kernels import hashing, hedera
from netroute.solvers.collective.greedy import links_of
from netroute.solvers.collective.hashing import EcmpHashSolver, FlowletSolver, hash_paths
from netroute.solvers.collective.hedera import HederaAnnealingSolver, HederaFirstFitSolver, demands
from netroute.solvers.collective.paths import cores_up, path_table

MASK = 2**64 - 1
CASES = (
    {"leaves": 5, "spines": 3, "hosts_per_leaf": 3, "group": 10, "failed_links": 3},
    {"fat_tree": 4, "hosts_per_leaf": 2, "group": 16},
    {"fat_tree": 6, "hosts_per_leaf": 3, "group": 18, "failed_links": 6},
)


def case(number, **changes):
    return generate_collective(**CASES[number], seed=3, nic=1000, **changes)


def mixed(word):
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9 & MASK
    word = (word ^ word >> 27) * 0x94D049BB133111EB & MASK
    return word ^ word >> 31


def slow_paths(fabric, phase, flows, seed, chunks):
    rng = np.random.default_rng(seed)
    seeds = rng.integers(0, 2**63, fabric.leaves + fabric.pods * fabric.planes).tolist()
    ports = rng.integers(0, 2**14, len(flows.row)).tolist()
    up, over = usable(fabric, phase.source, phase.target), cores_up(fabric)
    found = []
    for f, (a, b, row) in enumerate(zip(*(c.tolist() for c in flows), strict=True)):
        i, j = a // fabric.hosts_per_leaf, b // fabric.hosts_per_leaf
        p, q = i // fabric.leaves_per_pod, j // fabric.leaves_per_pod
        for chunk in range(chunks):
            ends = (49152 + ports[f]) << 32 | 4791 << 16 | 17
            word = mixed(mixed(a << 32 | b) ^ mixed(ends) ^ chunk << 48)
            planes = np.flatnonzero(up[row])
            plane = int(planes[mixed(word ^ seeds[i]) % len(planes)])
            core = 0
            if p != q:
                cores = np.flatnonzero(over[p, q, plane])
                key = seeds[fabric.leaves + p * fabric.planes + plane]
                core = int(cores[mixed(word ^ key) % len(cores)])
            found.append(plane * fabric.cores + core)
    return np.reshape(found, (-1, chunks))


@pytest.mark.parametrize("number", range(len(CASES)))
@pytest.mark.parametrize("chunks", [1, 3])
def test_kernel_hashes_as_the_slow_rule_does(number, chunks):
    instance = case(number)
    phase, fabric = instance.phases[0], instance.fabric
    flows = phase.listing(fabric)
    fast = hash_paths(fabric, phase, flows, np.random.default_rng(7), chunks=chunks)
    assert np.array_equal(fast, slow_paths(fabric, phase, flows, 7, chunks))


def test_hashes_spread_evenly_and_polarised_ones_do_not():
    fabric = Fabric.fat_tree(8, hosts_per_leaf=16)
    instance = CollectiveInstance(fabric=fabric, jobs=[Job(pattern="all-to-all", hosts=range(512))])
    cores = {}
    for polarised in (False, True):
        solver = EcmpHashSolver(polarised=polarised)
        cores[polarised] = solver.solve(instance, seed=1).solution.placements[0].cores.sum(axis=2)
    expected = cores[False].sum() / 16
    assert np.abs(cores[False] / expected - 1.0).max() < 0.03
    assert ((cores[True] > 0).sum(axis=1) == 1).all()


def test_functions_stay_the_same_over_phases_and_few_ports_collide():
    fabric = Fabric.leaf_spine(2, 16, hosts_per_leaf=4)
    flows = [(phase, 0, 4, 1) for phase in range(3) for _ in range(20)]
    instance = CollectiveInstance(fabric=fabric, flows=flows)
    plan = EcmpHashSolver().solve(instance, seed=2).solution.placements
    assert all(np.array_equal(plan[0].counts, other.counts) for other in plan[1:])
    assert (plan[0].counts > 0).sum() > 6
    alike = EcmpHashSolver(ports=1).solve(instance, seed=2).solution.placements[0]
    assert (alike.counts > 0).sum() == 1


def test_one_flowlet_is_a_flow_and_runs_are_one_piece():
    instance = case(0, split=True)
    one = FlowletSolver(m=1).solve(instance, seed=4)
    assert one.objective == EcmpHashSolver().solve(instance, seed=4).objective
    many = FlowletSolver(m=6).solve(instance, seed=4)
    phase = instance.phases[0]
    flows = phase.listing(instance.fabric)
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(4, spawn_key=(0,))))
    path = hash_paths(instance.fabric, phase, flows, rng, chunks=6)
    runs = sum(1 + sum(a != b for a, b in itertools.pairwise(p)) for p in path.tolist())
    assert many.metrics["pieces"] == runs


def slow_demands(pairs, hosts):
    """The estimate of flows' demands as two rules that take turns, flow by flow."""
    rate, fixed = [0.0] * len(pairs), [False] * len(pairs)
    for _ in range(200):
        for host in range(hosts):
            mine = [f for f, (a, _) in enumerate(pairs) if a == host]
            free = [f for f in mine if not fixed[f]]
            for f in free:
                rate[f] = (1.0 - sum(rate[g] for g in mine if fixed[g])) / len(free)
        for host in range(hosts):
            mine = [f for f, (_, b) in enumerate(pairs) if b == host]
            if sum(rate[f] for f in mine) <= 1.0 + 1e-12:
                continue
            limited, given = list(mine), 0.0
            while True:
                share = (1.0 - given) / len(limited)
                small = [f for f in limited if rate[f] < share - 1e-12]
                if not small:
                    break
                given += sum(rate[f] for f in small)
                limited = [f for f in limited if f not in small]
            for f in limited:
                rate[f], fixed[f] = share, True
    return rate


def test_demands_are_those_of_the_slow_rule():
    rng = np.random.default_rng(2)
    for _ in range(20):
        fabric = Fabric.leaf_spine(3, 2, hosts_per_leaf=3, nic=4)
        pairs = [tuple(rng.choice(9, 2, replace=False).tolist()) for _ in range(12)]
        instance = CollectiveInstance(fabric=fabric, flows=[(0, a, b, 1) for a, b in pairs])
        flows = instance.phases[0].listing(fabric)
        crossing = [f for f, (a, b) in enumerate(pairs) if a // 3 != b // 3]
        expected = 4.0 * np.array(slow_demands(pairs, 9))[crossing]
        assert demands(fabric, instance.phases[0], flows) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_first_fit_takes_the_first_path_with_room(number):
    instance = case(number)
    fabric, phase = instance.fabric, instance.phases[0]
    fabric = fabric.replace(nic=3)
    flows = phase.listing(fabric)
    need = demands(fabric, phase, flows)
    up = path_table(fabric, phase).reshape(len(phase.size), -1)
    start = hash_paths(fabric, phase, flows, np.random.default_rng(1))[:, 0]
    load, capacity = {}, {}
    expected = start.tolist()
    for f, row in enumerate(flows.row.tolist()):
        for path in np.flatnonzero(up[row]).tolist():
            a, c = divmod(path, fabric.cores)
            i, j = int(phase.source[row]), int(phase.target[row])
            p, q = i // fabric.leaves_per_pod, j // fabric.leaves_per_pod
            links = [("up", i, a, fabric.up[i, a]), ("down", a, j, fabric.down[a, j])]
            if p != q:
                links.append(("rise", p, path, fabric.core_up[p, a, c]))
                links.append(("fall", path, q, fabric.core_down[a, c, q]))
            keys = [link[:3] for link in links]
            capacity.update({link[:3]: float(link[3]) for link in links})
            if all(load.get(k, 0.0) + need[f] <= capacity[k] * (1.0 + 1e-9) for k in keys):
                load.update({k: load.get(k, 0.0) + need[f] for k in keys})
                expected[f] = path
                break
    from netroute.solvers.collective.hedera import _tree

    path = start.copy()
    rows = flows.row.astype(np.uint32)
    hedera.first_fit(rows, need, _tree(fabric, phase), links_of(fabric), path)
    assert path.tolist() == expected


@pytest.mark.parametrize("number", range(len(CASES)))
def test_annealing_keeps_its_sums_and_gets_better(number):
    from netroute.solvers.collective.hedera import _tree

    instance = case(number)
    phase, fabric = instance.phases[0], instance.fabric.replace(nic=2)
    flows = phase.listing(fabric)
    order = np.argsort(flows.target, kind="stable")
    hosts, first = np.unique(flows.target[order], return_index=True)
    receivers = hedera.Receivers(
        np.append(first, len(order)).astype(np.int64),
        flows.row[order].astype(np.uint32),
        demands(fabric, phase, flows)[order],
    )
    tree, links = _tree(fabric, phase), links_of(fabric)
    path = np.zeros(len(hosts), np.int64)
    best = path.copy()
    energies = np.zeros(2)
    energies[:] = begun = hedera.settle(receivers, tree, links, path)
    random = np.array([12345], np.uint64)
    hedera.anneal(receivers, tree, links, path, best, energies, 1.0, 0.0, np.int64(3000), random)
    again = hedera.settle(receivers, tree, links_of(fabric), path)
    assert energies[0] == pytest.approx(again, abs=1e-6)
    assert energies[1] == pytest.approx(
        hedera.settle(receivers, tree, links_of(fabric), best), abs=1e-6
    )
    assert energies[1] < begun


def test_schedulers_beat_hashes_on_rings():
    ratios = []
    for seed in range(20):
        instance = generate_collective(
            leaves=16, spines=16, group=256, pattern="ring", seed=seed, nic=1
        )
        worst = EcmpHashSolver().solve(instance, seed=seed).metrics["fabric"]
        for solver in (HederaFirstFitSolver(), HederaAnnealingSolver(steps=4000)):
            ratios.append(solver.solve(instance, seed=seed).metrics["fabric"] / worst)
    assert np.mean(ratios) < 0.8


def test_kernels_have_one_signature():
    for name in ("ecmp-hash", "flowlets", "hedera-first-fit", "hedera-annealing"):
        for number in range(len(CASES)):
            problem("collective").solver(name)().solve(case(number, split=True), seed=1)
    for each in (hashing.follow, hedera.first_fit, hedera.anneal, hedera.settle):
        assert len(each.signatures) == 1, each
