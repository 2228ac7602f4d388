"""Duals over all pairs of nodes: the kernel against loops, the bound against the programme."""

import numpy as np
import pytest

from netroute.problems.wsn.energy import member_costs, tables
from netroute.problems.wsn.verify_bound import verify_bound
from netroute.solvers.wsn import location
from netroute.solvers.wsn._kernels import all_pairs as kernels
from netroute.solvers.wsn.all_pairs import AllPairs, make_offers, make_plane
from netroute.solvers.wsn.lifetime_lp import LifetimeLp
from netroute.solvers.wsn.price_bound import PriceBound

VARIANTS = (
    {},
    {"base_station": [50, 50]},
    {"control_bits": 200, "free_space": 40e-12},
    {"aggregation_ratio": 0.2, "multipath": 0.0},
)


def never():
    return False


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(3))
def test_kernels_against_loops(make_field, variant, seed):
    """Slack of heads, and what each node does in the relaxed round, in two parts each."""
    n = 14
    net = make_field(n, seed=seed, **variant)
    random = np.random.default_rng(seed)
    plane, offers = make_plane(net), make_offers(n)
    costs, send = tables(net), member_costs(net, np.arange(n))
    price = random.random(n) + 0.1
    offers.price[:] = price
    offers.value[:] = price * costs.direct * (0.9 + random.random(n))
    v = [min(a, b) for a, b in zip(offers.value, price * costs.direct, strict=True)]
    kernels.begin(plane, offers)
    for first, last in ((0, 5), (5, n)):
        kernels.offer(plane, offers, np.int64(first), np.int64(last))
    slack, pairs = price * costs.head - v, np.zeros((n, n))
    for j in range(n):
        for i in range(n):
            if i != j:
                pairs[i, j] = v[i] - price[i] * send[i, j] - price[j] * costs.receive[j]
                slack[j] -= max(0.0, pairs[i, j])
    assert offers.slack == pytest.approx(slack, rel=1e-9, abs=1e-15)
    bound = sum(v) + sum(min(0.0, s) for s in slack)
    assert kernels.least(offers) == pytest.approx(bound, rel=1e-12)
    heads = np.flatnonzero(slack < 0.0)
    for first, last in ((0, 5), (5, n)):
        kernels.count(plane, offers, heads.astype(np.uint32), np.int64(first), np.int64(last))
    served, spent = np.zeros(n), np.zeros(n)
    for i in range(n):
        for j in heads:
            if i == j:
                served[i] += 1
                spent[i] += costs.head[i]
            elif pairs[i, j] > 0.0:
                served[i] += 1
                spent[i] += send[i, j]
                spent[j] += costs.receive[j]
        if served[i] == 0 and v[i] >= price[i] * costs.direct[i]:
            served[i] = 1
            spent[i] += costs.direct[i]
    assert offers.served == pytest.approx(served)
    assert offers.spent == pytest.approx(spent, rel=1e-12)
    # What is relaxed costs what the bound says, if nodes pay for what they are not served.
    assert price @ spent + (1.0 - served) @ v == pytest.approx(bound, rel=1e-9)


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", range(2))
def test_bound_comes_close_to_the_programme(make_field, variant, seed):
    net = make_field(20, seed=seed, **variant)
    lp = LifetimeLp(net)
    lp.run(never)
    pairs = AllPairs(net)
    before = pairs.least
    pairs.ascend(never, steps=3000)
    assert pairs.least > before > 0.0
    assert lp.value <= 1.0 / pairs.least * (1.0 + 1e-9)
    assert 1.0 / pairs.least <= 1.2 * lp.bound
    data = {"prices": pairs.prices().tolist(), "duals": pairs.duals().tolist()}
    found = verify_bound(net, {"method": "lifetime", "data": data})
    assert found == int(1.0 / pairs.least * (1.0 + 1e-8)) + (net.death_test == "end")


@pytest.mark.parametrize("variant", VARIANTS)
def test_settled_duals_enclose_the_cheapest_round(make_field, variant):
    """At fixed prices the duals come close to a round that exists."""
    net = make_field(40, seed=1, **variant)
    pairs = AllPairs(net)
    before, upper = pairs.least, pairs.round_cost(never)
    pairs.settle(upper, never, steps=600)
    assert before <= pairs.least <= upper
    found = location.Location(net).search(pairs.prices())
    assert pairs.least <= found <= upper * (1.0 + 1e-12)
    assert pairs.least >= 0.95 * found


def test_steps_stop(make_field):
    net = make_field(20)
    pairs = AllPairs(net)
    before = pairs.least
    pairs.ascend(lambda: True, steps=10**9)
    assert pairs.least == before


def test_beyond_the_stored_pairs(make_field, monkeypatch):
    """Large fields get a bound that holds without any pair in memory."""
    monkeypatch.setattr(location, "COMPLETE", 30)
    net = make_field(60)
    prices = PriceBound(net)
    assert not hasattr(prices, "location")
    for _ in range(10):
        prices.turn(never)
    certificate = prices.certificate()
    assert verify_bound(net, certificate.to_dict()) == certificate.value
    monkeypatch.undo()
    stored = PriceBound(net)
    for _ in range(10):
        stored.turn(never)
    assert stored.value <= prices.bound <= 1.05 * stored.bound


def test_one_signature_each(make_field):
    AllPairs(make_field(9)).ascend(never, steps=3)
    found = [
        value
        for value in vars(kernels).values()
        if hasattr(value, "signatures") and value.__module__ == kernels.__name__
    ]
    assert len(found) == 4
    assert not [each.__name__ for each in found if len(each.signatures) > 1]
