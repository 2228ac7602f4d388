"""Beam search: greedy when narrow, exact when nothing is dropped."""

from itertools import permutations, product

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing.beam import beam_search
from netroute.solvers.neural.routing.decoding import decode
from netroute.solvers.neural.routing.instances import make_states
from netroute.solvers.neural.routing.starts import closed_tours

KINDS = ["points", "matrix", "routes"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_beam_of_one_is_greedy(tiny, make_routing, kind):
    policy = tiny(routes=kind == "routes")
    for seed in range(5):
        instances = make_routing(13, kind=kind, seed=seed)
        rng = np.random.default_rng(0)
        narrow = decode(policy, instances, how="beam", samples=1, rng=rng)
        greedy = decode(policy, instances, how="greedy", samples=1, rng=rng)
        for one, other in zip(narrow, greedy, strict=True):
            assert np.array_equal(one, other) or np.allclose(one, other, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_a_wider_beam_has_different_walks(tiny, make_routing, kind):
    policy = tiny(routes=kind == "routes")
    for seed in range(5):
        instances = make_routing(13, kind=kind, seed=seed)
        walks = decode(policy, instances, how="beam", samples=8, rng=np.random.default_rng(0))
        assert 1 < len(walks.order) <= 8
        assert (np.diff(walks.length) >= 0).all()
        whole = np.concatenate([walks.order, walks.via], axis=1)
        assert len(np.unique(whole, axis=0)) == len(whole)


def shortest(table, demand, here, left, length_of):
    """Length of the shortest walk back to node 0, stops there included where there is demand."""
    best = np.inf
    for order in permutations(left):
        for via in product((0, 1), repeat=len(left)) if demand is not None else [(0,) * len(left)]:
            if demand is not None:
                parts = np.split(np.array(order), np.flatnonzero(via))
                if not via[0] or any(demand[part].sum() > 1 + 1e-9 for part in parts if len(part)):
                    continue
            best = min(best, length_of(table, here, 0, order, via))
    return best


@pytest.mark.parametrize("kind", KINDS)
def test_a_beam_that_drops_nothing_is_exact(tiny, make_routing, table_of, length_of, kind):
    routes = kind == "routes"
    for seed in range(4):
        instances = make_routing(6, kind=kind, seed=seed)
        demand = instances.tables.demand[0] if routes else None
        states = closed_tours(instances, np.zeros(1, np.int64))
        walks = beam_search(tiny(routes=routes), instances, states, width=2000)
        best = shortest(table_of(instances), demand, 0, range(1, 6), length_of)
        assert np.isclose(walks.length[0], best)


def test_a_beam_from_the_middle(tiny, make_routing, table_of, length_of):
    instances = make_routing(9)
    state = make_states(instances, [0], here=[4], goal=[0], left=[[1, 2, 8, 3]], number=[4])
    walks = beam_search(tiny(), instances, state, width=500)
    best = shortest(table_of(instances), None, 4, [1, 2, 8, 3], length_of)
    assert np.isclose(walks.length[0], best)
    assert (walks.order[:, 0] == 4).all()
    assert walks.order.shape[1] == 5
