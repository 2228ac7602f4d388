"""Fields, and the kernels' random numbers in plain Python."""

from __future__ import annotations

import numpy as np
import pytest

from netroute.core.rng import kernel_state
from netroute.problems.wsn import WsnInstance


@pytest.fixture(scope="session")
def make_field():
    """Make a field of random nodes, the same one for the same arguments."""

    def make(nodes=12, *, seed=0, **changes):
        spots = np.random.default_rng(seed).random((nodes, 2)) * 100.0
        settings = {"base_station": [50, 120], "energy": 0.01, "field": [100, 100]} | changes
        return WsnInstance(name=f"random-{nodes}-{seed}", position=spots, **settings)

    return make


class Dice:
    """Xorshift64* in Python integers."""

    def __init__(self, *stream):
        self.x = int(kernel_state(*stream)[0])

    def uniform(self):
        x, most = self.x, 2**64 - 1
        x ^= x >> 12
        x ^= (x << 25) & most
        x ^= x >> 27
        self.x = x
        return ((x * 2685821657736338717 & most) >> 11) / 2.0**53


@pytest.fixture(scope="session")
def dice():
    """Return what makes such numbers from a seed and keys."""
    return Dice
