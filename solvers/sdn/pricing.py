"""The cheapest admissible path of every pair of nodes, in slices that can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.sdn.check import TOLERANCE
from netroute.solvers.sdn._kernels.disjoint import Second, price_disjoint
from netroute.solvers.sdn._kernels.limited import Labels, price_limited
from netroute.solvers.sdn._kernels.pricing import Paths, Tree, price_trees
from netroute.solvers.sdn.graph import NO_ARC, Graph, graph_of, make_graph, new_heap

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.pairs import Pairs

WORK = 700_000
"""Nodes and arcs that one slice visits: about 20 ms for plain trees."""

DEARER = 20
"""How much longer a tree takes with labels for limits."""


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
        largest = int(np.diff(pairs.tree_start).max(initial=0))
        self.paths = Paths(
            cost=np.full(count, np.inf),
            start=np.zeros(count + 1, np.int64),
            split=np.zeros(count, np.int64),
            arc=np.zeros(16 * count + largest * nodes, np.uint32),
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
            reached = self._price(price, node_price, done, last)
            if reached < 0:
                reached = -1 - reached
                self._grow_labels()
            elif reached < last:
                room = 2 * len(self.paths.arc)
                self.paths = self.paths._replace(arc=np.resize(self.paths.arc, room))
            done = reached
            if done < trees and stop():
                return None
        return self.paths

    def _price(self, price: np.ndarray, node_price: np.ndarray, first: int, last: int) -> int:
        """Price trees and return where it ended, see `price_trees`."""
        reached: int = price_trees(*self._known(price, node_price), first, last)
        return reached

    def _grow_labels(self) -> None:
        """Make room for what the kernel has run out of."""

    def _known(self, price: np.ndarray, node_price: np.ndarray) -> tuple[object, ...]:
        """First arguments of every pricing kernel."""
        fixed = (self.graph, self._capacity)
        room = (self.pairs, self._heap, self._tree, self.paths)
        return (*fixed, price, node_price, *room)


class LimitedPricer(Pricer):
    """Prices single paths within limits on delay and hops."""

    def __init__(self, instance: SdnInstance, pairs: Pairs) -> None:
        longest = pairs.max_delay * (1.0 + TOLERANCE)
        super().__init__(instance, pairs._replace(max_delay=longest))
        self._delay = np.array(instance.delay)
        self._labels = _new_labels(16 * len(instance.nodes), len(instance.nodes), len(pairs.source))
        self._answer = np.zeros(len(pairs.source), np.int64)
        self._slice = max(1, self._slice // DEARER)

    def _price(self, price: np.ndarray, node_price: np.ndarray, first: int, last: int) -> int:
        reached: int = price_limited(
            *self._known(price, node_price), first, last, self._delay, self._labels, self._answer
        )
        return reached

    def _grow_labels(self) -> None:
        labels = self._labels
        self._labels = _new_labels(2 * len(labels.node), len(labels.kept), len(labels.following))


class DisjointPricer(Pricer):
    """Prices pairs of paths that share no arc, or no inner node either.

    Limits on delay and hops are not kept by these pairs, which are hard to find. What a pair costs
    is then the larger of two lower bounds, the other one being twice its cheapest single path; and
    no price is enough where even the pair with the least delay or hops takes more than twice the
    limit.
    """

    def __init__(self, instance: SdnInstance, pairs: Pairs) -> None:
        super().__init__(instance, pairs)
        nodes, arcs = len(instance.nodes), len(instance.tail)
        self._whole = self.graph
        if instance.protection == "node":
            # What leaves node v leaves node v + n, and an arc leads there from v.
            every = np.arange(nodes)
            tail = np.concatenate([instance.tail.astype(np.int64) + nodes, every])
            head = np.concatenate([instance.head.astype(np.int64), every + nodes])
            self._whole = make_graph(2 * nodes, tail, head)
            nodes, arcs = 2 * nodes, arcs + nodes
        self._heap = new_heap(nodes)
        self._tree = Tree(np.zeros(arcs), np.empty(nodes), np.empty(nodes, np.uint32))
        self._second = Second(
            distance=np.empty(nodes),
            parent_arc=np.empty(nodes, np.uint32),
            entering=np.full(nodes, NO_ARC),
            used=np.zeros(arcs, bool),
            place=np.zeros(nodes, np.int64),
        )
        limited = instance.features() & {"delay limits", "hop limits"}
        self._single = LimitedPricer(instance, pairs) if limited else None
        self._delay = np.array(instance.delay)
        self._impossible: np.ndarray | None = None
        largest = int(np.diff(pairs.tree_start).max(initial=1))
        self._slice = max(1, WORK // (nodes + arcs) // (1 + largest))

    def _price(self, price: np.ndarray, node_price: np.ndarray, first: int, last: int) -> int:
        known = self._known(price, node_price)
        reached: int = price_disjoint(*known, first, last, self._whole, self._second)
        return reached

    def price(
        self, price: np.ndarray, node_price: np.ndarray, stop: Callable[[], bool]
    ) -> Paths | None:
        """Return the cheapest pairs of paths, or None when stopped before the end."""
        if self._single is None:
            return super().price(price, node_price, stop)
        if self._impossible is None:
            self._impossible = self._beyond_limits(len(node_price), stop)
        if self._impossible is None:
            return None
        found = super().price(price, node_price, stop)
        single = None if found is None else self._single.price(price, node_price, stop)
        if found is None or single is None:
            return None
        np.maximum(found.cost, 2.0 * single.cost, out=found.cost)
        found.cost[self._impossible] = np.inf
        return found

    def _beyond_limits(self, nodes: int, stop: Callable[[], bool]) -> np.ndarray | None:
        """Whether two paths of each pair take more than both may; None when stopped."""
        beyond = np.zeros(len(self.pairs.source), bool)
        hops = np.where(self.pairs.max_hops > 0, self.pairs.max_hops, np.inf)
        for length, limit in (
            (self._delay, self.pairs.max_delay * (1.0 + 2.0 * TOLERANCE)),
            (np.ones(len(self._delay)), hops),
        ):
            if np.isfinite(limit).any():
                found = super().price(length, np.zeros(nodes), stop)
                if found is None:
                    return None
                beyond |= found.cost > 2.0 * limit
        return beyond


def pricer_of(instance: SdnInstance, pairs: Pairs) -> Pricer:
    """Return the pricer for the features of an instance."""
    features = instance.features()
    if instance.protection != "none":
        return DisjointPricer(instance, pairs)
    if features & {"delay limits", "hop limits"}:
        return LimitedPricer(instance, pairs)
    return Pricer(instance, pairs)


def _new_labels(count: int, nodes: int, pairs: int) -> Labels:
    return Labels(
        node=np.zeros(count, np.uint32),
        arc=np.zeros(count, np.uint32),
        above=np.zeros(count, np.int64),
        older=np.zeros(count, np.int64),
        cost=np.zeros(count),
        delay=np.zeros(count),
        hops=np.zeros(count, np.int64),
        heap=np.zeros(count, np.int64),
        kept=np.zeros(nodes, np.int64),
        waiting=np.zeros(nodes, np.int64),
        following=np.zeros(pairs, np.int64),
    )
