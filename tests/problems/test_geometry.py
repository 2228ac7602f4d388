"""Distances against the definitions of TSPLIB 95, worked one pair at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netroute.problems.geometry import Metric, Rounding, measure, round_distances

place = st.tuples(st.integers(-500, 500), st.integers(-500, 500))
pairs = st.lists(st.tuples(place, place), min_size=1, max_size=5)


def nint(x):
    return int(x + 0.5)


def att(a, b):
    exact = math.sqrt(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) / 10.0)
    near = nint(exact)
    return near + 1 if near < exact else near


TSPLIB = {
    Metric.EUCLIDEAN: lambda a, b: nint(math.sqrt((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2)),
    Metric.MANHATTAN: lambda a, b: nint(abs(a[0] - b[0]) + abs(a[1] - b[1])),
    Metric.MAXIMUM: lambda a, b: max(nint(abs(a[0] - b[0])), nint(abs(a[1] - b[1]))),
    Metric.PSEUDO_EUCLIDEAN: att,
}


@pytest.mark.parametrize("metric", TSPLIB)
@given(pairs=pairs)
def test_rounded_to_nearest_as_tsplib_says(metric, pairs):
    a, b = (np.array([pair[side] for pair in pairs], float) / 4.0 for side in (0, 1))
    found = measure(a, b, metric, Rounding.NEAREST)
    expected = [TSPLIB[metric](p, q) for p, q in zip(a.tolist(), b.tolist(), strict=True)]
    assert found.tolist() == expected


def geographic(a, b):
    def radians(x):
        degrees = int(x)
        return 3.141592 * (degrees + 5.0 * (x - degrees) / 3.0) / 180.0

    q1 = math.cos(radians(a[1]) - radians(b[1]))
    q2 = math.cos(radians(a[0]) - radians(b[0]))
    q3 = math.cos(radians(a[0]) + radians(b[0]))
    return int(6378.388 * math.acos(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3)) + 1.0)


def test_geographic():
    # The first cities of TSPLIB's ulysses16.
    cities = np.array([[38.24, 20.42], [39.57, 26.15], [40.56, 25.32], [36.26, 23.12]])
    found = measure(cities[:, None], cities, Metric.GEOGRAPHIC, Rounding.NEAREST)
    for i in range(4):
        for j in range(4):
            expected = 0 if i == j else geographic(cities[i], cities[j])
            assert found[i, j] == expected
    assert found[0, 1] == 509


def test_halves_are_rounded_up_and_not_to_even():
    values = np.array([0.5, 1.5, 2.5, 2.4999])
    assert round_distances(values, Rounding.NEAREST).tolist() == [1, 2, 3, 2]
    assert round_distances(values, Rounding.UP).tolist() == [1, 2, 3, 3]
    assert round_distances(values, Rounding.DOWN).tolist() == [0, 1, 2, 2]
    assert round_distances(np.array([2.79]), Rounding.DIMACS).tolist() == [2.7]
    assert round_distances(values, Rounding.EXACT) is values
