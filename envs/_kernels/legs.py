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
    x, y : ndarray of float64, shape (B, n)
    code : ndarray of int64, shape (B, 2)
        Metric: 0 Euclidean, 1 Manhattan. Rounding: 0 exact, 1 nearest, 2 up, 3 down, 4 one
        decimal down.
    """

    x: np.ndarray
    y: np.ndarray
    code: np.ndarray


@kernel(_nrt=False)
def _from_places(places, i, a, b):
    dx = places.x[i, a] - places.x[i, b]
    dy = places.y[i, a] - places.y[i, b]
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


_OPTIONS: Any = {"nogil": True, "error_model": "numpy", "_nrt": False}


@overload(leg, jit_options=_OPTIONS, inline="always")
def _leg(source, i, a, b):
    return {Tables: _of_tables, Places: _of_places}.get(getattr(source, "instance_class", None))
