"""Capacitated problems of each kind: roundings, metrics, matrices, fractions, a fleet."""

import numpy as np
import pytest

from netroute.datasets.vrp.roads import generate_roads
from netroute.datasets.vrp.uchoa import generate_uchoa
from netroute.datasets.vrp.uniform import generate_uniform
from netroute.problems.vrp import VehicleType


@pytest.fixture(scope="session")
def problems():
    plain = generate_uniform(12, seed=1, capacity=20)
    grid = generate_uchoa(12, seed=1, route_size=4)
    # Ten tenths are a bit more than 1, and fit nevertheless.
    tenths = np.full(13, 0.1)
    tenths[0] = 0.0
    return {
        "exact": plain,
        "nearest": grid,
        "dimacs": grid.replace(coordinates=grid.coordinates / 7.0, rounding="dimacs"),
        "up": grid.replace(coordinates=grid.coordinates / 7.0, rounding="up"),
        "down": grid.replace(coordinates=grid.coordinates / 7.0, rounding="down"),
        "manhattan": grid.replace(metric="manhattan"),
        "maximum": grid.replace(metric="maximum"),
        "roads": generate_roads(12, seed=1, capacity=20),
        "fleet": plain.replace(vehicles=(VehicleType(capacity=(20,), number=12),)),
        "tenths": plain.replace(deliveries=tenths, vehicles=(VehicleType(capacity=(1.0,)),)),
        "unlimited": plain.replace(deliveries=None, vehicles=(VehicleType(),)),
    }
