"""Recomputed bounds: never below the best plan, exact, and not to be fooled."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.core.errors import InputError
from netroute.problems.sdn import SdnInstance
from netroute.problems.sdn.verify_bound import verify_bound

VARIANTS = {
    "plain": {},
    "delay": {"max_delay": True},
    "hops": {"max_hops": True},
    "tables": {"table_size": True},
    "arc": {"protection": "arc"},
    "node": {"protection": "node"},
    "all": {"max_delay": True, "max_hops": True, "table_size": True, "protection": "arc"},
    "revenue": {"weighting": "revenue"},
    "lexicographic": {"objective": "lexicographic"},
    "fractional": {"weight": np.arange(1, 6) / 3},
}


def certificate(**data: object) -> dict[str, object]:
    return {"method": "lp", "value": 0.0, "data": data}


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_plan_is_worth_more(make_sdn, best_plan, variant):
    tight = 0
    for seed in range(12):
        net = make_sdn(5, 14, 5, seed=seed, **VARIANTS[variant])
        best, _ = best_plan(net)
        rng = np.random.default_rng(seed)
        for scale in (0.0, 0.2, 1.0, 5.0):
            data = {"lambda": (scale * rng.random(len(net.tail))).tolist()}
            if net.table_size is not None:
                data["mu"] = (scale * rng.random(len(net.nodes))).tolist()
            bound = verify_bound(net, certificate(**data))
            assert bound >= best, (seed, scale)
            tight += bound == best or math.isclose(bound, best)
    assert tight > 0


def exact(instance: SdnInstance, price, toll, routes) -> Fraction:
    """Compute the bound in exact fractions over all paths."""
    total = sum(Fraction(float(p)) * int(c) for p, c in zip(price, instance.capacity, strict=True))
    if toll is not None:
        total += sum(
            Fraction(float(t)) * int(s)
            for t, s in zip(toll, instance.table_size, strict=True)
            if s >= 0
        )
    for flow, weight in enumerate(instance.weights()):
        costs = [
            sum(
                int(instance.bandwidth[flow]) * Fraction(float(price[a]))
                + (
                    Fraction(float(toll[instance.tail[a]]))
                    if toll is not None and instance.table_size[instance.tail[a]] >= 0
                    else 0
                )
                for a in path + backup
            )
            for path, backup in routes(instance, flow)
        ]
        total += max(Fraction(0), Fraction(float(weight)) - min(costs, default=Fraction(10**9)))
    return total


@pytest.mark.parametrize("variant", ["plain", "delay", "hops", "tables", "arc", "node"])
def test_value_of_the_formula(make_sdn, routes, variant):
    for seed in range(15):
        net = make_sdn(arcs=16, seed=seed, **VARIANTS[variant])
        rng = np.random.default_rng(seed)
        price = rng.random(len(net.tail)) / 3
        toll = rng.random(len(net.nodes)) / 2 if net.table_size is not None else None
        # Weights a hair above integers, so that nothing is rounded down.
        net = net.replace(weight=net.weights() + 0.25, weighting="given")
        data = {"lambda": price.tolist()} | ({} if toll is None else {"mu": toll.tolist()})
        found = verify_bound(net, certificate(**data))
        wanted = exact(net, price, toll, routes)
        assert Fraction(found) >= wanted - Fraction(1, 10**7), seed
        assert found == pytest.approx(float(wanted), abs=1e-6)


def test_integer_weights_are_rounded_down_and_never_below(make_sdn, routes):
    for seed in range(15):
        net = make_sdn(seed=seed)
        price = np.random.default_rng(seed).random(len(net.tail)) / 3
        found = verify_bound(net, certificate(**{"lambda": price.tolist()}))
        wanted = exact(net, price, None, routes)
        assert found == math.floor(wanted + Fraction(1, 10**7))


def test_prices_that_give_an_integer_are_not_rounded_past_it():
    # One arc of capacity 3 at price 1/3: the sum is 1 in exact arithmetic, plus 2/3 of surplus.
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[3], source=[0], target=[1], bandwidth=[1]
    )
    assert verify_bound(net, certificate(**{"lambda": [1 / 3]})) == 1.0
    assert verify_bound(net, certificate(**{"lambda": [0.0]})) == 1.0
    assert verify_bound(net, certificate(**{"lambda": [1e300]})) == 3.0


@given(
    weight=st.floats(1e-9, 2**50),
    price=st.floats(0.0, 1e18),
    capacity=st.integers(1, 2**50),
    bandwidth=st.integers(1, 2**50),
)
def test_any_magnitude_gives_a_valid_bound(weight, price, capacity, bandwidth):
    net = SdnInstance(
        nodes=["a", "b"],
        tail=[0],
        head=[1],
        capacity=[capacity],
        source=[0],
        target=[1],
        bandwidth=[bandwidth],
        weight=[weight],
    )
    bound = verify_bound(net, certificate(**{"lambda": [price]}))
    assert bound >= (weight if bandwidth <= capacity else 0.0)


def test_flows_that_no_arc_can_hold_add_nothing():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[3],
        source=[0, 0, 1], target=[1, 1, 0], bandwidth=[4, 3, 1], priority=[8, 2, 5],
    )  # fmt: skip
    assert verify_bound(net, certificate(**{"lambda": [0.0]})) == 2.0


def test_tolls_of_unlimited_tables_do_not_count():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[9], table_size=[1, -1],
        source=[0, 0], target=[1, 1], bandwidth=[1, 1],
    )  # fmt: skip
    assert verify_bound(net, certificate(**{"lambda": [0.0], "mu": [1.0, 7.0]})) == 1.0


def test_network_without_flows():
    net = SdnInstance(
        nodes=["a", "b"], tail=[0], head=[1], capacity=[9], source=[], target=[], bandwidth=[]
    )
    assert verify_bound(net, certificate(**{"lambda": [1.0]})) == 0.0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "found no 'data'"),
        ({}, "found no prices 'lambda'"),
        ({"lambda": [1.0]}, "lambda: found shape (1,), expected (14,)"),
        ({"lambda": "x"}, "found no prices 'lambda'"),
        ({"lambda": [[1.0]] * 14}, "lambda: found shape (14, 1)"),
        ({"lambda": [-1e-9, *[0.0] * 13]}, "lambda: entry 0 is -1e-09"),
        ({"lambda": [math.nan, *[0.0] * 13]}, "lambda: entry 0 is nan"),
        ({"lambda": [math.inf, *[0.0] * 13]}, "lambda: entry 0 is inf"),
        ({"lambda": [10**400, *[0.0] * 13]}, "found no prices 'lambda'"),
        ({"lambda": [0.0] * 14, "mu": [0.0] * 6}, "no table is limited"),
    ],
)
def test_faulty_certificates(make_sdn, data, said):
    with pytest.raises(InputError) as caught:
        verify_bound(make_sdn(), {"method": "lp", "value": 1.0, "data": data})
    assert said in str(caught.value)
