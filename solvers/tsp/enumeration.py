"""All tours of a few nodes."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance


def shortest_by_enumeration(instance: TspInstance) -> np.ndarray | None:
    """Return the shortest tour that has the fixed edges, None if there is none.

    Meant for seven nodes at most: 720 tours.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [1, 1], [1, 0], [0, 1]])
    >>> shortest_by_enumeration(instance).tolist()
    [0, 2, 1, 3]
    """
    n = instance.size
    tours = np.array([(0, *rest) for rest in permutations(range(1, n))], np.int64)
    following = np.roll(tours, -1, axis=1)
    for a, b in instance.fixed_edges.tolist():
        has = ((tours == a) & (following == b)).any(axis=1)
        if instance.symmetric:
            has |= ((tours == b) & (following == a)).any(axis=1)
        tours, following = tours[has], following[has]
    if not len(tours):
        return None
    lengths = instance.distances(tours, following).sum(axis=1)
    return np.asarray(tours[int(np.argmin(lengths))])
