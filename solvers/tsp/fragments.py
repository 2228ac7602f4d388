"""Greedy joining: the best edges first, until one path is left that closes to a tour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neighbours import nearest_in_rows
from netroute.solvers.tsp._kernels.fragments import join_arcs, join_edges, walk
from netroute.solvers.tsp.neighbours import searchable

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.tsp import TspInstance

ROUND_NEIGHBOURS = 6
"""Nearest ends of other paths that are looked at, once the first lists are used up."""


class Fragments:
    """Paths over all nodes but ``hub``, with the fixed edges already taken.

    Parameters
    ----------
    instance : TspInstance
        The problem; arcs where its distances are asymmetric, edges otherwise.
    price : callable
        ``price(tails, heads) -> float64``: lowest first, ties in the order of the lists.
    hub : int, optional
        A node without fixed edges that stays out.
    """

    def __init__(
        self,
        instance: TspInstance,
        price: Callable[[np.ndarray, np.ndarray], np.ndarray],
        *,
        hub: int | None = None,
    ) -> None:
        n = instance.size
        self._instance = instance
        self._price = price
        self._hub = hub
        self._symmetric = instance.symmetric
        self._join = join_edges if instance.symmetric else join_arcs
        self.link = np.full((n, 2), n, np.uint32)
        self._owner = np.arange(n, dtype=np.uint32)
        self.count = n if hub is None else n - 1
        """Number of paths."""
        fixed = instance.fixed_edges
        if len(fixed) == n:
            # They close to the tour; without the last one they are a path.
            fixed = fixed[:-1]
        self._take(np.arange(len(fixed)), fixed[:, 0].copy(), fixed[:, 1].copy())

    def join(self, near: np.ndarray) -> None:
        """Take the best edges from nodes to those that ``near`` lists for them, shape (n, k)."""
        nodes = np.arange(len(near), dtype=np.uint32)
        self._join_pairs(np.repeat(nodes, near.shape[1]), near.ravel())

    def join_ends(self, halted: Callable[[], bool]) -> bool:
        """Go on with the ends that are left until there is one path; False if told to stop."""
        while self.count > 1:
            if halted():
                return False
            nobody = len(self.link)
            open_after = self.link[:, 0 if not self._symmetric else 1] == nobody
            open_before = self.link[:, 1] == nobody
            for mask in (open_after, open_before):
                if self._hub is not None:
                    mask[self._hub] = False
            tails, heads = np.flatnonzero(open_after), np.flatnonzero(open_before)
            near = nearest_among(self._instance, tails, heads, ROUND_NEIGHBOURS)
            self._join_pairs(np.repeat(tails.astype(np.uint32), near.shape[1]), near.ravel())
        return True

    def tour(self) -> np.ndarray:
        """Return the nodes of the one path in order, then the hub."""
        nobody = len(self.link)
        tour = np.empty(nobody, np.uint32)
        first = self.link[:, 1] == nobody
        if self._hub is not None:
            first[self._hub] = False
            tour[-1] = self._hub
        walk(self.link, np.uint32(np.argmax(first)), tour)
        return tour

    def _join_pairs(self, tails: np.ndarray, heads: np.ndarray) -> None:
        different = tails != heads
        if self._hub is not None:
            different &= (tails != self._hub) & (heads != self._hub)
        if self._symmetric:
            # A pair that stands in both lists is taken once, with the smaller number first.
            low, high = np.minimum(tails, heads)[different], np.maximum(tails, heads)[different]
            keys = np.unique(low.astype(np.int64) * len(self.link) + high)
            tails = (keys // len(self.link)).astype(np.uint32)
            heads = (keys % len(self.link)).astype(np.uint32)
        else:
            tails, heads = tails[different], heads[different]
        order = np.argsort(self._price(tails, heads), kind="stable")
        self._take(order, tails, heads)

    def _take(self, order: np.ndarray, tails: np.ndarray, heads: np.ndarray) -> None:
        self.count -= self._join(order, tails, heads, self.link, self._owner)


def nearest_among(
    instance: TspInstance, nodes: np.ndarray, others: np.ndarray, count: int
) -> np.ndarray:
    """Return the ``count`` nodes of ``others`` that are nearest to each of ``nodes``.

    A node may be among its own nearest ones. Shape (len(nodes), min(count + 1, len(others))),
    uint32.
    """
    count = min(count + 1, len(others))
    if instance.matrix is None and len(nodes) > 500:
        from scipy.spatial import KDTree  # slow to import, and small instances do without

        points, exponent = searchable(instance)
        _, near = KDTree(points[others]).query(points[nodes], k=count, p=exponent)
        return np.asarray(others[near.reshape(len(nodes), count)], np.uint32)
    found = np.empty((len(nodes), count), np.uint32)
    for begin in range(0, len(nodes), 256):
        block = slice(begin, begin + 256)
        values = instance.distances(nodes[block, None], others)
        found[block] = others[nearest_in_rows(values, count)]
    return found
