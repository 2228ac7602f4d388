"""Grouping of flows."""

import numpy as np
import pytest

from netroute.core.rng import generator
from netroute.problems.sdn import SdnInstance
from netroute.solvers.sdn.pairs import WIDTHS, pairs_of


def network(seed, *, largest=9, capacities=6, **fields):
    random = generator(seed)
    source = random.integers(4, size=60)
    return SdnInstance(
        nodes=range(4),
        tail=[0, 1, 2, 3] * 10,
        head=[1, 2, 3, 0] * 10,
        capacity=random.integers(1, capacities + 1, 40),
        source=source,
        target=(source + random.integers(1, 4, size=60)) % 4,
        bandwidth=random.integers(1, largest + 1, 60),
        priority=random.integers(1, 4, 60),
        **fields,
    )


@pytest.mark.parametrize("tables", [False, True])
def test_pairs_hold_what_belongs_together(tables):
    random = generator(7)
    net = network(
        1,
        max_delay=random.choice([np.inf, 2.0], 60),
        max_hops=random.choice([0, 3], 60),
        table_size=[5, -1, -1, 9] if tables else None,
    )
    pairs = pairs_of(net)
    assert sorted(pairs.flow.tolist()) == list(range(60))
    keys = set()
    for k in range(len(pairs.source)):
        members = pairs.flow[pairs.start[k] : pairs.start[k + 1]]
        assert len(members)
        assert (pairs.of_flow[members] == k).all()
        key = (
            pairs.source[k],
            pairs.target[k],
            pairs.width[k],
            pairs.unit[k],
            pairs.max_delay[k],
            pairs.max_hops[k],
        )
        keys.add(key)
        assert (net.source[members] == key[0]).all()
        assert (net.target[members] == key[1]).all()
        for f in members:
            closed = net.capacity < pairs.width[k]
            assert (closed == (net.capacity < net.bandwidth[f])).all()
        if tables:
            assert (net.bandwidth[members] * key[3] == 1.0).all()
        else:
            assert key[3] == 0.0
        assert (net.max_delay[members] == key[4]).all()
        assert (net.max_hops[members] == key[5]).all()
        density = net.weights()[members] / net.bandwidth[members]
        assert (np.diff(density) <= 0.0).all()
    assert len(keys) == len(pairs.source)
    for low, high in zip(pairs.tree_start[:-1], pairs.tree_start[1:], strict=True):
        for column in (pairs.source, pairs.width, pairs.unit):
            assert len(set(column[low:high].tolist())) == 1


def test_widths_are_coarsened_to_lower_ones():
    """No flow is shut out of an arc that is wide enough for it."""
    net = network(3, largest=90, capacities=100)
    pairs = pairs_of(net)
    assert len(np.unique(pairs.width)) <= WIDTHS
    width = pairs.width[pairs.of_flow]
    for f in range(net.size):
        wide = net.capacity >= net.bandwidth[f]
        assert (net.capacity[wide] >= width[f]).all()


def test_no_flows_and_no_arcs():
    net = SdnInstance(
        nodes=["a", "b"], tail=[], head=[], capacity=[], source=[], target=[], bandwidth=[]
    )
    assert len(pairs_of(net).source) == 0
    net = net.replace(source=[0], target=[1], bandwidth=[3], priority=None, priorities=None)
    assert pairs_of(net).width.tolist() == [1]
