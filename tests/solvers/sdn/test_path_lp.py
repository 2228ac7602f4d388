"""Pricing, Lagrangian and relaxation against the enumeration of all paths."""

from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.check import check
from netroute.problems.sdn.verify_bound import verify_bound
from netroute.solvers.sdn.lagrangian import Lagrangian
from netroute.solvers.sdn.path_lp import PathLpSolver

VARIANTS = {
    "plain": {},
    "delay": {"delays": True},
    "hops": {"hops": True},
    "both": {"delays": True, "hops": True},
    "tables": {"tables": True},
    "arc": {"protection": "arc"},
    "node": {"protection": "node"},
    "limited tables": {"delays": True, "tables": True},
    "protected tables": {"protection": "node", "tables": True},
}


def network(seed, *, nodes=6, arcs=16, flows=30, delays=False, hops=False, tables=False, **fields):
    random = generator(seed)
    tail = random.integers(nodes, size=arcs)
    head = (tail + random.integers(1, nodes, size=arcs)) % nodes
    source = random.integers(nodes, size=flows)
    if delays:
        fields["max_delay"] = random.choice([np.inf, 3.0, 6.0, 9.0], flows)
    if hops:
        fields["max_hops"] = random.integers(0, 4, flows)
    if tables:
        fields["table_size"] = random.integers(-1, 6, nodes)
    return SdnInstance(
        nodes=range(nodes),
        tail=tail,
        head=head,
        capacity=random.integers(3, 20, arcs),
        delay=random.integers(0, 6, arcs),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 6, flows),
        priority=random.integers(1, 9, flows),
        priorities=8,
        **fields,
    )


def simple_paths(net, source, target):
    """All simple paths, as lists of arcs."""
    found = []

    def extend(node, arcs, seen):
        if node == target:
            found.append(list(arcs))
            return
        for a in np.flatnonzero(net.tail == node).tolist():
            if net.head[a] not in seen:
                extend(int(net.head[a]), [*arcs, a], seen | {int(net.head[a])})

    extend(source, [], {source})
    return found


def routes(net, flow, cache):
    """All admissible paths of a flow, or pairs of paths, as lists of arcs."""
    ends = (int(net.source[flow]), int(net.target[flow]))
    if ends not in cache:
        cache[ends] = simple_paths(net, *ends)
    kept = []
    for path in cache[ends]:
        wide = (net.capacity[path] >= net.bandwidth[flow]).all()
        fast = net.max_delay is None or net.delay[path].sum() <= net.max_delay[flow]
        short = net.max_hops is None or not 0 < net.max_hops[flow] < len(path)
        if wide and fast and short:
            kept.append(path)
    if net.protection == "none":
        return kept
    pairs = []
    for one, two in permutations(kept, 2):
        if set(one) & set(two):
            continue
        if net.protection == "node" and set(net.head[one[:-1]]) & set(net.head[two[:-1]]):
            continue
        pairs.append(one + two)
    return pairs


def programme(net):
    """Weights of all columns, rows and limits of the path formulation."""
    cache, columns, weight = {}, [], []
    rows = len(net.tail) + len(net.nodes) + net.size
    for f in range(net.size):
        for arcs in routes(net, f, cache):
            column = np.zeros(rows)
            np.add.at(column, arcs, net.bandwidth[f])
            np.add.at(column, len(net.tail) + net.tail[arcs].astype(int), 1.0)
            column[len(net.tail) + len(net.nodes) + f] = 1.0
            columns.append(column)
            weight.append(net.weights()[f])
    table = np.full(len(net.nodes), -1) if net.table_size is None else net.table_size
    limit = np.concatenate([net.capacity, np.where(table < 0, 1e9, table), np.ones(net.size)])
    return np.array(weight), np.array(columns).reshape(-1, rows).T, limit


def optimum(net, *, integral):
    weight, matrix, limit = programme(net)
    if not len(weight):
        return 0.0
    found = milp(
        -weight,
        constraints=LinearConstraint(matrix, ub=limit),
        bounds=Bounds(0.0, 1.0),
        integrality=np.full(len(weight), int(integral)),
    )
    return -found.fun


def never():
    return False


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(3))
def test_relaxation_is_solved(variant, seed):
    net = network(seed, **VARIANTS[variant])
    solver = PathLpSolver(net)
    solver.run(never)
    best = optimum(net, integral=False)
    assert solver.value == pytest.approx(best, rel=1e-5, abs=1e-5)
    assert solver.bound >= optimum(net, integral=True) - 1e-6
    assert verify_bound(net, solver.certificate().to_dict()) == solver.bound
    relaxed = solver.solution()
    assert relaxed.value == pytest.approx(best, rel=5e-3, abs=5e-3)
    used = np.zeros(len(net.tail))
    taken = np.zeros(len(relaxed.pairs.source))
    for p, pair in enumerate(relaxed.pair):
        arcs = relaxed.arcs[relaxed.start[p] : relaxed.start[p + 1]]
        used[arcs] += relaxed.amount[p]
        taken[pair] += relaxed.amount[p]
        flow = relaxed.pairs.flow[relaxed.pairs.start[pair]]
        assert arcs.tolist() in routes(net, flow, {})
        middle = relaxed.split[p]
        assert net.tail[arcs[0]] == net.source[flow]
        assert net.head[arcs[middle - 1]] == net.target[flow]
    assert (used <= net.capacity * 1.001).all()
    assert ((relaxed.flow_value >= 0.0) & (relaxed.flow_value <= 1.0)).all()
    wanted = np.bincount(relaxed.pairs.of_flow, relaxed.flow_value * net.bandwidth)
    assert wanted == pytest.approx(taken, abs=1e-2)


