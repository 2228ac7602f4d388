"""Lin-Kernighan kernels against lists and full recomputation."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp._kernels import lin_kernighan as steps
from netroute.solvers.tsp._kernels import tour as tours
from netroute.solvers.tsp.local_search import LocalSearch
from netroute.solvers.tsp.search_space import search_space


def make_tour(order):
    order = np.array(order, np.uint32)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return tours.TourState(order, place, np.zeros((50, 2), np.int64), np.zeros(1, np.int64))


def cycle(order):
    """The same for the same closed tour, whatever its start and direction."""
    order = [int(v) for v in order]
    ways = []
    for way in (order, order[::-1]):
        at = way.index(0)
        ways.append((*way[at:], *way[:at]))
    return min(ways)


def test_reversals_are_those_of_lists_and_are_taken_back():
    rng = np.random.default_rng(0)
    for _ in range(300):
        n = int(rng.integers(5, 20))
        order = rng.permutation(n)
        tour = make_tour(order)
        expected = order.tolist()
        for _ in range(4):
            i, length = int(rng.integers(n)), int(rng.integers(1, n))
            turned = expected[i:] + expected[:i]
            expected = turned[:length][::-1] + turned[length:]
            tours.flip(tour, np.uint32(turned[0]), np.uint32(turned[length - 1]), True)
            if tours.after(tour, np.uint32(expected[0])) != expected[1]:
                expected.reverse()
            assert cycle(tour.order) == cycle(expected)
            assert (tour.order[tour.place] == np.arange(n)).all()
            at = int(tour.place[expected[0]])
            expected = np.roll(tour.order, -at).tolist()
        tours.take_back(tour, np.int64(0))
        assert (tour.order == order).all()


def test_between_goes_the_right_way_round():
    tour = make_tour([3, 1, 4, 0, 2])
    ask = lambda a, b, c, way: bool(  # noqa: E731
        tours.between(tour, np.uint32(a), np.uint32(b), np.uint32(c), way)
    )
    assert ask(1, 4, 0, True)
    assert not ask(1, 2, 0, True)
    assert ask(0, 3, 1, True)
    assert ask(0, 4, 1, False)
    assert not ask(0, 2, 1, False)


@pytest.fixture(params=["integers", "floats", "ties"])
def space(request):
    rng = np.random.default_rng(3)
    if request.param == "ties":
        points = np.stack(np.meshgrid(np.arange(12), np.arange(12)), -1).reshape(-1, 2)
    else:
        points = rng.random((150, 2)) * 1000
    rounding = "nearest" if request.param == "integers" else "exact"
    return search_space(TspInstance(coordinates=points, rounding=rounding))


def test_every_step_gains_what_it_says(space):
    """Each kind of step leaves a tour whose length follows from the gain of the step."""
    instance = space.instance
    rng = np.random.default_rng(1)
    moves = space.moves()
    kinds = set()
    local = LocalSearch(space, seed=0)
    local.load(space.random_order(rng))
    local.descend()
    for _ in range(600):
        # A kick away from a local optimum, where single exchanges do not help.
        a, b, c = np.sort(rng.choice(space.size, 3, replace=False))
        order = local.order
        tour = make_tour(np.concatenate([order[:a], order[b:c], order[a:b], order[c:]]))
        before = instance.length(space.to_tour(tour.order))
        t1 = np.uint32(rng.integers(space.size))
        t2 = np.uint32((tours.after if rng.random() < 0.5 else tours.before)(tour, t1))
        first = instance.distance(int(space.nodes[t1]), int(space.nodes[t2]))
        gain, shorter = steps.best_step(tour, space.source, moves, t1, t2, first)
        if moves.found[0] == steps.NONE:
            continue
        kinds.add(int(moves.found[0]))
        last = np.uint32(steps.make_step(tour, moves, t1, t2))
        assert last in (tours.after(tour, t1), tours.before(tour, t1))
        assert sorted(tour.order.tolist()) == list(range(space.size))
        closed = gain - instance.distance(int(space.nodes[t1]), int(space.nodes[last]))
        after = instance.length(space.to_tour(tour.order))
        assert before - after == pytest.approx(closed, abs=1e-6)
        assert not shorter or closed > 0
    assert kinds >= {steps.TWO, steps.THREE, steps.SWAP}


def test_local_optima_have_no_better_exchange_of_two_edges(space):
    local = LocalSearch(space, seed=0)
    local.load(space.random_order(np.random.default_rng(2)))
    start = space.instance.length(space.to_tour(local.order))
    assert local.descend()
    order = local.order.astype(np.int64)
    length = space.instance.length(space.to_tour(order))
    assert length < 0.5 * start
    follows = np.empty(space.size, np.int64)
    follows[order] = np.roll(order, -1)

    def d(a, b):
        return space.instance.distance(int(space.nodes[a]), int(space.nodes[b]))

    for a in range(space.size):
        for c in space.near[a, :5].astype(int):
            gain = d(a, follows[a]) + d(c, follows[c]) - d(a, c) - d(follows[a], follows[c])
            assert gain <= 1e-6


def test_kicks_report_their_gain(space):
    local = LocalSearch(space, seed=5)
    local.load(space.random_order(np.random.default_rng(4)))
    local.descend()
    length = space.instance.length(space.to_tour(local.order))
    for _ in range(5):
        kicks, gain = local.kick(200)
        assert 0 < kicks <= 200
        assert gain >= -1e-6
        shorter = space.instance.length(space.to_tour(local.order))
        assert length - shorter == pytest.approx(gain, abs=1e-6)
        length = shorter


def test_kernels_have_one_signature_for_each_kind_of_distances(space):
    local = LocalSearch(space, seed=0)
    local.load(space.random_order(np.random.default_rng(0)))
    local.descend()
    local.kick(3)
    for name in ("after", "before", "between", "reverse", "flip", "take_back", "push", "pop"):
        assert len(getattr(tours, name).signatures) <= 1, name
    for name in ("best_step", "improve_node", "descend"):
        assert len(getattr(steps, name).signatures) <= 3, name
