"""Separation of subtours: parts that hang together, then smallest cuts."""

from __future__ import annotations

import numpy as np

VIOLATION = 1e-4
"""Least lack of edges across a cut that counts."""

UNIT = 1_000_000
"""Flow that stands for a variable of 1."""


def subtours(joined: np.ndarray) -> set[frozenset[int]]:
    """Return sets of at most half the nodes that a solution leaves less than twice.

    None means that there are none: for each node the smallest cut between it and node 0 is known.

    Parameters
    ----------
    joined : ndarray, shape (n, n)
        How often two nodes are next to each other; symmetric.

    Examples
    --------
    >>> joined = np.zeros((6, 6))
    >>> for a, b in ((0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)):
    ...     joined[a, b] = joined[b, a] = 1
    >>> sorted(map(sorted, subtours(joined)))
    [[0, 1, 2], [3, 4, 5]]
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = len(joined)
    capacity = csr_array(np.rint(joined * UNIT).astype(np.int32))
    count, labels = connected_components(capacity, directed=False)
    if count > 1:
        parts = (np.flatnonzero(labels == label) for label in range(count))
        return {frozenset(part.tolist()) for part in parts if 2 * len(part) <= n}
    found = set()
    for node in range(1, n):
        side = _smallest_cut(capacity, node)
        if side is not None and 2 <= len(side) <= n - 2:
            other = np.setdiff1d(np.arange(n), side)
            small = side if 2 * len(side) <= n else other
            found.add(frozenset(small.tolist()))
    return found


def _smallest_cut(capacity: object, node: int) -> np.ndarray | None:
    """Return node 0's side of the smallest cut that parts it from a node, if it lacks edges."""
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    found = maximum_flow(capacity, 0, node)
    if found.flow_value >= (2.0 - VIOLATION) * UNIT:
        return None
    left = capacity - found.flow
    left.eliminate_zeros()
    side: np.ndarray = breadth_first_order(left, 0, return_predecessors=False)
    return side
