"""The Held-Karp bound: never above the optimum, close to it, and as its certificate says."""

import itertools

import networkx as nx
import numpy as np
import pytest

import netroute
from netroute.problems.tsp import TspInstance
from netroute.problems.tsp.verify_bound import verify_bound
from netroute.solvers.tsp._kernels import complete_tree, one_tree
from netroute.solvers.tsp.bound.ascent import complete_one_tree, make_tree
from netroute.solvers.tsp.bound.assignment import assignment_duals
from netroute.solvers.tsp.bound.held_karp import HeldKarpBound, improve
from netroute.solvers.tsp.bound.relaxation import Relaxation


def never():
    return False


def shortest(instance):
    """Return the length of the shortest tour that has the fixed edges, by looking at all."""
    n, best = instance.size, np.inf
    matrix, must = instance.distance_matrix(), instance.fixed_edges.tolist()
    for rest in itertools.permutations(range(1, n)):
        tour = (0, *rest)
        steps = set(zip(tour, (*rest, 0), strict=True))
        back = {(b, a) for a, b in steps} if instance.symmetric else set()
        if all((a, b) in steps | back for a, b in must):
            best = min(best, sum(matrix[a, b] for a, b in steps))
    return best


def certificates(instance, **options):
    found = []
    improve(instance, report=found.append, stop=never, **options)
    return found


def small(kind, seed, *, fixed=None):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(-30, 100, (7, 7)).astype(float)
    instances = {
        "arcs": lambda: TspInstance(matrix=matrix, fixed_edges=fixed),
        "negative": lambda: TspInstance(matrix=matrix + matrix.T, fixed_edges=fixed),
        "ties": lambda: TspInstance(
            coordinates=rng.integers(0, 3, (7, 2)), metric="manhattan", fixed_edges=fixed
        ),
        "exact": lambda: TspInstance(coordinates=rng.random((7, 2)) * 1e-3, fixed_edges=fixed),
        "nearest": lambda: TspInstance(
            coordinates=rng.random((7, 2)) * 100, rounding="nearest", fixed_edges=fixed
        ),
    }
    return instances[kind]()


@pytest.mark.parametrize("fixed", [None, [(1, 2), (2, 4), (6, 0)]])
@pytest.mark.parametrize("kind", ["arcs", "negative", "ties", "exact", "nearest"])
def test_below_the_optimum_and_as_certified(kind, fixed):
    ratios = []
    for seed in range(3):
        instance = small(kind, seed, fixed=fixed)
        best = shortest(instance)
        found = certificates(instance, upper=best + abs(best))
        values = [c.value for c in found]
        assert values == sorted(values)
        assert values[-1] <= best + 1e-12 * abs(best)
        for certificate in found:
            proven = verify_bound(instance, certificate.to_dict())
            assert proven == pytest.approx(certificate.value, rel=1e-9)
        ratios.append((best - values[-1]) / max(abs(best), 1e-9))
    assert min(ratios) < 0.05


def test_close_to_the_optimum():
    rng = np.random.default_rng(5)
    instance = TspInstance(coordinates=rng.integers(0, 1000, (60, 2)), rounding="nearest")
    tour = netroute.solve(instance, problem="tsp", solver="savings", bound="none")
    value = certificates(instance, upper=tour.objective)[-1].value
    assert 0.8 * tour.objective < value <= tour.objective


@pytest.mark.parametrize("shape", ["cluster", "line", "grid", "same"])
def test_degenerate_places(shape):
    points = {
        "cluster": [[0, 0]] * 6 + [[1000, 7]] * 6,
        "line": [[x, 0] for x in range(40)],
        "grid": [[x, y] for x in range(6) for y in range(6)],
        "same": [[5, 5]] * 30,
    }[shape]
    expected = {"cluster": 2000.0, "line": 78.0, "grid": 36.0, "same": 0.0}[shape]
    instance = TspInstance(coordinates=points, rounding="nearest")
    assert certificates(instance)[-1].value == expected


def test_all_but_one_edge_fixed():
    instance = TspInstance(
        coordinates=[[0, 0], [5, 5], [1, 0], [6, 5]],
        rounding="nearest",
        fixed_edges=[(0, 1), (1, 2), (2, 3)],
    )
    assert certificates(instance)[-1].value == 7 + 6 + 7 + 8
    tour = instance.replace(fixed_edges=[(0, 1), (1, 2), (2, 3), (3, 0)])
    found = []
    HeldKarpBound().run(tour, report=found.append, stop=never, incumbent=lambda: None)
    assert not found


