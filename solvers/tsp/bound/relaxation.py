"""A travelling salesman instance as one-trees see it: symmetric, with edges that all trees have.

Where distances are asymmetric each node becomes two, one that is reached and one that is left,
with a fixed edge of length 0 between them. Source: R. Jonker, T. Volgenant, Transforming
asymmetric into symmetric traveling salesman problems (Operations Research Letters 1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.solvers._kernels.distance import Matrix, Points
from netroute.solvers.tsp._kernels.one_tree import Graph
from netroute.solvers.tsp.costs import cost_source
from netroute.solvers.tsp.neighbours import quadrant_neighbours

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

ARCS_SIZE = 5_000
"""Most nodes with asymmetric distances: 800 MB for the matrix of twice as many."""

QUADRANT, NEAREST = 2, 4
"""Candidates of each quadrant, and further nearest ones."""

ARC_CANDIDATES = 10
"""Candidates of each node with asymmetric distances, as it is left and as it is reached."""


class Relaxation:
    """The symmetric problem whose one-trees bound the tours of an instance.

    Attributes
    ----------
    size : int
        Nodes: those of the instance, or twice as many; the first half of these are reached, the
        second half left.
    source : Matrix or Points
        Lengths of all edges.
    mate : ndarray of uint32, shape (size, d)
        The other ends of the fixed edges, ``size`` for none.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> arcs = Relaxation(TspInstance(matrix=[[0, 1, 2], [3, 0, 4], [5, 6, 0]]))
    >>> arcs.size, arcs.lengths(np.array([1]), np.array([3])).tolist()
    (6, [1.0])
    """

    source: Matrix | Points

    def __init__(self, instance: TspInstance) -> None:
        self.instance = instance
        self.symmetric = instance.symmetric
        count = instance.size
        if self.symmetric:
            self.size = count
            self.source = cost_source(instance, matrix=False)
            fixed = instance.fixed_edges.astype(np.int64)
        else:
            if count > ARCS_SIZE:
                raise UnsupportedError(
                    f"bound 'held-karp' takes at most {ARCS_SIZE} nodes with asymmetric "
                    f"distances, instance {instance.name!r} has {count}"
                )
            self.size = 2 * count
            arcs = instance.fixed_edges.astype(np.int64) + np.array([count, 0])
            nodes = np.arange(count)
            fixed = np.concatenate([np.stack([nodes, nodes + count], axis=1), arcs])
            self.source = Matrix(_doubled(instance.distance_matrix()))
        self.fixed = fixed
        self.mate = np.full((self.size, 2), self.size, np.uint32)
        degree = np.zeros(self.size, np.int64)
        for a, b in fixed.tolist():
            self.mate[a, degree[a]] = b
            self.mate[b, degree[b]] = a
            degree[a] += 1
            degree[b] += 1

    def lengths(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Return the lengths of the edges between ``a`` and ``b``, infinite where there is none."""
        if self.symmetric:
            return self.instance.distances(a, b)
        assert isinstance(self.source, Matrix)
        return np.asarray(self.source.values[a, b])

    def candidates(self, price: np.ndarray) -> np.ndarray:
        """Return edges of which short one-trees are made, shape (m, 2), the fixed ones among them.

        Parameters
        ----------
        price : ndarray, shape (size,)
            Where distances are asymmetric they say which edges count as short.
        """
        if self.symmetric:
            near = quadrant_neighbours(self.instance, QUADRANT, extra=NEAREST)
            rows = np.repeat(np.arange(self.size), near.shape[1])
            pairs = np.stack([rows, near.ravel().astype(np.int64)], axis=1)
        else:
            assert isinstance(self.source, Matrix)
            half = self.size // 2
            block = self.source.values[half:, :half] + price[:half] + price[half:, None]
            most = min(ARC_CANDIDATES, half - 1)
            out = np.argpartition(block, most - 1, axis=1)[:, :most]
            back = np.argpartition(block, most - 1, axis=0)[:most]
            nodes = np.arange(half)
            pairs = np.concatenate(
                [
                    np.stack([np.repeat(nodes + half, most), out.ravel()], axis=1),
                    np.stack([back.T.ravel() + half, np.repeat(nodes, most)], axis=1),
                ]
            )
        return np.concatenate([pairs, self.fixed, self._chain()])

    def graph(self, pairs: np.ndarray) -> Graph:
        """Return edges, some of which may be given several times, as the kernels want them."""
        n = self.size
        low, high = pairs.min(axis=1), pairs.max(axis=1)
        fixed = np.unique(self.fixed.min(axis=1) * n + self.fixed.max(axis=1))
        code = np.unique(np.concatenate([low * n + high, fixed]))
        a, b = code // n, code % n
        lengths = self.lengths(a, b)
        real = np.isfinite(lengths)
        a, b, lengths, must = a[real], b[real], lengths[real], np.isin(code[real], fixed)
        tail, head = np.concatenate([a, b]), np.concatenate([b, a])
        order = np.lexsort((head, tail))
        return Graph(
            start=np.searchsorted(tail[order], np.arange(n + 1)).astype(np.int64),
            near=head[order].astype(np.uint32),
            length=np.concatenate([lengths, lengths])[order].astype(np.float64),
            fixed=np.concatenate([must, must])[order].astype(np.uint8),
        )

    def _chain(self) -> np.ndarray:
        """Return a path through all nodes, so that there is a spanning tree."""
        n, points = self.size, self.instance.coordinates
        if not self.symmetric:
            half = n // 2
            nodes = np.arange(half)
            return np.stack([nodes + half, np.roll(nodes, -1)], axis=1)
        if points is None:
            order = np.arange(n)
        else:
            from netroute.solvers.tsp.space_filling import hilbert_index

            order = np.argsort(hilbert_index(points), kind="stable")
        return np.stack([order[:-1], order[1:]], axis=1)


def _doubled(matrix: np.ndarray) -> np.ndarray:
    """Return the lengths between nodes that are reached and nodes that are left."""
    n = len(matrix)
    values = np.full((2 * n, 2 * n), np.inf)
    values[n:, :n] = matrix
    values[:n, n:] = matrix.T
    return values
