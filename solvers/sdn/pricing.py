"""The cheapest admissible path of every pair of nodes, in slices that can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn._kernels.pricing import Paths, Tree, price_trees
from netroute.solvers.sdn.graph import Graph, graph_of, new_heap

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.pairs import Pairs

WORK = 700_000
"""Nodes and arcs that one slice visits: about 20 ms."""


class Pricer:
    """Prices single paths without limits: one shortest-path tree for all pairs that share it.

    Attributes
    ----------
    graph : Graph
    pairs : Pairs
    paths : Paths
        The result; each call overwrites it.
    """

    def __init__(self, instance: SdnInstance, pairs: Pairs) -> None:
        nodes, arcs, count = len(instance.nodes), len(instance.tail), len(pairs.source)
        self.graph: Graph = graph_of(instance)
        self.pairs = pairs
        self.paths = Paths(
            cost=np.full(count, np.inf),
            start=np.zeros(count + 1, np.int64),
            split=np.zeros(count, np.int64),
            arc=np.zeros(16 * count + self._largest() * nodes, np.uint32),
        )
        self._capacity = np.array(instance.capacity)
        if instance.table_size is not None:
            # A node without entries can only be a target.
            self._capacity[instance.table_size[instance.tail] == 0] = 0
        self._heap = new_heap(nodes)
        self._tree = Tree(np.empty(arcs), np.empty(nodes), np.empty(nodes, np.uint32))
        self._slice = max(1, WORK // (nodes + arcs))

    def price(
        self, price: np.ndarray, node_price: np.ndarray, stop: Callable[[], bool]
    ) -> Paths | None:
        """Return the cheapest paths, or None when stopped before the end.

        Parameters
        ----------
        price : ndarray of float64, shape (m,)
            Of a unit of bandwidth, at least 0.
        node_price : ndarray of float64, shape (n,)
            Of an entry in the node's flow table, at least 0.
        """
        done, trees = 0, len(self.pairs.tree_start) - 1
        while done < trees:
            last = min(trees, done + self._slice)
            reached = price_trees(
                self.graph,
                self._capacity,
                price,
                node_price,
                self.pairs,
                self._heap,
                self._tree,
                self.paths,
                done,
                last,
            )
            if reached < last:
                room = 2 * len(self.paths.arc)
                self.paths = self.paths._replace(arc=np.resize(self.paths.arc, room))
            elif stop():
                return None
            done = reached
        return self.paths

    def _largest(self) -> int:
        return int(np.diff(self.pairs.tree_start).max(initial=0))
