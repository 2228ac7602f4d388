"""The comparison of the trained policy with the adaptive bid price, day by day."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("safetensors")

from scipy.stats import ttest_rel

from netroute.core.rng import generator
from netroute.datasets.sdn.priority_flows import generate_priority_flows
from netroute.experiments.sdn_days import Paired, generated, pair
from netroute.solvers.sdn.adaptive_bid_price import AdaptiveBidPriceSolver
from netroute.solvers.sdn.online_days import resampled_day


def test_interval_and_row():
    random = np.random.default_rng(1)
    adaptive = 90.0 + random.normal(size=24)
    policy = adaptive + 0.5 + random.normal(size=24)
    found = Paired("nets", tuple(adaptive), tuple(policy))
    expected = ttest_rel(policy, adaptive).confidence_interval(0.95)
    assert found.interval() == pytest.approx((expected.low, expected.high))
    row = found.row()
    assert row[:2] == ["nets", "24"]
    better, worse = map(int, row[5].split(" / "))
    assert better + worse == 24
    assert better == (policy > adaptive).sum()


def test_both_rules_decide_the_same_days():
    days = [resampled_day(generate_priority_flows(nodes=8, flows=80), generator(s)) for s in (1, 2)]
    found = pair("small", iter(days))
    assert len(found.policy) == 2
    expected = [
        AdaptiveBidPriceSolver().solve(day, seed=s).metrics["percent_of_bound"]
        for s, day in enumerate(days)
    ]
    assert list(found.adaptive) == expected


def test_networks_learned_on_and_others():
    ours, others = next(generated(1, stream=1)), next(generated(1, stream=1001))
    assert ours.name.endswith("-resampled")
    assert ours.fingerprint != others.fingerprint
    assert 10 <= len(ours.nodes) <= 30
