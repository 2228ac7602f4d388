"""Tours of each kind: roundings, metrics, matrices, space, negative distances."""

import numpy as np
import pytest

from netroute.datasets.tsp.points import generate_points
from netroute.datasets.tsp.roads import generate_roads
from netroute.problems.tsp import TspInstance


@pytest.fixture(scope="session")
def problems():
    grid = generate_points(nodes=9, seed=1, side=50.0)
    random = np.random.default_rng(1)
    return {
        "exact": generate_points(nodes=9, seed=1, side=1.0, rounding="exact"),
        "nearest": grid,
        "up": grid.replace(rounding="up"),
        "dimacs": grid.replace(rounding="dimacs"),
        "manhattan": grid.replace(metric="manhattan"),
        "geographic": grid.replace(metric="geographic"),
        "space": TspInstance(coordinates=random.random((9, 3))),
        "roads": generate_roads(nodes=9, seed=1),
        "negative": TspInstance(matrix=random.integers(-9, 10, (9, 9))),
    }
