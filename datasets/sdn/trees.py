"""Traffic on shortest-path trees, all sources at once."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra


class Trees:
    """Shortest paths of a simple digraph and what they carry, one set of lengths after another.

    Parameters
    ----------
    nodes : int
        Number of nodes n.
    tail, head : int array, shape (m,)
        Arcs; no two from the same node to the same node.

    Examples
    --------
    >>> trees = Trees(3, np.array([0, 1]), np.array([1, 2]))
    >>> trees.measure(np.array([1.0, 2.0]))[0].tolist()
    [0.0, 1.0, 3.0]
    >>> trees.loads(np.array([[0, 0, 5], [0, 0, 1], [0, 0, 0]])).tolist()
    [5.0, 6.0]
    """

    def __init__(self, nodes: int, tail: np.ndarray, head: np.ndarray) -> None:
        self._n = nodes
        self._arcs = len(tail)
        order = np.lexsort((head, tail))
        self._order = order
        self._columns = np.asarray(head, np.int32)[order]
        self._starts = np.searchsorted(tail[order], np.arange(nodes + 1)).astype(np.int32)
        self._arc = np.full((nodes, nodes), -1, np.int32)
        self._arc[tail, head] = np.arange(self._arcs)
        self._before = np.empty((0, 0), np.int32)
        self._distance = np.empty((0, 0))

    def measure(self, lengths: np.ndarray) -> np.ndarray:
        """Return the distances, shape (n, n), under ``lengths`` > 0 of the arcs, shape (m,)."""
        matrix = csr_array(
            (lengths[self._order], self._columns, self._starts), shape=(self._n, self._n)
        )
        self._distance, self._before = dijkstra(matrix, return_predecessors=True)
        return self._distance

    def loads(self, demand: np.ndarray) -> np.ndarray:
        """Return what each arc carries, shape (m,).

        ``demand`` is the traffic from each node to each other one, shape (n, n), on the shortest
        paths of the last `measure`.
        """
        through = demand.astype(np.float64)
        rows = np.arange(self._n)
        # From the farthest nodes inwards each one hands its traffic to the one before it.
        for rank in np.argsort(-self._distance, axis=1).T[:-1]:
            before = self._before[rows, rank]
            reached = before >= 0
            through[rows[reached], before[reached]] += through[rows[reached], rank[reached]]
        sources, targets = np.nonzero(self._before >= 0)
        arcs = self._arc[self._before[sources, targets], targets]
        return np.bincount(arcs, through[sources, targets], minlength=self._arcs)
