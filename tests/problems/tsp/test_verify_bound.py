"""Bounds from multipliers: below the optimum found by brute force, whatever the multipliers."""

import itertools

import networkx as nx
import numpy as np
import pytest

from netroute import InputError
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.check import check
from netroute.problems.tsp.verify_bound import verify_bound


def bound(instance, multipliers, **more):
    data = {"multipliers": [float(x) for x in multipliers], **more}
    return verify_bound(instance, {"method": "held-karp", "value": 1e99, "data": data})


def shortest(instance):
    tours = (TspSolution.of((0, *rest)) for rest in itertools.permutations(range(1, instance.size)))
    found = [check(instance, tour) for tour in tours]
    return min(evaluation.objective for evaluation in found if evaluation.feasible)


def random_instance(rng, kind, *, fixed):
    edges = [(1, 2), (2, 4)] if fixed else None
    matrix = rng.integers(-20, 100, (6, 6)).astype(float)
    if kind == "asymmetric":
        return TspInstance(matrix=matrix, fixed_edges=edges)
    if kind == "symmetric":
        return TspInstance(matrix=matrix + matrix.T, fixed_edges=edges)
    points = rng.random((6, 2)) * (100 if kind == "nearest" else 1)
    return TspInstance(coordinates=points, rounding=kind, fixed_edges=edges)


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("kind", ["asymmetric", "symmetric", "nearest", "exact"])
def test_never_above_the_optimum(kind, fixed):
    rng = np.random.default_rng(7)
    for _ in range(6):
        instance = random_instance(rng, kind, fixed=fixed)
        best = shortest(instance)
        size = instance.size if instance.symmetric else 2 * instance.size
        found = []
        for spread in (0, 1, 5, 20, 20, 20, 20):
            multipliers = rng.normal(size=size) * spread
            found.append(bound(instance, multipliers, root=int(rng.integers(size))))
        assert max(found) <= best
        if kind == "nearest":
            assert max(found) == int(max(found))


@pytest.mark.parametrize("kind", ["symmetric", "nearest", "exact"])
def test_against_a_graph_library(kind):
    rng = np.random.default_rng(8)
    instance = random_instance(rng, kind, fixed=False)
    price = np.round(rng.normal(size=6), 3)
    weights = instance.distance_matrix() + price[:, None] + price
    graph = nx.Graph()
    for a, b in itertools.combinations(range(1, 6), 2):
        graph.add_edge(a, b, weight=weights[a, b])
    tree = nx.minimum_spanning_tree(graph).size("weight")
    expected = tree + np.sort(weights[0, 1:])[:2].sum() - 2 * price.sum()
    found = bound(instance, price)
    assert found == pytest.approx(expected, abs=1e-4 if kind == "exact" else 1)
    assert kind == "exact" or found >= expected - 1e-4


def test_fixed_edges_are_in_the_tree():
    # The tree alone would leave the long edge out.
    line = TspInstance(coordinates=[[x, 0] for x in range(5)], rounding="nearest")
    assert bound(line, np.zeros(5)) == 6.0
    assert bound(line.replace(fixed_edges=[(1, 4)]), np.zeros(5)) == 8.0
    assert bound(line.replace(fixed_edges=[(0, 4)]), np.zeros(5)) == 8.0


def test_arcs_worked_by_hand():
    # The cheapest way out of and into each node happens to be a tour, of length 6.
    circle = TspInstance(matrix=[[0, 1, 20], [30, 0, 2], [3, 10, 0]])
    assert bound(circle, np.zeros(6)) == 6.0
    assert bound(circle, [1, 2, 3, -1, -2, -3], root=4) <= 6.0
    turned = circle.replace(fixed_edges=[(1, 0)])
    assert bound(turned, np.zeros(6)) > 6.0
    assert bound(turned, np.zeros(6)) <= shortest(turned) == 60.0


def test_large_multipliers_lose_precision_but_not_truth():
    line = TspInstance(coordinates=[[x, 0] for x in range(5)], rounding="nearest")
    for size in (1e6, 1e12, 1e15):
        assert bound(line, [size, -size, size, -size, 0]) <= 8.0


@pytest.mark.parametrize(
    ("certificate", "expected"),
    [
        ({}, "found method None"),
        ({"method": "held-karp"}, "found no 'multipliers'"),
        ({"method": "held-karp", "data": {"multipliers": [0]}}, "found 1 multipliers, expected 5"),
        ({"method": "held-karp", "data": {"multipliers": [0] * 4 + ["x"]}}, "that are numbers"),
        ({"method": "held-karp", "data": {"multipliers": [0] * 4 + [float("nan")]}}, "at most"),
        ({"method": "held-karp", "data": {"multipliers": [0] * 4 + [10**400]}}, "at most 1e+15"),
        ({"method": "held-karp", "data": {"multipliers": [0] * 5, "root": 5}}, "found root '5'"),
    ],
)
def test_wrong_certificates(certificate, expected):
    line = TspInstance(coordinates=[[x, 0] for x in range(5)])
    with pytest.raises(InputError, match="certificate") as caught:
        verify_bound(line, certificate)
    assert expected in str(caught.value)
