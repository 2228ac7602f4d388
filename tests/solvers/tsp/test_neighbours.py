"""Candidate lists and distances as the kernels read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.errors import UnsupportedError
from netroute.core.jit import kernel
from netroute.problems.tsp import TspInstance
from netroute.solvers._kernels.distance import Matrix, Points, distance
from netroute.solvers.tsp import costs
from netroute.solvers.tsp.costs import cost_source
from netroute.solvers.tsp.neighbours import nearest_neighbours, quadrant_neighbours

if TYPE_CHECKING:
    from collections.abc import Callable


@kernel(_nrt=False)
def between(source, i, j):
    return distance(source, i, j)


def slow_neighbours(instance: TspInstance, count: int) -> list[list[int]]:
    n = instance.size
    order = [sorted(range(n), key=lambda b: (instance.distance(a, b), b)) for a in range(n)]
    return [[b for b in row if b != a][:count] for a, row in enumerate(order)]


@pytest.mark.parametrize("kind", ["points", "matrix", "asymmetric"])
@pytest.mark.parametrize("count", [1, 6, 29, 99])
def test_nearest_are_sorted_with_ties_by_number(
    make_tsp: Callable[..., TspInstance], kind: str, count: int
) -> None:
    instance = make_tsp(30, kind)
    found = nearest_neighbours(instance, count)
    assert found.dtype == np.uint32
    assert found.tolist() == slow_neighbours(instance, count)


@pytest.mark.parametrize("metric", ["euclidean", "manhattan", "maximum", "geographic"])
def test_trees_find_the_same_distances(metric: str) -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform(-80, 80, (2000, 2))
    points[:40] = points[40:80]
    instance = TspInstance(coordinates=points, metric=metric)
    found = nearest_neighbours(instance, 7)
    rows = np.arange(2000)
    values = instance.distance_matrix() + np.where(np.eye(2000), np.inf, 0.0)
    expected = np.sort(values, axis=1)[:, :7]
    lengths = instance.distances(rows[:, None], found)
    assert np.allclose(lengths, expected, rtol=1e-3 if metric == "geographic" else 1e-9)
    assert not (found == rows[:, None]).any()


def test_quadrants_reach_out_of_clusters() -> None:
    rng = np.random.default_rng(4)
    corners = np.array([[0, 0], [0, 100], [100, 0], [100, 100]])
    points = np.concatenate([corner + rng.random((40, 2)) for corner in corners])
    instance = TspInstance(coordinates=points)
    cluster = np.arange(160) // 40
    near = nearest_neighbours(instance, 8)
    assert (cluster[near] == cluster[:, None]).all()
    found = quadrant_neighbours(instance, 2)
    assert found.shape == (160, 8)
    assert found.dtype == np.uint32
    for a, row in enumerate(found.tolist()):
        assert len(set(row) - {a}) == 8
        lengths = [instance.distance(a, b) for b in row]
        assert lengths == sorted(lengths)
    extra = quadrant_neighbours(instance, 2, extra=3)
    assert extra.shape == (160, 11)
    assert quadrant_neighbours(instance, 60).shape == (160, 159)


def test_quadrants_hold_the_nearest_of_each() -> None:
    rng = np.random.default_rng(5)
    instance = TspInstance(coordinates=rng.random((60, 2)))
    points = instance.coordinates
    found = quadrant_neighbours(instance, 1)
    for a in range(60):
        step = points - points[a]
        for sign in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
            inside = [b for b in range(60) if b != a and (step[b] * sign > 0).all()]
            if inside:
                assert min(inside, key=lambda b: instance.distance(a, b)) in found[a]


@pytest.mark.parametrize("rounding", ["nearest", "exact", "up", "down", "dimacs"])
@pytest.mark.parametrize("metric", ["euclidean", "manhattan"])
def test_kernels_measure_as_the_instance_does(rounding: str, metric: str) -> None:
    rng = np.random.default_rng(6)
    instance = TspInstance(
        coordinates=rng.uniform(0, 99, (20, 2)), metric=metric, rounding=rounding
    )
    order = rng.permutation(20)
    for matrix in (True, False):
        source = cost_source(instance, order=order, matrix=matrix)
        assert isinstance(source, Matrix if matrix else Points)
        for i, j in rng.integers(0, 20, (30, 2)).astype(np.uint32):
            assert between(source, i, j) == instance.distance(order[i], order[j])


def test_types_of_matrices(make_tsp: Callable[..., TspInstance]) -> None:
    assert cost_source(make_tsp(9, "asymmetric")).values.dtype == np.int32
    assert cost_source(make_tsp(9, rounding="exact")).values.dtype == np.float64
    far = TspInstance(coordinates=[[0, 0], [1e12, 0], [0, 1]], rounding="nearest")
    assert cost_source(far).values.dtype == np.float64


def test_large_matrices_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs, "MATRIX_LIMIT", 5)
    instance = TspInstance(coordinates=np.arange(12).reshape(6, 2), metric="maximum")
    with pytest.raises(UnsupportedError, match="6 nodes with the metric maximum would take"):
        cost_source(instance)
