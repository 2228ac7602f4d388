"""Exchanges of two edges and moves of paths against lists and full enumeration."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.check import check
from netroute.solvers.tsp._kernels import or_opt as kernels
from netroute.solvers.tsp._kernels.tour import pop
from netroute.solvers.tsp.greedy import GreedySolver
from netroute.solvers.tsp.or_opt import LONGEST, OrOpt, OrOptSolver
from netroute.solvers.tsp.search_space import search_space


@pytest.fixture(params=["integers", "floats", "ties"])
def space(request):
    rng = np.random.default_rng(3)
    if request.param == "ties":
        points = np.stack(np.meshgrid(np.arange(6), np.arange(7)), -1).reshape(-1, 2)
    else:
        points = rng.random((40, 2)) * 1000
    rounding = "nearest" if request.param == "integers" else "exact"
    return search_space(TspInstance(coordinates=points, rounding=rounding))


def length(space, order):
    return space.instance.length(space.to_tour(np.asarray(order)))


def walk(space, path):
    nodes = space.nodes[path]
    return float(space.instance.distances(nodes[:-1], nodes[1:]).sum())


def edges(order):
    return {frozenset((int(a), int(b))) for a, b in zip(order, np.roll(order, -1), strict=True)}


def best_gain(space, order, node, longest):
    """The largest gain of a move that gives the node a nearer neighbour, by whole new tours."""
    best = 0.0
    for way in (order, order[::-1]):
        at = way.index(node)
        way = way[at:] + way[:at]
        before = length(space, way)
        for other, far in zip(space.near[node].tolist(), space.far[node], strict=True):
            place = way.index(other)
            if walk(space, way[:2]) > far + 1e-9:
                # Node, way[1] ... other, next becomes node, other ... way[1], next.
                new = way[:1] + way[1 : place + 1][::-1] + way[place + 1 :]
                best = max(best, before - length(space, new))
            for size in range(1, longest + 1):
                path, rest = way[:size], way[size:]
                if other in path:
                    continue
                place = rest.index(other)
                if before - length(space, rest) - walk(space, path) <= far + 1e-9:
                    continue
                new = rest[: place + 1] + path + rest[place + 1 :]
                best = max(best, before - length(space, new))
                if place > 0:  # Else the path would stay and be turned: two edges only.
                    new = rest[:place] + path[::-1] + rest[place:]
                    best = max(best, before - length(space, new))
    return best


def test_moves_gain_what_they_say_and_are_of_their_kind(space):
    rng = np.random.default_rng(1)
    local = OrOpt(space, seed=0)
    moves = local._moves
    kinds = set()
    for _ in range(400):
        local.load(space.random_order(rng))
        # Some way down: bad tours are all about long edges.
        for _ in range(int(rng.integers(0, 60))):
            node = np.uint32(pop(local._queue))
            if kernels.best_move(local._tour, space.source, moves, node, np.int64(3)) > 0.0:
                kernels.make_move(local._tour, moves, local._queue, node)
        local._tour.logged[0] = 0
        before = local.order.copy()
        node = np.uint32(rng.integers(space.size))
        gain = kernels.best_move(local._tour, space.source, moves, node, np.int64(3))
        if gain == 0.0:
            continue
        kind = int(moves.found[0])
        kinds.add(kind)
        kernels.make_move(local._tour, moves, local._queue, node)
        assert sorted(local.order.tolist()) == list(range(space.size))
        assert length(space, before) - length(space, local.order) == pytest.approx(gain)
        changed = len(edges(before) - edges(local.order))
        assert changed == 2 if kind == kernels.EXCHANGE else changed in (2, 3)
    assert kinds == {kernels.EXCHANGE, kernels.SHIFT, kernels.TURN}


def test_the_best_move_of_a_node_is_found(space):
    rng = np.random.default_rng(2)
    local = OrOpt(space, seed=0)
    found = 0
    for _ in range(12):
        local.load(space.random_order(rng))
        local.descend()
        order = np.roll(local.order, int(rng.integers(space.size)))
        order[:8] = rng.permutation(order[:8])
        local.load(order)
        for node in range(space.size):
            best = best_gain(space, order.tolist(), node, 3)
            gain = kernels.best_move(
                local._tour, space.source, local._moves, np.uint32(node), np.int64(3)
            )
            assert gain == pytest.approx(best, abs=1e-6)
            found += gain > 0.0
    assert found > 20


def test_no_node_has_a_better_move_at_a_local_optimum(space):
    local = OrOpt(space, seed=0)
    local.load(space.random_order(np.random.default_rng(5)))
    assert local.descend()
    order = local.order.tolist()
    assert max(best_gain(space, order, node, LONGEST) for node in range(space.size)) < 1e-6


def test_kicks_report_their_gain(space):
    local = OrOpt(space, seed=5)
    local.load(space.random_order(np.random.default_rng(4)))
    local.descend()
    before = length(space, local.order)
    gain = local.kick(300)[1]
    assert gain >= -1e-6
    assert before - length(space, local.order) == pytest.approx(gain, abs=1e-6)


@pytest.mark.parametrize("kind", ["points", "matrix", "arcs"])
@pytest.mark.parametrize("fixed", [0, 5])
def test_tours_are_no_longer_than_greedy_ones(make_tsp, kind, fixed):
    for n in (3, 5, 8, 9, 10, 60):
        instance = make_tsp(n, kind, fixed=min(fixed, n - 2), seed=n)
        result = OrOptSolver().solve(instance)
        assert check(instance, result.solution).feasible
        assert result.stopped_by == "completed"
        assert result.iterations == 1
        assert result.objective <= GreedySolver().solve(instance).objective


def test_many_nodes_are_five_percent_from_optimal():
    instance = TspInstance(coordinates=np.random.default_rng(0).random((7_000, 2)))
    result = OrOptSolver().solve(instance, budget=Budget(seconds=20))
    assert result.objective < 1.055 * 0.7124 * np.sqrt(7_000)


def test_kernels_have_one_signature_for_each_kind_of_distances(space):
    local = OrOpt(space, seed=0)
    local.load(space.random_order(np.random.default_rng(0)))
    local.descend()
    local.kick(3)
    for name in ("best_move", "settle", "kick_and_settle"):
        assert len(getattr(kernels, name).signatures) <= 3, name
    # These know no distances.
    for name in ("make_move", "keep_or_undo"):
        assert len(getattr(kernels, name).signatures) <= 1, name
