"""Neighbours by alpha-nearness, which finds the edges of short tours better than distance does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.solvers.tsp._kernels.alpha import nearest_by_alpha
from netroute.solvers.tsp.bound.ascent import SLICE, complete_one_tree
from netroute.solvers.tsp.bound.relaxation import Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.tsp import TspInstance


def alpha_neighbours(
    instance: TspInstance,
    multipliers: np.ndarray,
    count: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> np.ndarray | None:
    """Return the ``count`` others of every node whose edges lengthen the one-tree least.

    The time grows with the square of the number of nodes, the memory linearly.

    Parameters
    ----------
    instance : TspInstance
        With symmetric distances.
    multipliers : ndarray, shape (n,)
        From `netroute.solvers.tsp.bound.held_karp.improve`.
    count : int
        How many; fewer where there are fewer nodes.
    stop : callable
        Asked between slices.

    Returns
    -------
    ndarray of uint32, shape (n, min(count, n - 1)), or None
        Least first; of equal ones the shorter edge first. None when stopped.

    Raises
    ------
    UnsupportedError
        Distances are asymmetric.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [1, 0], [3, 0], [9, 0]])
    >>> alpha_neighbours(instance, np.zeros(4), 2)[1:].tolist()
    [[0, 2], [1, 0], [2, 1]]
    """
    if not instance.symmetric:
        raise UnsupportedError("alpha-nearness is for symmetric distances only")
    relaxation = Relaxation(instance)
    n = relaxation.size
    price = np.asarray(multipliers, np.float64)
    root = 0
    edges = complete_one_tree(relaxation, price, root, stop)
    if edges is None:
        return None
    a, b = edges.T
    lengths = relaxation.lengths(a, b) + price[a] + price[b]
    parent = np.zeros(n, np.uint32)
    parent[a[:-2]] = b[:-2]
    bottleneck = np.zeros(n)
    bottleneck[a[:-2]] = lengths[:-2]
    fixed = (relaxation.mate[a[:-2]] == b[:-2, None]).any(axis=1)
    bottleneck[a[:-2][fixed]] = -np.inf
    order = _parents_first(a[:-2], b[:-2], n, first=1)
    width = min(count, n - 1)
    near, alpha = np.zeros((n, width), np.uint32), np.zeros((n, width))
    most, mark = np.zeros(n), np.full(n, -1, np.int64)
    free = ~np.isin(a[-2:], relaxation.mate[root])
    longest = float(lengths[-2:][free].max(initial=-np.inf))
    step = max(1, SLICE // (4 * n))
    for begin in range(0, n, step):
        if stop():
            return None
        nearest_by_alpha(
            relaxation.source,
            price,
            relaxation.mate,
            np.uint32(root),
            longest,
            parent,
            bottleneck,
            order,
            most,
            mark,
            np.int64(begin),
            np.int64(min(n, begin + step)),
            near,
            alpha,
        )
    return near


def _parents_first(child: np.ndarray, parent: np.ndarray, size: int, *, first: int) -> np.ndarray:
    """Return the nodes of a tree, each after its parent."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    tree = csr_array((np.ones(len(child)), (parent, child)), shape=(size, size))
    found: np.ndarray = breadth_first_order(tree, first, return_predecessors=False)
    return found.astype(np.uint32)
