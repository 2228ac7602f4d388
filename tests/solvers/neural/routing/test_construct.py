"""Walks: complete, measured rightly, within capacity; and what sampling and halting do."""

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing.construct import construct
from netroute.solvers.neural.routing.decoding import decode, decode_first
from netroute.solvers.neural.routing.instances import make_instances, make_states
from netroute.solvers.neural.routing.starts import closed_tours

KINDS = ["points", "matrix", "routes"]


def loads(demand, order, via):
    """Load of each route, cut where the walk is at the depot."""
    return [sum(demand[part]) for part in np.split(order, np.flatnonzero(via)) if len(part)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("noisy", [False, True])
def test_walks_are_whole(tiny, make_routing, table_of, length_of, kind, noisy):
    policy = tiny(routes=kind == "routes")
    instances = make_routing(17, kind=kind, count=3)
    rng = np.random.default_rng(2)
    index = np.repeat(np.arange(3), 5)
    here, goal, left, number, room = [], [], [], [], []
    for s in range(15):
        nodes = rng.permutation(np.arange(1, 17))
        number.append(1 + s)
        goal.append(0)
        here.append(0 if s % 3 == 0 else int(nodes[-1]))
        left.append(nodes[:15])
        room.append(0.7)
    states = make_states(
        instances, index, here=here, goal=goal, left=left, number=number, room=room
    )
    walks = construct(policy, instances, states, noise=rng if noisy else None)
    assert (states.number == 0).all()
    for s in range(15):
        order, via = walks.order[s, : number[s]], walks.via[s, : number[s]]
        assert sorted(order) == sorted(left[s][: number[s]])
        table = table_of(instances, index[s])
        assert np.isclose(walks.length[s], length_of(table, here[s], 0, order, via))
        if kind == "routes":
            demand = instances.tables.demand[index[s]]
            taken = loads(demand, order, via)
            limits = [1.0] * len(taken) if via[0] else [0.7, *[1.0] * (len(taken) - 1)]
            assert all(a <= b + 1e-9 for a, b in zip(taken, limits, strict=True))
            # At the depot the way by the depot is the only one.
            assert via[0] or here[s] != 0
        else:
            assert not via.any()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["greedy", "sampling", "multi-start", "beam"])
@pytest.mark.parametrize("nodes", [2, 3, 5, 14])
def test_decodings(tiny, make_routing, table_of, length_of, kind, how, nodes):
    routes = kind == "routes"
    policy, instances = tiny(routes=routes), make_routing(nodes, kind=kind)
    rng = np.random.default_rng(0)
    walks = decode(policy, instances, how=how, samples=7, rng=rng)
    table = table_of(instances)
    for order, via, length in zip(*walks, strict=True):
        assert sorted(order) == list(range(nodes))
        assert order[0] == 0 or (how == "multi-start" and not routes)
        assert not via[0]
        assert np.isclose(length, length_of(table, order[0], order[0], order[1:], via[1:]))
        if routes:
            assert max(loads(instances.tables.demand[0], order[1:], via[1:])) <= 1 + 1e-9
    assert (np.diff(walks.length) >= 0).all()
    expected = {"greedy": [1], "sampling": [7], "multi-start": [min(7, nodes - routes)]}
    assert len(walks.order) in expected.get(how, range(1, 8))


def test_multi_start_begins_everywhere(tiny, make_routing):
    rng = np.random.default_rng(0)
    tours = decode(tiny(), make_routing(9), how="multi-start", samples=20, rng=rng)
    assert sorted(tours.order[:, 0]) == list(range(9))
    few = decode(tiny(), make_routing(9), how="multi-start", samples=3, rng=rng)
    assert sorted(few.order[:, 0]) == [0, 3, 6]
    plans = make_routing(9, kind="routes")
    walks = decode(tiny(routes=True), plans, how="multi-start", samples=20, rng=rng)
    assert sorted(walks.order[:, 1]) == list(range(1, 9))
    assert walks.via[:, 1].all()


def test_sampling_is_reproducible_and_first_greedy(tiny, make_routing):
    policy, instances = tiny(), make_routing(14)

    def sampled(seed, **options):
        states = closed_tours(instances, np.zeros(20, np.int64), instance=np.zeros(20, np.int64))
        noise = np.random.default_rng(seed)
        return construct(policy, instances, states, noise=noise, **options).order[:, :13]

    one = sampled(1, greedy=2)
    assert np.array_equal(one, sampled(1, greedy=2))
    assert not np.array_equal(one, sampled(2, greedy=2))
    greedy = construct(policy, instances, closed_tours(instances, np.zeros(1, np.int64))).order[0]
    assert (one[:2] == greedy[:13]).all()
    assert len(np.unique(one, axis=0)) > 10
    # Next to no temperature is greedy.
    assert (sampled(3, temperature=1e-7) == greedy[:13]).all()


def test_many_states_are_seen_in_parts(tiny, make_routing, monkeypatch):
    policy, instances = tiny(), make_routing(12, count=10)
    first = np.zeros(10, np.int64)
    whole = construct(policy, instances, closed_tours(instances, first))
    monkeypatch.setattr("netroute.solvers.neural.routing.construct.BATCH", 3)
    parts = construct(policy, instances, closed_tours(instances, first))
    assert np.array_equal(parts.order, whole.order)
    assert np.array_equal(parts.length, whole.length)


def test_sizes_may_differ(tiny):
    points = np.random.default_rng(3).random((2, 9, 2))
    points[1, 6:] = np.nan
    both = make_instances(points, sizes=[9, 6])
    walks = construct(tiny(), both, closed_tours(both, np.zeros(2, np.int64)))
    alone = make_instances(points[1:, :6])
    walk = construct(tiny(), alone, closed_tours(alone, np.zeros(1, np.int64)))
    assert np.array_equal(walks.order[1, :5], walk.order[0, :5])
    assert np.isclose(walks.length[1], walk.length[0])


@pytest.mark.parametrize("how", ["greedy", "sampling", "multi-start", "beam"])
def test_halting(tiny, make_routing, how):
    policy, instances = tiny(), make_routing(12)
    rng = np.random.default_rng(0)
    for after in (0, 3):
        asked = iter(range(100))
        assert (
            decode(
                policy,
                instances,
                how=how,
                samples=3,
                rng=rng,
                halt=lambda asked=asked, after=after: next(asked) >= after,
            )
            is None
        )
        assert next(asked) == after + 1
    assert list(decode_first(policy, instances, samples=3, rng=rng, halt=lambda: True)) == []


def test_reconstruction_begins_by_beam_where_that_is_quick(tiny, make_routing):
    rng = np.random.default_rng(0)
    small = list(decode_first(tiny(), make_routing(12), samples=4, rng=rng))
    assert [len(walks.order) == 1 for walks in small] == [True, False]
    assert len(list(decode_first(tiny(), make_routing(12), samples=400, rng=rng))) == 1
