"""Duals of the assignment problem: where the ascent begins for asymmetric distances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.tsp import TspInstance


def assignment_duals(instance: TspInstance, stop: Callable[[], bool]) -> np.ndarray:
    """Return what reaching and leaving each node is worth in the cheapest assignment.

    They are potentials of the residual graph, by Bellman and Ford; where these are interrupted
    the duals are not the best ones.

    Returns
    -------
    ndarray, shape (2n,)
        Of the nodes as they are reached, then as they are left. No distance from i to j is
        below ``duals[n + i] + duals[j]``, up to rounding.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(matrix=[[0, 1, 7], [7, 0, 2], [3, 7, 0]])
    >>> float(assignment_duals(instance, lambda: False).sum())
    6.0
    """
    from scipy.optimize import linear_sum_assignment

    cost = instance.distance_matrix().copy()
    n = len(cost)
    far = 4.0 * n * max(1.0, float(np.abs(cost).max()))
    np.fill_diagonal(cost, far)
    for a, b in instance.fixed_edges.tolist():
        kept = cost[a, b]
        cost[a] = far
        cost[:, b] = far
        cost[a, b] = kept
    rows, columns = linear_sum_assignment(cost)
    source = np.empty(n, np.int64)
    source[columns] = rows
    # From column j by its row to column k: what exchanging them would cost.
    change = cost[source]
    change -= change[np.arange(n), np.arange(n)][:, None].copy()
    reached = np.zeros(n)
    for _ in range(n):
        better = np.minimum(reached, (reached[:, None] + change).min(axis=0))
        if stop() or np.array_equal(better, reached):
            break
        reached = better
    left = np.empty(n)
    left[rows] = cost[rows, columns] - reached[columns]
    return np.concatenate([reached, left])
