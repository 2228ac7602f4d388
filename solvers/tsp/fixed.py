"""Fixed edges as constructions need them: who must follow whom, and where a step may lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance


class Fixed(NamedTuple):
    """The fixed edges of an instance.

    Attributes
    ----------
    mate : ndarray of uint32, shape (n, 2)
        Nodes that must be next to each node, n for none; where distances are asymmetric the one
        that must follow it.
    entered : ndarray of bool, shape (n,)
        Whether a step that is not fixed may lead to the node: it is not inside a chain of fixed
        edges, and where distances are asymmetric, no fixed edge leads to it.
    start : int
        A node from which all chains can be walked along.
    """

    mate: np.ndarray
    entered: np.ndarray
    start: int


def fixed_edges(instance: TspInstance) -> Fixed:
    """Return the fixed edges of an instance.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [1, 0], [2, 0], [3, 1]]
    >>> fixed = fixed_edges(TspInstance(coordinates=points, fixed_edges=[(2, 0), (0, 3)]))
    >>> fixed.mate[0].tolist(), fixed.entered.tolist(), fixed.start
    ([2, 3], [False, True, True, True], 1)
    """
    n = instance.size
    mate = np.full((n, 2), n, np.uint32)
    entered = np.ones(n, bool)
    degree = np.zeros(n, np.int64)
    for a, b in instance.fixed_edges.tolist():
        mate[a, degree[a]] = b
        degree[a] += 1
        if instance.symmetric:
            mate[b, degree[b]] = a
            degree[b] += 1
        else:
            entered[b] = False
    if instance.symmetric:
        entered = degree < 2
    # Where no node can be entered, the fixed edges are the whole tour.
    return Fixed(mate, entered, int(np.argmax(entered)))
