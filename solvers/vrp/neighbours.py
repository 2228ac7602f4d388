"""Each location's nearest clients, without a full matrix where coordinates allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neighbours import MINKOWSKI, nearest_by_rows, nearest_by_tree

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance


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
    exponent = MINKOWSKI.get(instance.metric)
    if instance.distances is None and exponent is not None and size > 1500:
        assert instance.coordinates is not None
        return nearest_by_tree(instance.coordinates, first=first, count=count, exponent=exponent)

    def rows(locations: np.ndarray) -> np.ndarray:
        values = instance.distance_rows(locations)
        if instance.distances is not None:
            values = np.minimum(values, instance.distances[:, locations].T)
        return values

    return nearest_by_rows(rows, size, first=first, count=count)
