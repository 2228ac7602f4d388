"""Cuts that a fractional solution violates: subtours exactly, combs by heuristics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp._kernels.min_cut import small_cuts
from netroute.solvers.tsp.combs import combs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.solvers.tsp.cut_lp import Cut

TINY = 1e-7
"""Values below it count as 0."""

VIOLATION = 1e-3
"""Least lack of edges across the border of a set that counts."""

MOST_SETS = 200
"""Subtours of one solution."""


def separate(
    size: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray, known: Iterable[Cut]
) -> list[Cut]:
    """Return cuts that a solution violates; no subtours are left if there are none.

    Parameters
    ----------
    size : int
        Number of nodes.
    tail, head, values : ndarray
        Edges with their values.
    known : iterable of cuts
        Their sets may be handles and teeth.

    Examples
    --------
    >>> tail, head = np.array([0, 1, 2, 3, 4, 5]), np.array([1, 2, 0, 4, 5, 3])
    >>> separate(6, tail, head, np.ones(6), [])
    [((0, 1, 2),), ((3, 4, 5),)]
    """
    used = values > TINY
    tail, head, values = tail[used], head[used], values[used]
    sets = subtours(size, tail, head, values)
    if sets:
        return [(members,) for members in sets]
    return combs(size, tail, head, values, known)


def subtours(
    size: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray
) -> list[tuple[int, ...]]:
    """Return sets of at most half the nodes across whose border there are less than two edges.

    Nodes that an edge of value 1 joins are looked at as one, which leaves a violated set if there
    is any: M. Padberg, G. Rinaldi, An efficient algorithm for the minimum capacity cut problem
    (Mathematical Programming 1990).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    def parts(count: int, a: np.ndarray, b: np.ndarray) -> tuple[int, np.ndarray]:
        graph = coo_array((np.ones(len(a)), (a, b)), shape=(count, count))
        found: tuple[int, np.ndarray] = connected_components(graph, directed=False)
        return found

    count, label = parts(size, tail, head)
    found: set[tuple[int, ...]] = set()
    if count > 1:
        for part in range(count):
            _note(found, label == part)
        return sorted(found)
    label, count = np.arange(size), size
    while True:
        a, b = label[tail], label[head]
        between = a != b
        low, high = np.minimum(a, b)[between], np.maximum(a, b)[between]
        code, place = np.unique(low * count + high, return_inverse=True)
        weight = np.bincount(place, values[between], minlength=len(code))
        low, high = code // count, code % count
        one = weight >= 1.0 - TINY
        if not one.any() or count < 3:
            break
        count, joined = parts(count, low[one], high[one])
        label = joined[label]
        if count > 1:
            border = np.bincount(label[tail], values * (label[tail] != label[head]), count)
            border += np.bincount(label[head], values * (label[tail] != label[head]), count)
            for part in np.flatnonzero(border < 2.0 - VIOLATION).tolist():
                _note(found, label == part)
    if count >= 3:
        dense = np.zeros((count, count))
        dense[low, high] = weight
        dense[high, low] = weight
        members = np.zeros((MOST_SETS, count), np.uint8)
        cut = np.zeros(MOST_SETS)
        room = np.zeros(count, np.int64), np.zeros(count)
        least = 2.0 - VIOLATION
        number = small_cuts(dense, *room, least, np.int64(MOST_SETS), members, cut)
        for row in members[:number].astype(bool):
            _note(found, row[label])
    return sorted(found)


def _note(found: set[tuple[int, ...]], mask: np.ndarray) -> None:
    if 2 * int(mask.sum()) > len(mask):
        mask = ~mask
    # Fewer nodes than three say no more than the ranges of the edges do.
    if mask.sum() >= 3:
        found.add(tuple(np.flatnonzero(mask).tolist()))
