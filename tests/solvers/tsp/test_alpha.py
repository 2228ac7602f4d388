"""Alpha-nearness against its definition: one-trees that must have an edge."""

import itertools

import networkx as nx
import numpy as np
import pytest

from netroute import UnsupportedError
from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp._kernels import alpha
from netroute.solvers.tsp.bound.alpha import alpha_neighbours


def one_tree(weights, must):
    """Return the length of the shortest one-tree with root 0 that has some edges."""
    n = len(weights)
    graph = nx.Graph()
    for a, b in itertools.combinations(range(1, n), 2):
        graph.add_edge(a, b, key=weights[a, b] - 1e6 * ((a, b) in must), weight=weights[a, b])
    at_root = sorted((weights[0, k] - 1e6 * ((0, k) in must), weights[0, k]) for k in range(1, n))
    tree = nx.minimum_spanning_tree(graph, weight="key").size("weight")
    return tree + at_root[0][1] + at_root[1][1]


@pytest.mark.parametrize("kind", ["points", "matrix"])
@pytest.mark.parametrize("fixed", [0, 2])
def test_against_the_definition(make_tsp, kind, fixed):
    for seed in range(4):
        instance = make_tsp(9, kind, seed=seed, fixed=fixed)
        price = np.random.default_rng(seed).normal(size=9) * 100
        weights = instance.distance_matrix() + price[:, None] + price
        must = {(min(e), max(e)) for e in instance.fixed_edges.tolist()}
        least = one_tree(weights, must)
        near = alpha_neighbours(instance, price, 5)
        assert near.shape == (9, 5)
        for node, row in enumerate(near.tolist()):
            if fixed:
                # Edges that close a cycle of fixed ones, or are the third at a node, have no tree.
                mates = {sum(edge) - node for edge in must if node in edge}
                assert mates <= set(row)
                continue
            cost = {
                other: one_tree(weights, must | {(min(node, other), max(node, other))}) - least
                for other in range(9)
                if other != node
            }
            expected = sorted(cost.values())[:5]
            assert [cost[other] for other in row] == pytest.approx(expected, abs=1e-6)
    assert len(alpha.nearest_by_alpha.signatures) <= 2


def test_all_others_and_stopping(make_tsp):
    instance = make_tsp(6)
    rows = alpha_neighbours(instance, np.zeros(6), 20)
    assert [sorted([k, *row]) for k, row in enumerate(rows.tolist())] == [list(range(6))] * 6
    assert alpha_neighbours(instance, np.zeros(6), 3, stop=lambda: True) is None


def test_good_multipliers_find_the_edges_of_the_optimum(make_tsp):
    from netroute.solvers.tsp.bound.held_karp import improve
    from netroute.solvers.tsp.branch_and_cut import BranchAndCutSolver

    instance = make_tsp(60, seed=5)
    tour = BranchAndCutSolver().solve(instance).solution.tour.astype(int)
    price = improve(instance, report=lambda c: None, stop=lambda: False, phases=3)
    near = alpha_neighbours(instance, price, 5)
    steps = zip(tour.tolist(), np.roll(tour, -1).tolist(), strict=True)
    assert all(b in near[a] for a, b in steps)


def test_asymmetric_distances_are_refused():
    arcs = TspInstance(matrix=[[0, 1, 2], [3, 0, 4], [5, 6, 0]])
    with pytest.raises(UnsupportedError, match="symmetric"):
        alpha_neighbours(arcs, np.zeros(3), 2)
