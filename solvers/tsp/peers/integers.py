"""Distances as the peers of the travelling salesman want them: integers from 0 on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.peers.integers import integer_distances

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance


def shifted_distances(instance: TspInstance) -> np.ndarray:
    """Return distances as integers, all larger by the same amount where some are negative.

    Each tour has n edges, so that a shift changes no order between tours. Shape (n, n), int64.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> shifted_distances(TspInstance(matrix=[[0, 1, -2], [1, 0, 3], [-2, 3, 0]])).tolist()
    [[0, 3, 0], [3, 0, 5], [0, 5, 0]]
    """
    distances, _ = integer_distances(instance.distance_rows, instance.size)
    distances -= min(0, int(distances.min()))
    np.fill_diagonal(distances, 0)
    return distances
