"""Multipliers that make the shortest one-tree long, and what they prove over all edges."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.bound import Certificate
from netroute.solvers.tsp._kernels.complete_tree import grow_tree
from netroute.solvers.tsp._kernels.one_tree import Tree, ascend, one_tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.tsp.bound.relaxation import Relaxation

SLICE = 20_000_000
"""Edges that one call of a kernel looks at: about 50 ms."""

DIGITS = 12
"""Multipliers are multiples of the mean edge over about 2^12; beside integers of 2^-20."""


class Ascent:
    """Subgradient ascent on a sparse graph, whose results are proven on the complete one.

    The graph gets the edges of the complete graph's one-trees that it lacks.

    Attributes
    ----------
    best : ndarray of float64
        Multipliers of the best bound on the sparse graph.
    value : float
        That bound.
    tour : bool
        Whether the best one-tree is a tour.
    proven : ndarray of float64
        Multipliers of the best bound on the complete graph.
    """

    def __init__(self, relaxation: Relaxation, price: np.ndarray) -> None:
        self.relaxation = relaxation
        n = relaxation.size
        self.best = price.astype(np.float64)
        self.value = -math.inf
        self.tour = False
        self.proven = self.best
        self._proven = -math.inf
        self._pairs = relaxation.candidates(price)
        self.graph = relaxation.graph(self._pairs)
        self.tree = make_tree(n)

    def climb(self, steps: int, first: float, last: float, stop: Callable[[], bool]) -> None:
        """Take ``steps`` steps from the best multipliers, of lengths ``first`` to ``last``."""
        decay = (last / first) ** (1.0 / steps)
        price = self.best.copy()
        before = np.zeros(len(price))
        state = np.array([self.value, first, 0.0])
        chunk = max(1, SLICE // (20 * len(self.graph.near)))
        while steps > 0 and not state[2] and not stop():
            count = min(chunk, steps)
            ascend(self.graph, price, self.best, before, self.tree, state, decay, np.int64(count))
            steps -= count
        self.value, self.tour = float(state[0]), bool(state[2])

    def prove(self, stop: Callable[[], bool]) -> Certificate | None:
        """Return what the best multipliers prove over all edges; None when stopped before."""
        price = self._rounded()
        one_tree(self.graph, price, self.tree)
        root = int(self.tree.end[0])
        edges = complete_one_tree(self.relaxation, price, root, stop)
        if edges is None:
            return None
        value = proven(self.relaxation, price, edges)
        data = {"multipliers": price.tolist(), "root": root}
        if value > self._proven:
            self._proven, self.proven = value, self.best.copy()
        self._extend(edges)
        return Certificate("held-karp", value, data)

    def _extend(self, edges: np.ndarray) -> None:
        """Take in the edges that the sparse graph lacks, and look at its bound anew."""
        known = len(self.graph.near)
        self._pairs = np.concatenate([self._pairs, edges])
        self.graph = self.relaxation.graph(self._pairs)
        if len(self.graph.near) == known:
            return
        self.tour = False
        self.value = float(one_tree(self.graph, self.best, self.tree))
        value = float(one_tree(self.graph, self.proven, self.tree))
        if value > self.value:
            self.value, self.best = value, self.proven.copy()

    def _rounded(self) -> np.ndarray:
        """Return the best multipliers with few digits, so that sums with integers are exact."""
        mean = max(1e-300, abs(self.value) / len(self.best))
        digits = DIGITS - math.frexp(mean)[1]
        if self.relaxation.instance.integral():
            digits = min(20, digits)
        return np.round(self.best * 2.0**digits) / 2.0**digits


def make_tree(size: int) -> Tree:
    """Return room for a one-tree."""
    return Tree(
        parent=np.zeros(size, np.uint32),
        length=np.zeros(size),
        degree=np.zeros(size, np.int64),
        end=np.zeros(2, np.uint32),
        key=np.zeros(size),
        heap=np.zeros(size, np.uint32),
        place=np.zeros(size, np.int64),
    )


def complete_one_tree(
    relaxation: Relaxation, price: np.ndarray, root: int, stop: Callable[[], bool]
) -> np.ndarray | None:
    """Return the edges of the shortest one-tree over all edges, shape (size, 2).

    Parameters
    ----------
    root : int
        The node outside the tree.

    Returns
    -------
    ndarray or None
        None when stopped before the end.
    """
    n = relaxation.size
    nodes = np.delete(np.arange(n), root)
    at_root = relaxation.lengths(np.full(n - 1, root), nodes) + price[root] + price[nodes]
    must = np.isin(nodes, relaxation.mate[root])
    ends = nodes[np.lexsort((at_root, ~must))[:2]]
    outside = nodes[1:].astype(np.uint32)
    place = np.full(n, n, np.uint32)
    place[outside] = np.arange(n - 2)
    mate = relaxation.mate
    if (mate == root).any():
        mate = np.where(mate == root, np.uint32(n), mate)
    key = np.full(n - 2, np.inf)
    parent = np.zeros(n, np.uint32)
    state = np.array([n - 2, nodes[0]], np.int64)
    while state[0] > 0:
        if stop():
            return None
        work = np.int64(SLICE)
        grow_tree(relaxation.source, price, mate, outside, place, key, parent, state, work)
    tree = np.stack([nodes[1:], parent[nodes[1:]].astype(np.int64)], axis=1)
    return np.concatenate([tree, np.stack([ends, np.full(2, root)], axis=1)])


def proven(relaxation: Relaxation, price: np.ndarray, edges: np.ndarray) -> float:
    """Return the bound of a shortest one-tree, rounded up where distances are integers."""
    a, b = edges.T
    lengths = relaxation.lengths(a, b)
    terms = np.concatenate([lengths, price[a], price[b], -2.0 * price])
    total = math.fsum(terms.tolist())
    reach = float(np.abs(lengths).max() + 2.0 * np.abs(price).max())
    slack = 16.0 * len(price) * math.ulp(max(1.0, reach))
    if relaxation.instance.integral():
        return float(math.ceil(total - slack))
    return total - slack
