"""Each node's nearest others: the candidates of all searches."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.geometry import Metric
from netroute.solvers.neighbours import MINKOWSKI, nearest_by_rows, nearest_by_tree

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

ROWS_SIZE = 1_500
"""Up to this many nodes whole rows of distances are sorted, which costs less than a KD-tree."""


def nearest_neighbours(instance: TspInstance, count: int) -> np.ndarray:
    """Return the ``count`` nearest others of every node, nearest first.

    Parameters
    ----------
    instance : TspInstance
        Where distances are asymmetric, those from the node count.
    count : int
        How many; fewer where there are fewer nodes.

    Returns
    -------
    ndarray of uint32, shape (n, min(count, n - 1))
        Of equally near nodes the one with the smaller number comes first, up to `ROWS_SIZE` nodes
        and for explicit distances.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [1, 0], [3, 0], [9, 0]])
    >>> nearest_neighbours(instance, 2).tolist()
    [[1, 2], [0, 2], [1, 0], [2, 1]]
    """
    count = min(count, instance.size - 1)
    if instance.matrix is None and instance.size > ROWS_SIZE:
        points, exponent = searchable(instance)
        return nearest_by_tree(points, first=0, count=count, exponent=exponent)
    return nearest_by_rows(instance.distance_rows, instance.size, first=0, count=count)


def quadrant_neighbours(instance: TspInstance, count: int, *, extra: int = 0) -> np.ndarray:
    """Return neighbours in all directions: ``count`` of each quadrant, then the nearest others.

    On clustered nodes the nearest ones alone leave clusters unconnected. Where a quadrant has too
    few, nodes of the others take their place. Source: D. Johnson and L. McGeoch, Experimental
    analysis of heuristics for the STSP (2002).

    Parameters
    ----------
    instance : TspInstance
        With plane coordinates; of others the nearest ones are returned.
    count : int
        Nodes of each quadrant.
    extra : int
        Further nearest nodes, of any quadrant.

    Returns
    -------
    ndarray of uint32, shape (n, min(4 * count + extra, n - 1))
        Nearest first.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [1, 1], [2, 2], [-9, 9], [-9, -9], [9, -9]]
    >>> quadrant_neighbours(TspInstance(coordinates=points), 1)[0].tolist()
    [1, 3, 4, 5]
    """
    total = min(4 * count + extra, instance.size - 1)
    points = instance.coordinates
    if points is None or points.shape[1] != 2 or instance.metric is Metric.GEOGRAPHIC:
        return nearest_neighbours(instance, total)
    # Far enough in one look for most nodes; the rest is filled up from the same list.
    reach = min(instance.size - 1, 4 * total + 8)
    near = nearest_neighbours(instance, reach)
    n = len(near)
    step = points[near] - points[:, None, :]
    # Half-open quadrants, so that each point is in one of them.
    right = (step[..., 0] > 0) | ((step[..., 0] == 0) & (step[..., 1] >= 0))
    above = (step[..., 1] > 0) | ((step[..., 1] == 0) & (step[..., 0] < 0))
    quadrant = 2 * right + above
    chosen = np.zeros(near.shape, bool)
    for number in range(4):
        inside = quadrant == number
        chosen |= inside & (np.cumsum(inside, axis=1) <= count)
    missing = total - chosen.sum(axis=1)
    rest = ~chosen
    chosen |= rest & (np.cumsum(rest, axis=1) <= missing[:, None])
    found: np.ndarray = near[chosen].reshape(n, total)
    return found


def searchable(instance: TspInstance) -> tuple[np.ndarray, float]:
    """Return points and a Minkowski exponent that order neighbours as the distances do.

    Places on the globe become points on a sphere, where the straight line grows with the arc.
    Rounding is left out of account.
    """
    points = instance.coordinates
    if points is None:
        raise ValueError("a matrix has no points")
    if instance.metric is Metric.GEOGRAPHIC:
        degrees = np.trunc(points)
        angle = math.pi / 180.0 * (degrees + 5.0 * (points - degrees) / 3.0)
        latitude, longitude = angle[:, 0], angle[:, 1]
        ring = np.cos(latitude)
        sphere = (ring * np.cos(longitude), ring * np.sin(longitude), np.sin(latitude))
        return np.stack(sphere, axis=1), 2.0
    return points, MINKOWSKI.get(instance.metric, 2.0)
