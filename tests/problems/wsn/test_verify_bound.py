from __future__ import annotations

import itertools

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.wsn.check import check
from netroute.problems.wsn.energy import member_costs, round_costs, tables
from netroute.problems.wsn.verify_bound import verify_bound

CONVENTIONS = [
    {},
    {"control_bits": 300, "head_aggregates_own": False},
    {"aggregation_ratio": 0.4},
    {"base_station": [50.0, 50.0], "death_test": "end"},
]


def configurations(n: int) -> tuple[np.ndarray, np.ndarray]:
    """All rounds of single-hop clusters in which every node reports."""
    parents, heads = [], []
    for head in itertools.product([False, True], repeat=n):
        chosen = [i for i in range(n) if head[i]]
        for parent in itertools.product(*([-1] if head[i] else [-1, *chosen] for i in range(n))):
            parents.append(parent)
            heads.append(head)
    return np.array(parents), np.array(heads)


def exact(instance, prices: np.ndarray) -> float:
    """The bound by looking at every configuration."""
    costs = round_costs(instance, *configurations(instance.size), tables(instance))
    return float(instance.energy @ prices) / float((costs @ prices).min())


@pytest.mark.parametrize("changes", CONVENTIONS, ids=lambda changes: " ".join(changes) or "plain")
@pytest.mark.parametrize("seed", range(3))
def test_prices_are_priced_out_to_optimality(make_field, changes, seed):
    net = make_field(5, seed=seed, **changes).replace(energy=np.linspace(0.5, 1.0, 5))
    prices = np.random.default_rng(seed).random(5) * 1e3
    found = verify_bound(net, {"method": "lifetime", "data": {"prices": prices.tolist()}})
    bound = exact(net, prices)
    late = net.death_test == "end"
    assert found == int(bound * (1 + 1e-6)) + late
    assert found >= int(bound) + late


@pytest.mark.parametrize("seed", range(3))
def test_no_schedule_is_above_any_prices(make_field, simulate, seed):
    net = make_field(6, seed=seed, energy=0.02)
    full = check(net, simulate(net, seed).solution).objective
    for prices in (np.ones(6), 1.0 / net.energy, np.random.default_rng(seed).random(6)):
        data = {"prices": prices.tolist()}
        assert verify_bound(net, {"method": "lifetime", "data": data}) >= full


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("factor", [0.5, 1.0, 30.0])
def test_duals_prove_no_more_than_is_true(make_field, seed, factor):
    """Whatever the duals, the bound holds; good ones come close."""
    net = make_field(5, seed=seed, energy=0.5)
    prices = 0.5 + np.random.default_rng(seed).random(5)
    duals = prices * tables(net).direct
    data = {"prices": prices.tolist(), "duals": (factor * duals).tolist()}
    found = verify_bound(net, {"method": "lifetime", "data": data})
    assert found >= int(exact(net, prices))
    if factor == 0.5:
        loose = verify_bound(net, {"method": "lifetime", "data": data | {"duals": [1e-9] * 5}})
        assert found < loose


@pytest.mark.parametrize("changes", CONVENTIONS, ids=lambda changes: " ".join(changes) or "plain")
@pytest.mark.parametrize("seed", range(3))
def test_any_duals_against_the_programme(make_field, changes, seed):
    """Duals are worth what all offer less what heads get above their costs, pair by pair."""
    net = make_field(12, seed=seed, **changes).replace(energy=0.5, death_test="strict")
    random = np.random.default_rng(seed)
    prices = 0.2 + random.random(12)
    costs, send = tables(net), member_costs(net, np.arange(12))
    exact = verify_bound(net, {"method": "lifetime", "data": {"prices": prices.tolist()}})
    positive = 0
    for factor in (0.2, 0.4, 0.6, 0.8, 1.3):
        duals = prices * costs.direct * np.minimum(1.0, factor * (0.8 + 0.4 * random.random(12)))
        value = sum(duals)
        for j in range(12):
            paid = duals[j] - prices[j] * costs.head[j]
            for i in set(range(12)) - {j}:
                cost = prices[i] * send[i, j] + prices[j] * costs.receive[j]
                paid += max(0.0, duals[i] - cost)
            value -= max(0.0, paid)
        data = {"prices": prices.tolist(), "duals": duals.tolist()}
        found = verify_bound(net, {"method": "lifetime", "data": data})
        assert found >= exact
        if value > 0.0:
            positive += 1
            assert found == int(net.energy @ prices / value * (1.0 + 1e-8))
        else:
            assert found == np.inf
    assert positive


def test_duals_of_a_head_without_price(make_field):
    """Who has no price leads for nothing: duals that nobody pays for prove nothing."""
    net = make_field(3, energy=0.5)
    data = {"prices": [0.0, 1.0, 1.0], "duals": [0.0, 1.0, 1.0]}
    assert verify_bound(net, {"method": "lifetime", "data": data}) == np.inf


def test_larger_prices_change_nothing(make_field):
    net = make_field(4, energy=0.5)
    values = {
        verify_bound(net, {"method": "lifetime", "data": {"prices": [scale * p for p in range(4)]}})
        for scale in (1e-30, 1.0, 1e30)
    }
    assert len(values) == 1


@pytest.mark.parametrize(
    ("certificate", "words"),
    [
        ({"method": "magic"}, "found the method 'magic', expected"),
        ({"method": "lifetime"}, "found no data"),
        ({"method": "lifetime", "data": {}}, "found no 'prices'"),
        ({"method": "lifetime", "data": {"prices": "abc"}}, "found no 'prices'"),
        ({"method": "lifetime", "data": {"prices": [1, 2]}}, "found shape (2,), expected (3,)"),
        ({"method": "lifetime", "data": {"prices": [1, -2, 0]}}, "prices: entry 1 is -2.0"),
        ({"method": "lifetime", "data": {"prices": [0, 0, 0]}}, "prices: expected one above 0"),
        ({"method": "lifetime", "data": {"prices": [1, 1, 1], "duals": [1]}}, "duals: found shape"),
    ],
)
def test_certificates_that_do_not_fit(make_field, certificate, words):
    with pytest.raises(InputError) as caught:
        verify_bound(make_field(3), certificate)
    assert words in str(caught.value)


@pytest.mark.parametrize("changes", [{"routing": "tree"}, {"hard_threshold": 5.0}])
def test_fields_of_which_the_bound_is_not_true(make_field, changes):
    net = make_field(3, **changes)
    with pytest.raises(InputError, match=r"lifetime|thresholds"):
        verify_bound(net, {"method": "lifetime", "data": {"prices": [1, 1, 1]}})


def test_many_nodes_need_duals(make_field):
    net = make_field(301)
    with pytest.raises(InputError, match="found no duals, expected them for more than 300 nodes"):
        verify_bound(net, {"method": "lifetime", "data": {"prices": [1.0] * 301}})
