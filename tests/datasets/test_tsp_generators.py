"""Random travelling salesmen have the shape that they promise."""

import numpy as np
import pytest

from netroute.datasets.tsp.points import generate_points
from netroute.datasets.tsp.roads import generate_roads


def test_uniform_points_fill_the_square():
    instance = generate_points(nodes=4000, seed=1)
    points = instance.coordinates
    assert (points == np.floor(points)).all()
    assert points.min() >= 0
    assert points.max() < 1e6
    counts = np.histogram2d(*points.T, bins=4, range=[[0, 1e6]] * 2)[0]
    assert 180 < counts.min() <= counts.max() < 320


def test_clusters_are_tight():
    instance = generate_points(nodes=1000, seed=1, kind="clustered", clusters=3, side=1e5)
    points = instance.coordinates
    near = np.sort(np.hypot(*(points[:, None] - points).T), axis=1)[:, 1:101]
    free = generate_points(nodes=1000, seed=1, side=1e5).coordinates
    far = np.sort(np.hypot(*(free[:, None] - free).T), axis=1)[:, 1:101]
    assert near.mean() < 0.3 * far.mean()


def test_points_of_the_learning_literature():
    instance = generate_points(nodes=200, seed=1, side=1, rounding="exact")
    assert instance.coordinates.max() < 1
    assert len(np.unique(instance.coordinates)) == 400
    assert not instance.integral()


@pytest.mark.parametrize("nodes", [3, 4, 50])
def test_roads_are_shortest_paths_one_way(nodes):
    instance = generate_roads(nodes=nodes, seed=3, one_way=0.5)
    matrix = instance.matrix
    assert np.isfinite(matrix).all()
    assert (matrix + np.eye(nodes) > 0).all()
    # Rounded to seconds, a detour may save one.
    detour = (matrix[:, :, None] + matrix[None]).min(axis=1)
    assert (matrix <= detour + 1).all()
    if nodes == 50:
        assert (matrix != matrix.T).mean() > 0.8
        assert (instance.display.min(), instance.display.max()) > (0, 9000)
