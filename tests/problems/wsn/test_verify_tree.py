from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.wsn.check import check
from netroute.problems.wsn.energy import round_costs, tables
from netroute.problems.wsn.verify_bound import verify_bound
from netroute.problems.wsn.verify_tree import arborescence, least_tree


def by_networkx(cost: np.ndarray) -> float:
    n = len(cost)
    graph = nx.DiGraph()
    for i in range(n):
        for j in range(n + 1):
            if i != j:
                graph.add_edge(j, i, weight=float(cost[i, j]))
    return nx.minimum_spanning_arborescence(graph).size("weight")


@pytest.mark.parametrize("seed", range(25))
def test_cheapest_arborescence(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    cost = rng.random((n, n + 1)) if seed % 2 else rng.integers(0, 6, (n, n + 1)).astype(float)
    # A root far away makes cycles within cycles.
    cost[:, -1] += seed % 5
    assert arborescence(cost) == pytest.approx(by_networkx(cost))


def trees(n: int):
    """All ways in which n nodes can report along a tree."""
    for parent in itertools.product(range(-1, n), repeat=n):
        head = [node in parent for node in range(n)]
        at = list(parent)
        for _ in range(n):
            at = [parent[x] if x >= 0 else x for x in at]
        if all(x == -1 for x in at):
            yield parent, head


@pytest.mark.parametrize("changes", [{}, {"control_bits": 500}, {"head_aggregates_own": False}])
@pytest.mark.parametrize("seed", range(3))
def test_no_round_is_cheaper(make_field, changes, seed):
    net = make_field(4, seed=seed, routing="tree", **changes)
    rng = np.random.default_rng(seed)
    parents, heads = (np.array(part) for part in zip(*trees(4), strict=True))
    assert len(parents) == 5**3
    costs = round_costs(net, parents, heads, tables(net))
    for prices in (np.ones(4), rng.random(4)):
        least = float((costs @ prices).min())
        plain = least_tree(net, prices)
        assert plain <= least * (1 + 1e-12)
        own = tables(net).head - tables(net).direct
        assert plain >= least - float(prices @ own) - 1e-15
        if not own.any():
            assert plain == pytest.approx(least)
        pairs = [(i, j) for i in range(4) for j in range(4) if i != j]
        shares = [[i, j, float(rng.random())] for i, j in pairs]
        charged = least_tree(net, prices, shares)
        assert plain * (1 - 1e-12) <= charged <= least * (1 + 1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_no_schedule_is_above_the_bound(make_field, simulate, seed):
    net = make_field(7, seed=seed, energy=0.05, routing="tree", death_test="end")
    full = check(net, simulate(net, seed).solution).objective
    for prices in (np.ones(7), 1.0 / tables(net).direct):
        data = {"prices": prices.tolist(), "shares": [[0, 1, 0.5], [2, 1, 0.5]]}
        assert verify_bound(net, {"method": "tree", "data": data}) >= full
    clusters = net.replace(routing="clusters")
    data = {"prices": [1.0] * 7}
    both = [
        verify_bound(clusters, {"method": method, "data": data}) for method in ("tree", "lifetime")
    ]
    assert both[0] >= both[1]


def test_a_node_alone(make_field):
    net = make_field(1, energy=0.5, routing="tree")
    found = verify_bound(net, {"method": "tree", "data": {"prices": [2.0]}})
    assert found == int(0.5 / tables(net).direct[0])


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([[0, 0, 1]], "found 0 as a child of 0"),
        ([[0, 9, 1]], "found 0 as a child of 9"),
        ([["a", 1, 1]], "found 'a' as a child of 1"),
        ([[0, 1, -1]], "shares: found -1, expected a finite number >= 0"),
        ([[0, 1]], "shares: expected rows of child, parent and number"),
        (5, "shares: expected rows"),
        ([[0, 1, "x"]], "shares: expected rows"),
    ],
)
def test_shares_that_are_none(make_field, shares, words):
    net = make_field(3, routing="tree")
    data = {"prices": [1, 1, 1], "shares": shares}
    with pytest.raises(InputError, match=words):
        verify_bound(net, {"method": "tree", "data": data})


def test_imperfect_aggregation_is_not_covered(make_field):
    net = make_field(3, aggregation_ratio=0.5)
    with pytest.raises(InputError, match="perfect aggregation only"):
        verify_bound(net, {"method": "tree", "data": {"prices": [1, 1, 1]}})
