"""Nearest neighbours of points, without a full matrix where coordinates allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.geometry import Metric

if TYPE_CHECKING:
    from collections.abc import Callable

MINKOWSKI = {Metric.EUCLIDEAN: 2.0, Metric.MANHATTAN: 1.0, Metric.MAXIMUM: np.inf}
"""Exponents of the metrics in which a KD-tree can search."""


def nearest_by_rows(
    rows: Callable[[np.ndarray], np.ndarray], size: int, *, first: int, count: int
) -> np.ndarray:
    """Return the ``count`` nearest others of every point, by distance and then by number.

    Parameters
    ----------
    rows : callable
        ``rows(points) -> distances`` to all points, shape (len(points), size).
    size : int
        Number of points.
    first : int
        Only points from this number on are listed.
    count : int
        At most ``size - first - 1``.

    Returns
    -------
    ndarray of uint32, shape (size, count)
    """
    found = np.empty((size, count), np.uint32)
    for begin in range(0, size, 256):
        points = np.arange(begin, min(begin + 256, size))
        values = rows(points)[:, first:].astype(np.float64)
        own = points >= first
        values[np.flatnonzero(own), points[own] - first] = np.inf
        found[points] = nearest_in_rows(values, count) + first
    return found


def nearest_in_rows(values: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the ``count`` least values of each row, ties in order of place.

    Examples
    --------
    >>> nearest_in_rows(np.array([[3.0, 1.0, 2.0, 1.0]]), 3).tolist()
    [[1, 3, 2]]
    """
    if count < values.shape[1]:
        kth = np.partition(values, count - 1, axis=1)[:, count - 1 : count]
        below = values < kth
        level = values == kth
        room = count - below.sum(axis=1, keepdims=True)
        chosen = below | (level & (np.cumsum(level, axis=1) <= room))
        near = np.nonzero(chosen)[1].reshape(len(values), count)
    else:
        near = np.broadcast_to(np.arange(values.shape[1]), values.shape)
    order = np.argsort(np.take_along_axis(values, near, axis=1), axis=1, kind="stable")
    return np.take_along_axis(near, order, axis=1)


def nearest_by_tree(
    coordinates: np.ndarray, *, first: int, count: int, exponent: float
) -> np.ndarray:
    """Return the same as `nearest_by_rows` for a Minkowski metric, but for the order of ties."""
    from scipy.spatial import KDTree  # slow to import, and small instances do without

    tree = KDTree(coordinates[first:])
    _, near = tree.query(coordinates, k=count + 1, p=exponent)
    near = near + first
    # Drop each point from its own row; points on top of each other may stand before it.
    own = near == np.arange(len(coordinates))[:, None]
    own[~own.any(axis=1), -1] = True
    found: np.ndarray = near[~own].reshape(len(coordinates), count).astype(np.uint32)
    return found
