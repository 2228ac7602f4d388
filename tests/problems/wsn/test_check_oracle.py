"""The checker against a simulator that goes node by node and round by round."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.wsn.check import check
from netroute.problems.wsn.energy import round_costs, tables
from netroute.problems.wsn.replay import replay

CONVENTIONS = [
    {},
    {"death_test": "end"},
    {"headless": "silent"},
    {"head_aggregates_own": False, "control_bits": 200},
    {"aggregation_ratio": 0.3},
    {"routing": "tree"},
    {"routing": "tree", "control_bits": 100, "death_test": "end"},
    {"hard_threshold": 100.0, "soft_threshold": 20.0},
    {"base_station": [50.0, 50.0], "multipath": 0.0, "free_space": 100e-12},
]


@pytest.mark.parametrize("changes", CONVENTIONS, ids=lambda changes: " ".join(changes) or "plain")
@pytest.mark.parametrize("seed", range(4))
def test_schedules_end_as_played(make_field, simulate, changes, seed):
    instance = make_field(seed=seed, **changes)
    played = simulate(instance, seed)
    verdict = check(instance, played.solution)
    assert verdict.violations == ()
    assert verdict.objective == played.full
    lives = sorted(played.lives)
    n = instance.size
    figures = [verdict.metrics[name] for name in ("fnd", "hnd", "lnd")]
    assert figures == [lives[0], lives[(n - 1) // 2], lives[-1]]
    totals = [verdict.metrics[key] for key in ("packets_to_base", "node_rounds", "silent_rounds")]
    assert totals == [played.to_base, played.reports, played.silent]
    assert verdict.metrics["rounds"] == played.solution.rounds.sum()
    np.testing.assert_allclose(replay(instance, played.solution).residual, played.residual)


@pytest.mark.parametrize("changes", CONVENTIONS, ids=lambda changes: " ".join(changes) or "plain")
def test_costs_of_a_round(make_field, simulate, node_cost, changes):
    instance = make_field(12, seed=7, **changes)
    solution = simulate(instance, 1).solution
    found = round_costs(instance, solution.parent.astype(np.int64), solution.head, tables(instance))
    for row, parent, head in zip(found, solution.parent, solution.head, strict=True):
        expected = [
            node_cost(instance, i, parent.tolist(), head.tolist()) for i in range(instance.size)
        ]
        np.testing.assert_allclose(row, expected, rtol=1e-12)
