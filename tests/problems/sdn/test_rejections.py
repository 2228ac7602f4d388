from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.sdn import SdnInstance, SdnSolution
from netroute.problems.sdn.check import check
from netroute.problems.sdn.describe import describe, summary
from netroute.problems.sdn.rejections import (
    DISCONNECTED,
    FULL,
    LEFT_OUT,
    LIMITED,
    NARROW,
    PRICED_OUT,
    UNPROTECTED,
    reasons,
    rejections,
)


def line(**changes: object) -> SdnInstance:
    """Return a network a -> b -> c with a side road a -> c that is narrow."""
    fields = {
        "nodes": ["a", "b", "c"],
        "tail": [0, 1, 0],
        "head": [1, 2, 2],
        "capacity": [5, 5, 2],
        "delay": [1.0, 1.0, 9.0],
        "source": [0, 0, 2, 0, 0],
        "target": [2, 2, 0, 2, 1],
        "bandwidth": [4, 6, 1, 2, 3],
        "priority": [4, 8, 1, 1, 2],
    }
    return SdnInstance(**(fields | changes))


def test_each_reason():
    net, solution = line(), SdnSolution.of(5, {0: [0, 1]})
    assert rejections(net, solution) == {1: NARROW, 2: DISCONNECTED, 3: LEFT_OUT, 4: FULL}
    # The side road costs 2 * 0.6 > 1, the first arc 3 * 0.5 < 2.
    priced = rejections(net, solution, prices=[0.5, 0.3, 0.6])
    assert priced == {1: NARROW, 2: DISCONNECTED, 3: PRICED_OUT, 4: FULL}


def test_limits_and_protection():
    quick = line(max_delay=[0.5, 9, 9, 9, 9])
    assert rejections(quick, SdnSolution.of(5, {}))[0] == LIMITED
    short = line(max_hops=[1, 0, 0, 1, 0])
    assert rejections(short, SdnSolution.of(5, {}))[0] == LIMITED
    assert rejections(short, SdnSolution.of(5, {}))[3] == LEFT_OUT
    safe = line(protection="arc")
    found = rejections(safe, SdnSolution.of(5, {}, backups={}))
    assert found == {0: UNPROTECTED, 1: NARROW, 2: DISCONNECTED, 3: LEFT_OUT, 4: UNPROTECTED}


def test_full_tables_leave_no_room():
    net = line(table_size=[1, -1, -1])
    assert rejections(net, SdnSolution.of(5, {0: [0, 1]}))[3] == FULL
    pairs = line(protection="arc", table_size=[1, -1, -1])
    assert rejections(pairs, SdnSolution.of(5, {}, backups={}))[3] == FULL


def test_what_is_left_out_could_be_admitted(make_sdn, routes, best_plan):
    kinds = set()
    for seed in range(25):
        net = make_sdn(5, 12, 6, seed=seed)
        _, solution = best_plan(net)
        paths = {f: solution.path(f).tolist() for f in range(net.size)}
        for flow, reason in rejections(net, solution).items():
            kinds.add(reason)
            options = [list(path) for path, _ in routes(net, flow)]
            possible = [p for p in options if check(net, _with(net, paths, flow, p)).feasible]
            assert (reason == LEFT_OUT) == bool(possible), (seed, flow)
            assert (reason in (NARROW, DISCONNECTED)) == (not options), (seed, flow)
            # Weights are positive: the best plan leaves nothing out that fits.
            assert reason != LEFT_OUT
    assert kinds == {NARROW, DISCONNECTED, FULL}


def _with(net, paths, flow, path):
    return SdnSolution.of(net.size, {**paths, flow: path})


@pytest.mark.parametrize(
    "certificate",
    [
        None,
        {},
        {"data": None},
        {"data": {"lambda": [1.0]}},
        {"data": {"lambda": "x"}},
        {"data": {"lambda": [1.0, -1.0, 1.0]}},
        {"data": {"lambda": [1.0, float("nan"), 1.0]}},
    ],
)
def test_certificates_that_do_not_fit_count_as_none(certificate):
    found = reasons(line(), SdnSolution.of(5, {0: [0, 1]}), certificate)
    assert found["flow 3 (a to c)"] == LEFT_OUT
    assert PRICED_OUT not in found.values()


def test_reasons_by_label_at_the_prices_of_a_certificate():
    certificate = {"method": "lp", "value": 1.0, "data": {"lambda": [0.5, 0.3, 0.6]}}
    found = reasons(line(), SdnSolution.of(5, {0: [0, 1]}), certificate)
    assert found["flow 3 (a to c)"] == PRICED_OUT


def test_description():
    figures = describe(line(flows=list("uvwxy"), objective="lexicographic"))
    assert figures["brief"] == "5 flows on 3 nodes and 3 arcs"
    assert figures["costs"].startswith("admitted flows of the highest class")
    assert figures["unroutable"] == {DISCONNECTED: 1, NARROW: 1}
    assert figures["classes"] == {
        "priority 8": 1,
        "priority 4": 1,
        "priority 2": 1,
        "priority 1": 2,
    }
    # On as few arcs as possible, widths apart: 4 + 6 + 2 + 3 units.
    assert figures["load"] == pytest.approx(15 / 12)
    assert figures["capacity"] == {"total": 12.0, "min": 2.0, "mean": 4.0, "max": 5.0}


def test_summary_tells_what_each_class_has_got():
    metrics = check(line(), SdnSolution.of(5, {0: [0, 1], 3: [2]})).metrics
    lines = summary(metrics)
    assert lines["admitted"] == "2 of 5 flows (40.0 %), 37.5 % of the bandwidth"
    assert lines["priorities"] == "8: 0 of 1, 4: 1 of 1, 2: 0 of 1, 1: 1 of 2"
    assert lines["utilisation"] == "mean 86.7 %, highest 100.0 % of arc 2 (a to c)"
    metrics["stages"] = [{"priority": 8, "admitted": 0, "bound": 1, "gap": 1.0}]
    assert summary(metrics)["priorities"].startswith("8: 0 of 1 (at most 1), 4: 1 of 1,")


def test_description_of_an_empty_network():
    none = np.zeros(0, int)
    net = SdnInstance(
        nodes=["a"], tail=none, head=none, capacity=none, source=none, target=none, bandwidth=none
    )
    assert describe(net)["brief"] == "0 flows on 1 node and 0 arcs"
