"""Tours that evolve by edge assembly crossover."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp._kernels.ab_cycles import Cycles
from netroute.solvers.tsp._kernels.assembly import Edges, generation, walk
from netroute.solvers.tsp._kernels.subtours import Child

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.tsp.search_space import SearchSpace

ENTROPY_SIZE = 12_000
"""Nodes up to which occurrences of edges are counted, in a matrix of int16."""

SLICE = 0.03
"""Seconds that a slice of crossovers should take."""


class Population:
    """A fixed number of tours; each generation replaces each one by its best child, or keeps it.

    Parameters
    ----------
    space : SearchSpace
        The problem.
    orders : list of ndarray
        The tours, as nodes of the search space.
    seed : int
        Of mating and crossover.
    tries : int
        Children of each pair.
    entropy : bool
        Whether children are chosen by length gained for diversity lost; by length alone otherwise.
    """

    def __init__(
        self,
        space: SearchSpace,
        orders: list[np.ndarray],
        *,
        seed: int,
        tries: int = 30,
        entropy: bool = True,
    ) -> None:
        size, n = len(orders), space.size
        self.space = space
        self.links = np.empty((size, n, 2), np.int32)
        for link, order in zip(self.links, orders, strict=True):
            link[order, 0] = np.roll(order, 1)
            link[order, 1] = np.roll(order, -1)
        self.lengths = np.array([space.instance.length(space.to_tour(o)) for o in orders])
        self.generations = 0
        self._tries = np.int64(tries)
        self._generator = np.random.default_rng([seed, 2])
        self._rng = self._generator.integers(1, 2**63, 1).astype(np.uint64)
        self._moves = space.moves()
        self._cycles = Cycles(
            np.zeros(4 * n, np.int64),
            np.zeros(n + 2, np.int64),
            np.zeros(4 * n, np.int64),
            np.zeros((n, 2), np.int64),
            np.zeros((n, 2, 2), np.int64),
            np.zeros((n, 2), np.int64),
            np.zeros(n + 2, np.int64),
        )
        self._child = Child(
            np.zeros(n, np.int64),
            np.zeros(n, np.int64),
            np.zeros((6 * n, 3), np.int64),
            np.zeros((6 * n, 3), np.int64),
            np.zeros(2, np.int64),
            np.zeros(2 * n, np.int64),
            np.zeros(4 * n, np.int64),
            np.zeros(2 * n, np.int64),
            np.zeros(2 * n, np.int64),
            np.zeros(2 * n, np.int64),
            np.zeros(2 * n, np.int64),
        )
        self._edges = self._count() if entropy and n <= ENTROPY_SIZE else _no_edges()
        self._pairs = 1

    def _count(self) -> Edges:
        size, n = self.links.shape[:2]
        count = np.zeros((n, n), np.int16)
        nodes = np.arange(n)
        for link in self.links:
            # The two neighbours of a node differ: no pair is counted twice in one statement.
            count[nodes, link[:, 0]] += 1
            count[nodes, link[:, 1]] += 1
        share = np.arange(size + 2) / size
        term = np.zeros(size + 2)
        term[1:] = -share[1:] * np.log(share[1:])
        return Edges(count, term)

    def forget_entropy(self) -> None:
        """From now on choose children by length alone, so that the tours converge sooner."""
        self._edges = _no_edges()

    def thin(self, size: int) -> None:
        """Go on with the ``size`` shortest tours."""
        kept = np.argsort(self.lengths, kind="stable")[:size]
        self.links = np.ascontiguousarray(self.links[kept])
        self.lengths = self.lengths[kept].copy()
        if len(self._edges.times):
            self._edges = self._count()

    def evolve(self, stop: Callable[[], bool]) -> bool:
        """Go through one generation; False if told to stop within it."""
        order = self._generator.permutation(len(self.links))
        begin = 0
        while begin < len(order):
            end = min(begin + self._pairs, len(order))
            began = time.perf_counter()
            generation(
                self.links,
                self.lengths,
                order,
                np.int64(begin),
                np.int64(end),
                self.space.source,
                self._moves,
                self._cycles,
                self._child,
                self._rng,
                self._tries,
                self._edges,
            )
            each = (time.perf_counter() - began) / (end - begin)
            self._pairs = max(1, int(SLICE / max(each, 1e-6)))
            begin = end
            if stop():
                return False
        self.generations += 1
        return True

    def best(self) -> np.ndarray:
        """Return the shortest tour, as nodes of the search space."""
        return self.order_of(int(np.argmin(self.lengths)))

    def order_of(self, index: int) -> np.ndarray:
        """Return one tour, as nodes of the search space."""
        walk(self.links[index], self._child)
        return self._child.order.astype(np.uint32)

    def spread(self) -> float:
        """Return how much longer the mean tour is than the shortest, as a share."""
        least = float(self.lengths.min())
        return float(self.lengths.mean() - least) / max(abs(least), 1e-300)


def _no_edges() -> Edges:
    return Edges(np.zeros((0, 0), np.int16), np.zeros(2))
