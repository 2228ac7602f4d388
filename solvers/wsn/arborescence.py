"""The cheapest tree along which all nodes report to the base station."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class _Level(NamedTuple):
    """What was chosen before cycles became nodes; arcs are those of the field itself."""

    tail: np.ndarray
    head: np.ndarray
    within: np.ndarray
    """In which node of this level each node of the field is."""


def cheapest_tree(cost: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the least cost of an arborescence towards the root, and its parents.

    Every node chooses its cheapest arc; cycles become nodes of which one member chooses anew.

    Parameters
    ----------
    cost : array, shape (n, n + 1)
        Of the arc from each node to each other one and, in the last column, to the root. It is
        overwritten.

    Returns
    -------
    float
    ndarray of int, shape (n,)
        Parent of each node; -1 for the root.

    References
    ----------
    Y. J. Chu, T. H. Liu: On the shortest arborescence of a directed graph. Scientia Sinica 14,
    1965. J. Edmonds: Optimum branchings. Journal of Research of the National Bureau of Standards
    71B, 1967.

    Examples
    --------
    >>> value, parent = cheapest_tree(np.array([[0.0, 1.0, 9.0], [2.0, 0.0, 8.0]]))
    >>> value, parent.tolist()
    (9.0, [1, -1])
    """
    n = len(cost)
    tail = np.broadcast_to(np.arange(n)[:, None], (n, n + 1))
    head = np.broadcast_to(np.append(np.arange(n), -1), (n, n + 1))
    within = np.arange(n)
    levels: list[_Level] = []
    value = 0.0
    while True:
        rows = np.arange(len(cost))
        cost[rows, rows] = np.inf
        best = cost.argmin(axis=1)
        least = cost[rows, best]
        value += float(least.sum())
        levels.append(_Level(tail[rows, best], head[rows, best], within))
        group = _groups(best)
        if group is None:
            break
        cost -= least[:, None]
        cost, tail, head = _merge(cost, tail, head, group)
        within = group[within]
    return value, _unfold(levels, n)


def _groups(best: np.ndarray) -> np.ndarray | None:
    """Return numbers of nodes, the same for those of a cycle; None without cycles."""
    size = len(best)
    label = np.arange(size)
    seen = np.full(size + 1, -1)
    seen[size] = size
    found = False
    chosen = best.tolist()
    for start in range(size):
        at = start
        while seen[at] < 0:
            seen[at] = start
            at = chosen[at]
        if at < size and seen[at] == start:
            found = True
            label[at] = at
            member = chosen[at]
            while member != at:
                label[member] = at
                member = chosen[member]
    return np.unique(label, return_inverse=True)[1] if found else None


def _merge(
    cost: np.ndarray, tail: np.ndarray, head: np.ndarray, group: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Make one row and one column of those of a group, by the cheapest arc of each."""
    number = int(group.max()) + 1
    # The root stays alone, in the last column.
    for axis, labels in ((0, group), (1, np.append(group, number))):
        order = np.argsort(labels, kind="stable")
        begin = np.searchsorted(labels[order], np.arange(labels.max() + 1))
        least = np.minimum.reduceat(cost.take(order, axis=axis), begin, axis=axis)
        at = np.nonzero(cost == least.take(labels, axis=axis))
        to = (labels[at[0]], at[1]) if axis == 0 else (at[0], labels[at[1]])
        ends = []
        for end in (tail, head):
            merged = np.empty(least.shape, np.int64)
            merged[to] = end[at]
            ends.append(merged)
        cost, (tail, head) = least, ends
    return cost, tail, head


def _unfold(levels: list[_Level], n: int) -> np.ndarray:
    """Open the cycles again, from the last level to the first."""
    tail, head = levels[-1].tail, levels[-1].head
    for level in reversed(levels[:-1]):
        below = level.within[tail]
        new_tail, new_head = level.tail.copy(), level.head.copy()
        new_tail[below], new_head[below] = tail, head
        tail, head = new_tail, new_head
    parent = np.empty(n, np.int64)
    parent[tail] = head
    return parent
