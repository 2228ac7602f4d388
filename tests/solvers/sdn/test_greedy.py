"""Greedy admission against a plain-Python oracle that enumerates every path."""

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.rng import generator
from netroute.core.status import StoppedBy
from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check
from netroute.solvers.sdn.base import rank
from netroute.solvers.sdn.greedy import GreedySolver
from netroute.solvers.sdn.greedy_density import GreedyDensitySolver
from netroute.solvers.sdn.residual import Residual, to_solution

VARIANTS = {
    "plain": {},
    "delay": {"max_delay": True},
    "hops": {"max_hops": True},
    "both": {"max_delay": True, "max_hops": True},
    "tables": {"table_size": True},
    "arc": {"protection": "arc"},
    "node": {"protection": "node"},
    "all": {"max_delay": True, "max_hops": True, "table_size": True, "protection": "node"},
}


def network(seed, *, nodes=7, arcs=18, flows=25, max_delay=False, max_hops=False, **fields):
    random = generator(seed)
    tail = random.integers(nodes, size=arcs)
    head = (tail + random.integers(1, nodes, size=arcs)) % nodes
    source = random.integers(nodes, size=flows)
    if max_delay:
        fields["max_delay"] = random.choice([np.inf, 4.0, 8.0, 12.0], flows)
    if max_hops:
        fields["max_hops"] = random.integers(0, 4, flows)
    if fields.get("table_size"):
        fields["table_size"] = random.integers(-1, 9, nodes)
    return SdnInstance(
        nodes=range(nodes),
        tail=tail,
        head=head,
        capacity=random.integers(3, 20, arcs),
        delay=random.integers(0, 6, arcs),
        source=source,
        target=(source + random.integers(1, nodes, size=flows)) % nodes,
        bandwidth=random.integers(1, 6, flows),
        priority=random.integers(1, 4, flows),
        priorities=3,
        **fields,
    )


def simple_paths(net, source, target):
    found = []

    def extend(node, arcs, seen):
        if node == target:
            found.append(list(arcs))
            return
        for a in np.flatnonzero(net.tail == node).tolist():
            head = int(net.head[a])
            if head not in seen:
                extend(head, [*arcs, a], seen | {head})

    extend(int(source), [], {int(source)})
    return found


def open_paths(net, flow, capacity, entries):
    """Hops, delay and arcs of every path of a flow that keeps its limits and has room."""
    rows = []
    for path in simple_paths(net, net.source[flow], net.target[flow]):
        delay = net.delay[path].sum()
        hops = len(path)
        if net.max_delay is not None and delay > net.max_delay[flow]:
            continue
        if net.max_hops is not None and net.max_hops[flow] and hops > net.max_hops[flow]:
            continue
        if (capacity[path] >= net.bandwidth[flow]).all() and (entries[net.tail[path]] >= 1).all():
            rows.append((hops, delay, path))
    return rows


def admit_slowly(net, order, plan):
    """Follow ``plan`` flow by flow: each choice must be a best one at its turn."""
    capacity = net.capacity.copy()
    entries = np.full(len(net.nodes), 10**6)
    if net.table_size is not None:
        entries[net.table_size >= 0] = net.table_size[net.table_size >= 0]
    admitted = 0
    for flow in order:
        rows = open_paths(net, flow, capacity, entries)
        path, backup = plan.path(flow).tolist(), plan.backup(flow).tolist()
        best = min((row[:2] for row in rows), default=None)
        if not path:
            # A flow without protection is rejected only where nothing is left.
            assert best is None or net.protection != "none"
            continue
        assert (len(path), net.delay[path].sum()) == best
        arcs = path + backup
        if net.protection != "none":
            assert backup
            assert not set(path) & set(backup)
        capacity[arcs] -= net.bandwidth[flow]
        np.subtract.at(entries, net.tail[arcs], 1)
        assert (capacity >= 0).all()
        assert (entries >= 0).all()
        admitted += 1
    return admitted


@pytest.mark.parametrize("solver", [GreedySolver, GreedyDensitySolver])
@pytest.mark.parametrize("variant", VARIANTS)
def test_each_flow_gets_the_best_path_at_its_turn(solver, variant):
    admitted = 0
    for seed in range(6):
        net = network(seed, **VARIANTS[variant])
        result = solver().solve(net)
        assert check(net, result.solution).feasible
        admitted += admit_slowly(net, solver().order(net), result.solution)
        assert result.iterations == 1
    assert admitted > 6


def test_orders():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[9],
        source=[0] * 4, target=[1] * 4, bandwidth=[4, 1, 2, 8], priority=[3, 1, 3, 8],
    )  # fmt: skip
    assert GreedySolver().order(net).tolist() == [3, 2, 0, 1]
    assert GreedyDensitySolver().order(net).tolist() == [2, 1, 3, 0]
    classes = net.replace(objective="lexicographic")
    assert GreedyDensitySolver().order(classes).tolist() == [3, 2, 0, 1]


def test_a_better_start_is_kept_and_a_broken_one_ignored():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[9],
        source=[0] * 3, target=[1] * 3, bandwidth=[9, 5, 4], priority=[4, 3, 3],
    )  # fmt: skip
    start = SdnSolution.of(3, {1: [0], 2: [0]})
    assert GreedySolver().solve(net).objective == 4
    assert GreedySolver().solve(net, start=start).objective == 6
    broken = SdnSolution.of(3, {0: [0], 1: [0]})
    assert GreedySolver().solve(net, start=broken).objective == 4


def test_no_time_and_no_flows():
    net = network(3)
    result = GreedySolver().solve(net, budget=Budget(seconds=1e-6))
    assert result.stopped_by is StoppedBy.TIME
    empty = net.replace(
        source=[], target=[], bandwidth=[], priority=[], priorities=1,
    )  # fmt: skip
    assert GreedySolver().solve(empty).objective == 0


def test_rank_orders_by_weight_then_by_spent_bandwidth():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0, 0], head=[1, 1], capacity=[9, 9], delay=[1, 3],
        source=[0] * 2, target=[1] * 2, bandwidth=[2, 5], priority=[1, 4],
    )  # fmt: skip
    fast, slow = SdnSolution.of(2, {0: [0], 1: [0]}), SdnSolution.of(2, {0: [0], 1: [1]})
    assert rank(net, fast) == (5.0, -7.0)
    assert rank(net, fast) > rank(net, slow) > rank(net, SdnSolution.of(2, {1: [0]}))
    classes = net.replace(objective="lexicographic")
    assert rank(classes, slow) == (1.0, 1.0, -17.0)
    protected = net.replace(protection="arc")
    assert rank(protected, SdnSolution.of(2, {0: [0]}, backups={0: [1]})) == (1.0, -8.0)


def test_taking_and_giving_back_cancel_out():
    net = network(5, table_size=True)
    residual = Residual(net)
    before = [array.copy() for array in residual.room]
    routes = residual.admit(np.arange(net.size, dtype=np.uint32))
    plan = to_solution(net, routes)
    load = np.zeros(len(net.tail), np.int64)
    for flow in np.flatnonzero(plan.admitted):
        load[plan.path(flow)] += net.bandwidth[flow]
    assert load.any()
    assert (residual.room.capacity == net.capacity - load).all()
    for flow in np.flatnonzero(plan.admitted):
        residual.take(plan.path(flow), -int(net.bandwidth[flow]))
    for array, old in zip(residual.room, before, strict=True):
        assert (array == old).all()
