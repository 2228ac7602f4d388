from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.wsn.energy import between, member_costs, reach, tables, transmission
from netroute.problems.wsn.readings import RANGE, Reports, readings


def test_amplifier_is_continuous_at_the_crossover(make_field):
    net = make_field()
    below, above = transmission(net, net.crossover * np.array([1 - 1e-9, 1.0]))
    assert below == pytest.approx(above, rel=1e-6)


def test_published_figures_of_one_message(make_field):
    """4000 bits over 50 m: 200 uJ of electronics and 100 uJ of the amplifier."""
    net = make_field(position=[[0, 0]], base_station=[50, 0], energy=1)
    costs = tables(net)
    assert costs.direct[0] == pytest.approx(300e-6)
    assert costs.head[0] == pytest.approx(320e-6)
    assert costs.receive[0] == pytest.approx(220e-6)


def test_members_pay_by_distance_only(make_field):
    net = make_field(20, control_bits=300)
    nodes = np.arange(20)
    found = member_costs(net, nodes)
    apart = between(net, nodes[:, None], nodes[None, :])
    order = np.argsort(apart, axis=None)
    assert (np.diff(found.ravel()[order]) >= -1e-18).all()
    np.testing.assert_array_equal(member_costs(net, nodes[3:5], nodes[7:9]), found[3:5, 7:9])


@pytest.mark.parametrize("spots", [0, 1, 2, "line", "same"])
def test_reach_is_the_farthest_node(make_field, spots):
    if spots == "line":
        net = make_field(position=np.column_stack([np.arange(9), 2 * np.arange(9)]), energy=1)
    elif spots == "same":
        net = make_field(position=np.full((4, 2), 3.0), energy=1)
    else:
        net = make_field(50, seed=spots)
    nodes = np.arange(net.size)
    expected = between(net, nodes[:, None], nodes[None, :]).max(axis=1)
    np.testing.assert_allclose(reach(net), expected)


def test_readings_are_uniform_and_repeatable(make_field):
    net = make_field(500, hard_threshold=100, readings_seed=3)
    drawn = np.array([readings(net, number) for number in range(40)])
    assert 0.0 <= drawn.min() < 1.0 < RANGE - 1.0 < drawn.max() < RANGE
    counts = np.histogram(drawn, bins=20, range=(0, RANGE))[0]
    assert abs(counts - 1000).max() < 150
    assert abs(np.corrcoef(drawn[:-1].ravel(), drawn[1:].ravel())[0, 1]) < 0.03
    assert (readings(net.replace(readings_seed=4), 0) != drawn[0]).all()


def test_reports_by_the_rule(make_field):
    net = make_field(30, hard_threshold=80.0, soft_threshold=60.0)
    found = Reports(net).next(50)
    last = [None] * net.size
    for number in range(50):
        for node, value in enumerate(readings(net, number).tolist()):
            owes = value >= 80.0 and (last[node] is None or abs(value - last[node]) >= 60.0)
            assert found[number, node] == owes
            if owes:
                last[node] = value
    stream = Reports(net)
    pieces = np.concatenate([stream.next(count) for count in (1, 7, 42)])
    np.testing.assert_array_equal(pieces, found)


def test_without_thresholds_everyone_reports(make_field):
    assert Reports(make_field()).next(3).all()
