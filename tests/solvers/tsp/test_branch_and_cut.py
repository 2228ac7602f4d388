"""Branch and cut: the optimum on small instances, and certificates that prove what it says."""

import itertools

import numpy as np
import pytest

import netroute
from netroute import Budget, UnsupportedError
from netroute.problems.tsp import TspInstance, TspSolution
from netroute.problems.tsp.verify_bound import verify_bound
from netroute.solvers.tsp.branch_and_cut import BranchAndCutSolver


def solve(instance, **options):
    return BranchAndCutSolver().solve(instance, **options)


def shortest(instance):
    """Return the optimum by dynamic programming over subsets; fixed edges by a reward."""
    n = instance.size
    matrix = instance.distance_matrix().copy()
    reward = 1.0 + 2.0 * n * np.abs(matrix).max()
    for a, b in instance.fixed_edges.tolist():
        matrix[a, b] -= reward
        matrix[b, a] -= reward
    best = {(1 << k, k): matrix[0, k] for k in range(1, n)}
    for width in range(2, n):
        for subset in itertools.combinations(range(1, n), width):
            mask = sum(1 << k for k in subset)
            for k in subset:
                rest = mask ^ (1 << k)
                best[mask, k] = min(best[rest, j] + matrix[j, k] for j in subset if j != k)
    whole = (1 << n) - 2
    least = min(best[whole, k] + matrix[k, 0] for k in range(1, n))
    return least + reward * len(instance.fixed_edges)


def instances(kind, fixed):
    rng = np.random.default_rng(21)
    for _ in range(3):
        n = int(rng.integers(5, 10))
        order = rng.permutation(n)
        edges = [(int(order[0]), int(order[1])), (int(order[1]), int(order[2]))] if fixed else None
        if kind == "negative":
            matrix = rng.integers(-50, 50, (n, n))
            yield TspInstance(matrix=matrix + matrix.T, fixed_edges=edges)
        elif kind == "ties":
            points = rng.integers(0, 3, (n, 2))
            yield TspInstance(coordinates=points, metric="manhattan", fixed_edges=edges)
        elif kind == "exact":
            yield TspInstance(coordinates=rng.random((n, 2)), fixed_edges=edges)
        else:
            points = rng.integers(0, 1000, (n, 2))
            yield TspInstance(coordinates=points, rounding="nearest", fixed_edges=edges)


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("kind", ["negative", "ties", "exact", "nearest"])
def test_proves_the_optimum(kind, fixed):
    for instance in instances(kind, fixed):
        result = solve(instance)
        assert result.objective == pytest.approx(shortest(instance), abs=1e-9)
        assert str(result.status) == "optimal"
        assert verify_bound(instance, result.certificate) == pytest.approx(result.bound, rel=1e-9)


@pytest.mark.parametrize("rounding", ["nearest", "exact"])
def test_certificates_of_trees(rounding):
    rng = np.random.default_rng(35)
    nodes = 0
    for _ in range(3):
        instance = TspInstance(coordinates=rng.random((60, 2)) * 1000, rounding=rounding)
        result = solve(instance)
        assert str(result.status) == "optimal"
        assert verify_bound(instance, result.certificate) == pytest.approx(result.bound, rel=1e-9)
        nodes += result.metrics.get("tree_nodes", 0)
    assert nodes > 0


@pytest.mark.parametrize("scale", [1e-6, 1e9])
def test_units_do_not_matter(scale):
    points = np.random.default_rng(40).random((30, 2))
    plain = solve(TspInstance(coordinates=points))
    instance = TspInstance(coordinates=points * scale)
    result = solve(instance)
    assert str(result.status) == "optimal"
    assert result.objective == pytest.approx(plain.objective * scale)
    assert verify_bound(instance, result.certificate) == pytest.approx(result.bound, rel=1e-9)


def test_poor_tours_are_improved_by_the_programme(monkeypatch):
    rng = np.random.default_rng(8)
    instance = TspInstance(coordinates=rng.integers(0, 1000, (25, 2)), rounding="nearest")
    expected = solve(instance).objective
    poor = TspSolution.of(np.arange(25))

    def first(self, instance, recorder, seed):
        self.offer(instance, recorder, poor.tour)

    monkeypatch.setattr(BranchAndCutSolver, "_first_tour", first)
    result = solve(instance)
    assert (str(result.status), result.objective) == ("optimal", expected)
    assert verify_bound(instance, result.certificate) == expected


@pytest.mark.parametrize("size", [3, 4, 5])
def test_very_small(size):
    instance = TspInstance(coordinates=[[k, k * k % 3] for k in range(size)])
    result = solve(instance)
    assert str(result.status) == "optimal"
    assert result.bound == pytest.approx(result.objective)


def test_all_edges_fixed():
    edges = [(0, 3), (3, 1), (1, 4), (4, 2), (2, 0)]
    points = np.random.default_rng(0).integers(0, 100, (5, 2))
    result = solve(TspInstance(coordinates=points, rounding="nearest", fixed_edges=edges))
    assert str(result.status) == "optimal"


def test_nodes_in_one_place():
    result = solve(TspInstance(coordinates=[[1, 1]] * 12, rounding="nearest"))
    assert (str(result.status), result.objective) == ("optimal", 0.0)


def test_same_answer_for_the_same_iterations():
    points = np.random.default_rng(17).integers(0, 1000, (70, 2))
    instance = TspInstance(coordinates=points, rounding="nearest")
    first, second = (solve(instance, budget=Budget(iterations=12)) for _ in range(2))
    assert first.bound == second.bound
    assert first.certificate == second.certificate
    assert first.iterations == 12
    assert verify_bound(instance, first.certificate) == first.bound <= first.objective


def test_observer_stops_it():
    points = np.random.default_rng(18).integers(0, 1000, (80, 2))
    instance = TspInstance(coordinates=points, rounding="nearest")
    result = solve(instance, observe=lambda event: event.bound is not None)
    assert str(result.stopped_by) == "interrupt"
    assert result.bound <= result.objective


def test_by_name_through_the_face():
    instance = TspInstance(coordinates=[[0, 0], [9, 0], [0, 9], [3, 3]], rounding="nearest")
    result = netroute.solve(instance, problem="tsp", solver="branch-and-cut")
    assert str(result.status) == "optimal"


def test_what_it_does_not_take():
    with pytest.raises(UnsupportedError, match="asymmetric"):
        solve(TspInstance(matrix=[[0, 1, 2], [3, 0, 4], [5, 6, 0]]))
    points = np.random.default_rng(1).random((2501, 2))
    with pytest.raises(UnsupportedError, match="at most 2500 nodes"):
        solve(TspInstance(coordinates=points))


def test_public_instances(data_folder):
    for name, best in (("tsplib/eil51.tsp", 426), ("tsplib/kroA100.tsp", 21282)):
        instance = netroute.read(data_folder / name)
        result = solve(instance)
        assert (str(result.status), result.objective) == ("optimal", best)
        assert verify_bound(instance, result.certificate) == best