@pytest.mark.parametrize("protection", ["arc", "node"])
def test_limited_pairs_are_bounded(protection):
    """Where pairs are limited, too, the bound is that of two separate relaxations."""
    for seed in range(3):
        net = network(seed, delays=True, hops=True, protection=protection)
        solver = PathLpSolver(net)
        solver.run(never)
        assert solver.bound >= optimum(net, integral=True) - 1e-6
        assert (
            solver.value <= optimum(net.replace(max_delay=None, max_hops=None), integral=False) + 1
        )
        relaxed = solver.solution()
        for p, pair in enumerate(relaxed.pair):
            arcs = relaxed.arcs[relaxed.start[p] : relaxed.start[p + 1]]
            flow = relaxed.pairs.flow[relaxed.pairs.start[pair]]
            assert arcs.tolist() in routes(net, flow, {})


@pytest.mark.parametrize("variant", VARIANTS)
def test_prices_of_paths(variant):
    """Each flow pays for its cheapest route, and for that one it is handed out."""
    for seed in range(4):
        net = network(seed, **VARIANTS[variant])
        random = generator(100 + seed)
        dual = Lagrangian(net)
        prices = random.choice([0.0, 0.5, 1.0, 2.0], len(dual.limit))
        node_prices = dual.node_prices(prices)
        dual.evaluate(prices)
        cache = {}
        total = dual.limit @ prices
        for f in range(net.size):
            pair = dual.pairs.of_flow[f]
            closed = np.zeros(len(net.nodes), bool)
            if net.table_size is not None:
                closed = net.table_size == 0
            cost = [
                prices[arcs].sum() * net.bandwidth[f] + node_prices[net.tail[arcs]].sum()
                for arcs in routes(net, f, cache)
                if not closed[net.tail[arcs]].any()
            ]
            least = min(cost, default=np.inf)
            assert dual.paths.cost[pair] * net.bandwidth[f] == pytest.approx(least)
            total += max(0.0, net.weights()[f] - least)
            arcs = dual.paths.arc[dual.paths.start[pair] : dual.paths.start[pair + 1]]
            assert (len(arcs) > 0) == bool(cost)
            if cost:
                paid = prices[arcs].sum() * net.bandwidth[f] + node_prices[net.tail[arcs]].sum()
                assert paid == pytest.approx(least)
        assert dual.value == pytest.approx(total)
        assert verify_bound(net, dual.certificate(prices, dual.value).to_dict()) == pytest.approx(
            dual.proven(dual.value)
        )


@pytest.mark.parametrize("variant", ["plain", "tables", "arc"])
def test_loads_are_a_subgradient(variant):
    net = network(5, **VARIANTS[variant])
    random = generator(5)
    dual = Lagrangian(net)
    for _ in range(20):
        here, there = random.random((2, len(dual.limit)))
        dual.evaluate(here)
        value, slope = dual.value, dual.limit - dual.load
        dual.evaluate(there)
        assert dual.value >= value + slope @ (there - here) - 1e-9


def test_every_state_has_a_valid_bound():
    net = network(2, flows=60)
    best = optimum(net, integral=True)
    last = np.inf
    solver = PathLpSolver(net)
    while not solver.finished:
        solver.turn(never)
        assert best <= solver.bound <= last
        last = solver.bound
        assert solver.solution().bound == last
        assert solver.certificate().value == last


def test_stopping_changes_nothing():
    """A turn that is cut short leaves the state as it was."""
    net = network(2, flows=60)
    plain, broken = PathLpSolver(net), PathLpSolver(net)
    plain.run(never)
    random, calls = generator(3), 0
    while not broken.finished:
        broken.turn(lambda: random.random() < 0.3)
        calls += 1
    assert calls > 50
    assert broken.value == plain.value


def test_nothing_to_admit():
    net = SdnInstance(
        nodes=["a", "b", "c"], tail=[0], head=[1], capacity=[4], source=[], target=[], bandwidth=[]
    )
    for case in (
        net,
        net.replace(source=[1], target=[0], bandwidth=[2], priority=None, priorities=None),
        net.replace(source=[0], target=[1], bandwidth=[9], priority=None, priorities=None),
        net.replace(
            source=[0], target=[1], bandwidth=[2], priority=None, priorities=None,
            weighting="given", weight=[0.0],
        ),
    ):  # fmt: skip
        solver = PathLpSolver(case)
        solver.run(never)
        assert solver.finished
        assert solver.bound == 0.0
        assert solver.solution().flow_value.tolist() == [0.0] * case.size
        assert verify_bound(case, solver.certificate().to_dict()) == 0.0
        assert check(case, _nothing(case)).feasible


def _nothing(net):
    from netroute.problems.sdn import SdnSolution

    return SdnSolution.of(net.size, {})


def test_other_weights():
    net = network(4)
    weights = generator(1).random(net.size)
    solver = PathLpSolver(net, weights=weights)
    solver.run(never)
    given = net.replace(weighting="given", weight=weights)
    assert solver.value == pytest.approx(optimum(given, integral=False), rel=1e-5)
    assert solver.bound > solver.value


def test_one_signature_a_kernel():
    """A second one would cost its compile time in every first run."""
    from netroute.core.jit import _KERNELS

    for fields in VARIANTS.values():
        PathLpSolver(network(1, **fields)).run(never)
    family = "netroute.solvers.sdn._kernels."
    names = ("dijkstra", "pricing", "limited", "disjoint", "response", "columns", "interior")
    known = [k for k in _KERNELS if k.py_func.__module__ in {family + name for name in names}]
    assert len(known) > 30
    assert {k.py_func.__name__: len(k.signatures) for k in known if len(k.signatures) > 1} == {}
