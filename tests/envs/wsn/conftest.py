"""Small fields of sensors."""

import numpy as np
import pytest

from netroute.problems.wsn import WsnInstance


def field(**changes):
    spots = np.random.default_rng(3).random((10, 2)) * 100.0
    settings = {"base_station": [50, 150], "energy": 0.02, "field": [100, 100]}
    return WsnInstance(position=spots, **(settings | changes))


@pytest.fixture(scope="session")
def fields():
    return {
        "plain": field(),
        "uneven": field(
            energy=np.linspace(0.01, 0.03, 10), headless="silent", control_bits=100,
            base_station=[50, 50],
        ),
        "nearer": field(base_if_nearer=True, death_test="end", aggregation_ratio=0.1),
        "tree": field(routing="tree"),
    }  # fmt: skip