def test_three_nodes():
    assert certificates(TspInstance(coordinates=[[0, 0], [3, 0], [0, 4]]))[-1].value <= 12.0
    arcs = TspInstance(matrix=[[0, 1, 9], [9, 0, 1], [1, 9, 0]])
    assert certificates(arcs)[-1].value == 3.0


@pytest.mark.parametrize("kind", ["arcs", "negative", "nearest"])
def test_kernels_against_a_graph_library(kind):
    rng = np.random.default_rng(11)
    for seed in range(5):
        relaxation = Relaxation(small(kind, seed, fixed=[(3, 5)]))
        n = relaxation.size
        price = rng.normal(size=n) * 10
        a, b = np.triu_indices(n, 1)
        pairs = np.stack([a, b], axis=1)
        tree = make_tree(n)
        graph = relaxation.graph(pairs)
        value = one_tree.one_tree(graph, price, tree)
        weights = relaxation.lengths(a, b) + price[a] + price[b]
        must = {tuple(sorted(edge)) for edge in relaxation.fixed.tolist()}
        whole = nx.Graph()
        for i, j, weight in zip(a.tolist(), b.tolist(), weights.tolist(), strict=True):
            if np.isfinite(weight):
                order = weight - 1e6 * ((i, j) in must)
                whole.add_edge(i, j, order=order, weight=weight)
        leaf = int(tree.end[0])
        at_leaf = sorted(whole.edges(leaf, data=True), key=lambda e: e[2]["order"])[:2]
        rest = nx.minimum_spanning_tree(
            whole.subgraph(set(range(n)) - {leaf}), weight="order"
        ).size("weight")
        expected = rest + sum(e[2]["weight"] for e in at_leaf) - 2 * price.sum()
        assert value == pytest.approx(expected)
        edges = complete_one_tree(relaxation, price, leaf, never)
        assert sum(
            whole.edges[i, j]["weight"] for i, j in edges.tolist()
        ) - 2 * price.sum() == pytest.approx(expected)
        assert tree.degree.sum() == 2 * n


def test_assignment_duals_fit():
    rng = np.random.default_rng(2)
    instance = TspInstance(matrix=rng.integers(-5, 50, (30, 30)))
    duals = assignment_duals(instance, never)
    reduced = instance.distance_matrix() - duals[30:, None] - duals[:30]
    np.fill_diagonal(reduced, 0.0)
    assert reduced.min() >= -1e-9
    from scipy.optimize import linear_sum_assignment

    cost = instance.distance_matrix() + 1e6 * np.eye(30)
    assert duals.sum() == pytest.approx(cost[linear_sum_assignment(cost)].sum())


def test_stops_at_once_when_told():
    instance = TspInstance(coordinates=np.random.default_rng(1).random((300, 2)))
    found, asked = [], [0]

    def stop():
        asked[0] += 1
        return asked[0] > 3

    improve(instance, report=found.append, stop=stop)
    assert asked[0] <= 8


def test_runs_beside_a_solver():
    rng = np.random.default_rng(3)
    instance = TspInstance(coordinates=rng.integers(0, 100, (12, 2)), rounding="nearest")
    result = netroute.solve(instance, problem="tsp", solver="greedy")
    assert result.certificate["method"] == "held-karp"
    assert verify_bound(instance, result.certificate) == result.bound <= result.objective


def test_optimum_of_public_instances_is_not_exceeded(data_folder):
    for name, best in (("tsplib/pcb442.tsp", 50778), ("atsp/ftv35.atsp", 1473)):
        instance = netroute.read(data_folder / name)
        value = certificates(instance, upper=1.2 * best, phases=4)[-1].value
        assert 0.985 * best < value <= best


def test_one_signature_for_each_way_to_measure():
    certificates(small("arcs", 0), phases=1)
    certificates(small("negative", 0), phases=1)
    certificates(small("nearest", 0), phases=1)
    assert len(complete_tree.grow_tree.signatures) <= 3
    for kernel in (one_tree.one_tree, one_tree.ascend):
        assert len(kernel.signatures) == 1
    # None where its callers come from the cache.
    assert len(one_tree.spanning_tree.signatures) <= 1
