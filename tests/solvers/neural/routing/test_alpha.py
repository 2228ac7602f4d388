"""Excesses of edges, and prices of routes, against SciPy's spanning trees."""

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree

from netroute.solvers.neural.routing._kernels.prices import DECAY, STEPS
from netroute.solvers.neural.routing._kernels.tree import grow
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.room import tree_room
from netroute.solvers.neural.routing.starts import closed_tours


def excesses(length):
    """How much longer the shortest tree is that must have an edge, for each edge."""
    # SciPy takes zeros for missing edges.
    length = length - length.min() + 1.0
    shortest = minimum_spanning_tree(length).sum()
    found = np.zeros_like(length)
    for i, j in zip(*np.triu_indices(len(length), 1), strict=True):
        forced = length.copy()
        forced[i, j] = forced[j, i] = 0.5
        found[i, j] = found[j, i] = minimum_spanning_tree(forced).sum() - 0.5 + length[i, j]
        found[i, j] = found[j, i] = found[i, j] - shortest
    return found


@pytest.mark.parametrize("kind", ["points", "matrix"])
@pytest.mark.parametrize("priced", [False, True])
def test_an_edge_lengthens_the_tree(kind, priced):
    rng = np.random.default_rng(3)
    sizes, most = [9, 5, 2, 1], 9
    points = rng.random((4, most, 2))
    matrix = rng.random((4, most, most)).astype(np.float32) * (1 - np.eye(most, dtype=np.float32))
    prices = 0.3 * rng.normal(size=(4, most)) if priced else np.zeros((4, most))
    for b, n in enumerate(sizes):
        # What is behind the nodes is not looked at.
        points[b, n:] = prices[b, n:] = matrix[b, n:] = matrix[b, :, n:] = np.nan
    given = {"points": points} if kind == "points" else {"matrix": matrix}
    found = make_instances(**given, prices=prices, sizes=sizes).tables.alpha
    for b, n in enumerate(sizes):
        length = np.linalg.norm(points[b, :n, None] - points[b, None, :n], axis=2)
        if kind == "matrix":
            length = 0.5 * (matrix[b, :n, :n] + matrix[b, :n, :n].T).astype(np.float64)
        length = length + prices[b, :n, None] + prices[b, None, :n]
        if n > 1:
            assert np.allclose(found[b, :n, :n], excesses(length), atol=1e-6)
        assert (np.count_nonzero(np.triu(found[b, :n, :n] < 1e-7, 1)) == n - 1).all()


def test_coincident_nodes_have_no_excess_between_them():
    alpha = make_instances([[[0, 0], [1, 1], [0, 0], [1, 1]]]).tables.alpha[0]
    assert not alpha.any()


def test_routes_are_priced_as_their_tree_is():
    rng = np.random.default_rng(4)
    demands = rng.integers(1, 9, (3, 11)) / 20
    demands[:, 0] = 0.0
    sizes = [11, 8, 1]
    found = make_instances(rng.random((3, 11, 2)), demands=demands, sizes=sizes)
    plain = make_instances(np.stack([found.tables.x, found.tables.y], 2), sizes=sizes)
    prices = price_routes(found)
    assert prices is found.tables.price
    assert not prices[:, 0].any()
    # The excesses are those with the new prices.
    again = make_instances(np.stack([found.tables.x, found.tables.y], 2), prices=prices)
    assert np.array_equal(again.tables.alpha[0], found.tables.alpha[0])
    assert not np.array_equal(plain.tables.alpha[0], found.tables.alpha[0])
    fresh = make_instances(
        np.stack([found.tables.x, found.tables.y], 2), demands=demands, sizes=sizes
    )
    states = closed_tours(fresh, np.zeros(3, np.int64))
    for b, n in enumerate(sizes):
        tree = tree_room(11)
        grow(fresh.tables, states, b, True, n, STEPS, DECAY, tree)
        assert np.array_equal(tree.price[1:n], prices[b, 1:n])
        assert not prices[b, n:].any()
