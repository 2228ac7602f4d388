"""Distances inside kernels: a matrix, or measured from coordinates; the argument's type decides.

A matrix is faster up to about a thousand nodes, coordinates are from a few thousand on and need
O(n) memory.
"""

from typing import Any, NamedTuple

import numpy as np
from numba.extending import overload

from netroute.core.jit import kernel


class Matrix(NamedTuple):
    """Distances in an array of shape (n, n): float32 is exact for integers below 2**24.

    Each type of the array is a signature of its own of every kernel that reads it.
    """

    values: np.ndarray


class Points(NamedTuple):
    """Coordinates, float64 arrays of length n, with metric and rounding as codes.

    ``code[0]``: 0 Euclidean, 1 Manhattan; ``code[1]``: 0 exact, 1 nearest, 2 up, 3 down,
    4 one decimal down.
    """

    x: np.ndarray
    y: np.ndarray
    code: np.ndarray


@kernel(_nrt=False)
def _from_points(points, i, j):
    dx = points.x[i] - points.x[j]
    dy = points.y[i] - points.y[j]
    if points.code[0] == 0:
        value = np.sqrt(dx * dx + dy * dy)
    else:
        value = abs(dx) + abs(dy)
    rounding = points.code[1]
    if rounding == 1:
        return np.floor(value + 0.5)
    if rounding == 0:
        return value
    if rounding == 2:
        return np.ceil(value)
    if rounding == 3:
        return np.floor(value)
    return np.floor(10.0 * value) / 10.0


def distance(source, i, j):
    """Return the distance from node i to node j as float64 (kernels only)."""
    raise NotImplementedError("call it from a kernel")


def _of_matrix(source, i, j):
    return np.float64(source.values[i, j])


def _of_points(source, i, j):
    return _from_points(source, i, j)


_OPTIONS: Any = {"nogil": True, "error_model": "numpy", "_nrt": False}


@overload(distance, jit_options=_OPTIONS, inline="always")
def _distance(source, i, j):
    return {Matrix: _of_matrix, Points: _of_points}.get(getattr(source, "instance_class", None))
