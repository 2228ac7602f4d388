"""Cheapest paths and pairs against all simple paths of small networks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.cheapest import cheapest
from netroute.problems.sdn.connected import connected, routable


def dearest_free(instance, price, toll, routes, flow):
    """Least cost among all admissible paths or pairs of a flow."""
    costs = [
        sum(
            instance.bandwidth[flow] * price[a] + (0 if toll is None else toll[instance.tail[a]])
            for a in path + backup
        )
        for path, backup in routes(instance, flow)
    ]
    return float(min(costs, default=math.inf))


@pytest.mark.parametrize("protection", ["none", "arc", "node"])
@pytest.mark.parametrize("tolls", [False, True])
def test_cheapest_of_all_paths(make_sdn, routes, protection, tolls):
    found_pairs = 0
    for seed in range(40):
        net = make_sdn(arcs=18, seed=seed, protection=protection)
        rng = np.random.default_rng(seed)
        price = rng.integers(0, 9, len(net.tail)).astype(float)
        toll = rng.integers(0, 9, len(net.nodes)).astype(float) if tolls else None
        cost = cheapest(net, price, charge=None if toll is None else toll[net.tail])
        expected = [dearest_free(net, price, toll, routes, f) for f in range(net.size)]
        assert cost.tolist() == expected, seed
        found_pairs += int(np.isfinite(cost).sum())
    assert found_pairs > 20


@pytest.mark.parametrize("limits", [["max_delay"], ["max_hops"], ["max_delay", "max_hops"]])
def test_limits_are_kept(make_sdn, routes, limits):
    dearer = 0
    for seed in range(40):
        net = make_sdn(arcs=18, seed=seed, **dict.fromkeys(limits, True))
        price = np.random.default_rng(seed).integers(0, 9, len(net.tail)).astype(float)
        cost = cheapest(net, price)
        expected = [dearest_free(net, price, None, routes, f) for f in range(net.size)]
        assert cost.tolist() == expected, seed
        free = cheapest(net.replace(max_delay=None, max_hops=None), price)
        dearer += int((np.isfinite(cost) & (cost > free)).sum())
    assert dearer >= 2


@pytest.mark.parametrize("protection", ["arc", "node"])
def test_pairs_with_limits_are_bounded_from_below(make_sdn, routes, protection):
    for seed in range(40):
        net = make_sdn(arcs=18, seed=seed, protection=protection, max_delay=True, max_hops=True)
        price = np.random.default_rng(seed).integers(0, 9, len(net.tail)).astype(float)
        cost = cheapest(net, price)
        for flow in range(net.size):
            assert cost[flow] <= dearest_free(net, price, None, routes, flow), (seed, flow)


def test_costs_above_the_worth_are_only_above_it(make_sdn):
    for seed in range(20):
        for changes in ({}, {"protection": "node"}, {"max_delay": True}):
            net = make_sdn(arcs=18, seed=seed, **changes)
            price = np.random.default_rng(seed).integers(0, 5, len(net.tail)).astype(float)
            worth = np.random.default_rng(seed + 1).integers(0, 30, net.size).astype(float)
            exact, rough = cheapest(net, price), cheapest(net, price, worth=worth)
            near = exact <= worth
            assert rough[near].tolist() == exact[near].tolist()
            assert (rough[~near] > worth[~near]).all()


def test_other_room_and_some_flows_only(make_sdn, routes):
    for seed in range(20):
        net = make_sdn(seed=seed)
        room = np.random.default_rng(seed).integers(0, 9, len(net.tail))
        flows = np.array([5, 1, 2])
        price = np.ones(len(net.tail))
        narrowed = net.replace(capacity=np.maximum(room, 1), bandwidth=net.bandwidth + 0)
        expected = [dearest_free(narrowed, price, None, routes, f) for f in flows]
        found = cheapest(net, price, room=np.maximum(room, 1), flows=flows)
        assert found.tolist() == expected


def test_exact_where_a_unit_of_the_last_place_decides(make_sdn):
    net = make_sdn(seed=3)
    price = np.full(len(net.tail), 2.0**40 + 1.0)
    cost = cheapest(net, price)
    one = cheapest(net, np.ones(len(net.tail)))
    finite = np.isfinite(cost)
    assert finite.any()
    whole = [int(c) for c in cost[finite]]
    assert whole == [int(c) * (2**40 + 1) for c in one[finite]]


@pytest.mark.parametrize("changes", [{}, {"max_hops": True}, {"protection": "node"}])
def test_routable_means_that_a_path_exists(make_sdn, routes, changes):
    both = set()
    for seed in range(40):
        net = make_sdn(arcs=16, seed=seed, **changes)
        flows = np.arange(net.size)
        found = routable(net, flows, net.capacity)
        assert found.tolist() == [bool(routes(net, f)) for f in flows], seed
        both |= set(found.tolist())
        if not changes:
            assert connected(net, flows[::-1], net.capacity).tolist() == found[::-1].tolist()
    assert both == {True, False}


@pytest.mark.parametrize("limit", [{"max_delay": [4.9]}, {"max_hops": [1]}])
@pytest.mark.parametrize("protection", ["arc", "node"])
def test_no_price_is_enough_for_pairs_beyond_twice_the_limit(limit, protection):
    net = SdnInstance(
        nodes="abc", tail=[0, 0, 1], head=[2, 1, 2], capacity=[5, 5, 5], delay=[1.0, 4.0, 5.0],
        source=[0], target=[2], bandwidth=[1], protection=protection,
    )  # fmt: skip
    price = np.ones(3)
    assert cheapest(net, price).tolist() == [3.0]
    assert cheapest(net.replace(**limit), price).tolist() == [np.inf]
    wider = {name: [2 * values[0] + 1] for name, values in limit.items()}
    assert cheapest(net.replace(**wider), price).tolist() == [3.0]
