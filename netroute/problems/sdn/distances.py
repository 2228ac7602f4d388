"""Shortest distances between all nodes of a small network."""

from __future__ import annotations

import numpy as np

DENSE = 100
"""Nodes up to which this takes less time than the import of SciPy's graph routines."""


def all_pairs(nodes: int, tail: np.ndarray, head: np.ndarray, length: np.ndarray) -> np.ndarray:
    """Return the distances by Floyd and Warshall: float64, shape (n, n), infinite without a path.

    Parameters
    ----------
    nodes : int
    tail, head : ndarray of int, shape (m,)
        Parallel arcs are allowed.
    length : ndarray of float64, shape (m,)
        At least 0.

    Examples
    --------
    >>> import numpy as np
    >>> all_pairs(3, np.array([0, 1]), np.array([1, 2]), np.array([1.0, 2.5]))[0].tolist()
    [0.0, 1.0, 3.5]
    """
    distance = np.full((nodes, nodes), np.inf)
    np.minimum.at(distance, (tail, head), length)
    np.fill_diagonal(distance, 0.0)
    for v in range(nodes):
        np.minimum(distance, distance[:, v, None] + distance[v], out=distance)
    return distance
