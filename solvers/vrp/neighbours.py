"""Each location's nearest clients, without a full matrix where coordinates allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.geometry import Metric

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance

_MINKOWSKI = {Metric.EUCLIDEAN: 2.0, Metric.MANHATTAN: 1.0, Metric.MAXIMUM: np.inf}


def nearest_clients(instance: VrpInstance, count: int) -> np.ndarray:
    """Return the nearest other clients of every location, nearest first.

    Parameters
    ----------
    instance : VrpInstance
        Distances in both directions count: ``min(d[i, j], d[j, i])`` where they differ.
    count : int
        How many; fewer where there are fewer clients.

    Returns
    -------
    ndarray of uint32, shape (n, min(count, clients - 1))
        Row i lists location numbers. Ties go to the smaller number.

    Examples
    --------
    >>> from netroute.problems.vrp import VrpInstance
    >>> instance = VrpInstance(coordinates=[[0, 0], [1, 0], [2, 0], [9, 0]])
    >>> nearest_clients(instance, 1).tolist()
    [[1], [2], [1], [2]]
    """
    first, size = instance.depots, instance.size
    count = max(0, min(count, size - first - 1))
    if count == 0:
        return np.zeros((size, 0), np.uint32)
    exponent = _MINKOWSKI.get(instance.metric)
    if instance.distances is None and exponent is not None and size > 1500:
        assert instance.coordinates is not None
        return _by_tree(instance.coordinates, first, count, exponent)
    return _by_rows(instance, first, count)


def _by_rows(instance: VrpInstance, first: int, count: int) -> np.ndarray:
    size = instance.size
    found = np.empty((size, count), np.uint32)
    for begin in range(0, size, 256):
        rows = np.arange(begin, min(begin + 256, size))
        values = instance.distance_rows(rows)
        if instance.distances is not None:
            values = np.minimum(values, instance.distances[:, rows].T)
        values = values[:, first:].astype(np.float64)
        own = rows >= first
        values[np.flatnonzero(own), rows[own] - first] = np.inf
        if count < values.shape[1] - 1:
            near = np.sort(np.argpartition(values, count - 1, axis=1)[:, :count], axis=1)
        else:
            near = np.broadcast_to(np.arange(values.shape[1]), values.shape)
        order = np.argsort(np.take_along_axis(values, near, axis=1), axis=1, kind="stable")
        found[rows] = np.take_along_axis(near, order, axis=1)[:, :count] + first
    return found


def _by_tree(coordinates: np.ndarray, first: int, count: int, exponent: float) -> np.ndarray:
    from scipy.spatial import KDTree  # slow to import, and small instances do without

    tree = KDTree(coordinates[first:])
    _, near = tree.query(coordinates, k=count + 1, p=exponent)
    near = near + first
    # Drop each client from its own row; points on top of each other may stand before it.
    own = near == np.arange(len(coordinates))[:, None]
    own[~own.any(axis=1), -1] = True
    found: np.ndarray = near[~own].reshape(len(coordinates), count).astype(np.uint32)
    return found
