"""Distances of many instances of one size, out of tables or from coordinates, inside kernels."""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from netroute.core.jit import kernel


class Tables(NamedTuple):
    """Explicit distances of B instances, float64 of shape (B, n, n)."""

    values: np.ndarray


class Places(NamedTuple):
    """Points of B instances in the plane, and how they become distances.

    Attributes
    ----------
    points : ndarray of float64, shape (B, n, 2)
    code : ndarray of int64, shape (B, 2)
        Metric: 0 Euclidean, 1 Manhattan. Rounding: 0 exact, 1 nearest, 2 up, 3 down, 4 one
        decimal down.
    """

    points: np.ndarray
    code: np.ndarray


@kernel(_nrt=False)
def _from_places(places, i, a, b):
    dx = places.points[i, a, 0] - places.points[i, b, 0]
    dy = places.points[i, a, 1] - places.points[i, b, 1]
    if places.code[i, 0] == 0:
        value = np.sqrt(dx * dx + dy * dy)
    else:
        value = abs(dx) + abs(dy)
    rounding = places.code[i, 1]
    if rounding == 0:
        return value
    if rounding == 1:
        return np.floor(value + 0.5)
    if rounding == 2:
        return np.ceil(value)
    if rounding == 3:
        return np.floor(value)
    return np.floor(10.0 * value) / 10.0


def leg(source, i, a, b):
    """Return the distance from node a to node b of instance i as float64 (kernels only)."""
    raise NotImplementedError("call it from a kernel")


def _of_tables(source, i, a, b):
    return source.values[i, a, b]


def _of_places(source, i, a, b):
    return _from_places(source, i, a, b)


def glance(source, i, a, b):
    """Return a number that is as far away in memory as `leg` has to read (kernels only)."""
    raise NotImplementedError("call it from a kernel")


def _near_places(source, i, a, b):
    return source.points[i, b, 0]


_OPTIONS: Any = {"nogil": True, "error_model": "numpy", "_nrt": False}


def _one_of(tables, places, source):
    return {Tables: tables, Places: places}.get(getattr(source, "instance_class", None))


@overload(leg, jit_options=_OPTIONS, inline="always")
def _leg(source, i, a, b):
    return _one_of(_of_tables, _of_places, source)


@overload(glance, jit_options=_OPTIONS, inline="always")
def _glance(source, i, a, b):
    return _one_of(_of_tables, _near_places, source)
