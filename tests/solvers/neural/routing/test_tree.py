"""The tree over what is left, against SciPy's, and its prices against the shortest path."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree

from netroute.solvers.neural.routing._kernels.tree import grow
from netroute.solvers.neural.routing.instances import make_states
from netroute.solvers.neural.routing.room import tree_room


def state(instances, here, goal, left, room=1.0):
    return make_states(
        instances, [0], here=[here], goal=[goal], left=[left], number=[len(left)], room=room
    )


def edges_of(table, price, left, goal, *, routes):
    """Edges of the shortest tree over what is left, with those to the goal."""
    nodes = [goal, *left]
    weight = np.array(price, np.float64)
    weight[goal] = 0.0
    length = table[np.ix_(nodes, nodes)] + weight[nodes, None] + weight[None, nodes]
    root = 1 + int(length[1:, 0].argmin())
    if not routes:
        kept = np.full(len(nodes), np.inf)
        kept[root] = length[root, 0]
        length[0] = length[:, 0] = kept
    # SciPy takes zeros for missing edges; a shift does not change which edges are shortest.
    shifted = length - length.min() + 1.0
    shifted[np.isinf(shifted)] = 0.0
    np.fill_diagonal(shifted, 0.0)
    found = minimum_spanning_tree(shifted).tocoo()
    pairs = {frozenset((nodes[i], nodes[j])) for i, j in zip(found.row, found.col, strict=True)}
    return pairs, nodes[root], sum(length[i, j] for i, j in zip(found.row, found.col, strict=True))


def bound(table, price, here, goal, left):
    """What no path from here to the goal can be shorter than, by prices."""
    _, _, total = edges_of(table, price, left, goal, routes=False)
    return total + min(table[here, v] + price[v] for v in left) - 2 * sum(price[v] for v in left)


@pytest.mark.parametrize("routes", [False, True])
def test_the_tree_is_the_shortest_one(make_routing, table_of, routes):
    tree = tree_room(16)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        instances = make_routing(16, kind="routes" if routes else "points", seed=seed)
        table, price = table_of(instances), instances.tables.price[0]
        nodes = rng.permutation(16)
        here, goal = (0, 0) if seed % 2 else nodes[:2]
        left = [int(v) for v in nodes[2 : 3 + seed % 13] if v != goal]
        if routes:
            goal = 0
            here = here if seed % 4 else 0
            left = [v for v in left if v not in (0, here)] or [int(nodes[3]) or int(nodes[4])]
        states = state(instances, here, goal, left, room=0.4)
        grow(instances.tables, states, 0, routes, 16, 0, 1.0, tree)
        pairs, root, _ = edges_of(table, price, left, goal, routes=routes)
        parent = {v: int(tree.parent[v]) for v in left}
        assert {frozenset((v, goal if p < 0 else p)) for v, p in parent.items()} == pairs
        start = min(left, key=lambda v: table[here, v] + price[v])
        assert tree.ends.tolist() == [start, root]
        degree = {v: sum(v in pair for pair in pairs) + (v == start) for v in left}
        if routes:
            demand = instances.tables.demand[0]
            wanted = 1 + 2 * max(0, int(np.ceil(demand[left].sum() - 0.4 - 1e-9)))
            wanted -= sum(p < 0 for p in parent.values())
            others = sorted(
                (v for v in left if parent[v] >= 0), key=lambda v: table[v, 0] + price[v]
            )
            for v in others[: max(0, wanted)]:
                degree[v] += 1
        assert {v: int(tree.degree[v]) for v in left} == degree

        def above(v, parent=parent):
            return [v, *above(parent[v])] if v >= 0 else []

        assert {v: int(tree.below[v]) for v in left} == {
            v: sum(v in above(w) for w in left) for v in left
        }
        assert {v for v in left if tree.trunk[v]} == set(above(start))
        for v in left:
            assert np.isclose(tree.up[v], sum(table[i, j] for i, j in pairwise(above(v))))
            assert tree.price[v] == price[v]


def test_prices_prove_a_bound_that_rises(make_routing, table_of):
    for seed in range(12):
        instances = make_routing(9, seed=seed)
        table = table_of(instances)
        nodes = np.random.default_rng(seed).permutation(9).tolist()
        here, goal, left = nodes[0], nodes[seed % 2], nodes[2:]
        shortest = min(
            sum(table[i, j] for i, j in pairwise((here, *way, goal))) for way in permutations(left)
        )
        values = []
        tree = tree_room(9)
        for steps in (0, 1, 2, 4, 8, 40):
            grow(
                instances.tables, state(instances, here, goal, left), 0, False, 9, steps, 0.9, tree
            )
            values.append(bound(table, tree.price, here, goal, left))
        assert all(b >= a - 1e-12 for a, b in pairwise(values))
        assert values[0] < values[-1] <= shortest + 1e-9
        assert values[-1] > 0.9 * shortest


def test_of_many_nodes_the_nearest_are_spanned(make_routing, table_of):
    instances = make_routing(300, seed=1)
    table = table_of(instances)
    left = list(range(2, 300))
    tree = tree_room(300)
    # All are spanned first: what that leaves behind may not be taken for an answer.
    grow(instances.tables, state(instances, 0, 1, left), 0, False, 298, 0, 1.0, tree)
    assert (tree.below[2:] > 0).all()
    grow(instances.tables, state(instances, 0, 1, left), 0, False, 60, 0, 1.0, tree)
    spanned = [v for v in left if tree.below[v] > 0]
    assert 40 <= len(spanned) <= 60
    others = set(left) - set(spanned)
    assert max(table[0, spanned]) < min(table[0, v] for v in others)
    assert not any(tree.trunk[v] or tree.parent[v] >= 0 for v in others)
    assert sum(tree.below[v] for v in spanned if tree.parent[v] < 0) == len(spanned)


def test_nothing_left_has_no_ends(make_routing):
    instances = make_routing(4)
    tree = tree_room(4)
    empty = make_states(instances, [0], here=[0], goal=[1], left=[[2]], number=[0])
    grow(instances.tables, empty, 0, False, 4, 2, 0.9, tree)
    assert tree.ends.tolist() == [-1, -1]


def test_asymmetric_distances_are_those_of_the_walk(make_routing, table_of):
    instances = make_routing(7, kind="matrix")
    table = table_of(instances)
    left = [2, 3, 4, 5, 6]
    tree = tree_room(7)
    grow(instances.tables, state(instances, 0, 1, left), 0, False, 7, 0, 1.0, tree)
    assert tree.ends[0] == min(left, key=lambda v: table[0, v])
    assert tree.ends[1] == min(left, key=lambda v: table[v, 1])
    assert tree.parent[tree.ends[1]] == -1
    for v in left:
        if tree.parent[v] >= 0:
            assert tree.key[v] == pytest.approx(table[v, tree.parent[v]])
