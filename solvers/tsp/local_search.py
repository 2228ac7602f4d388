"""Lin-Kernighan descents and chained local search on one tour, in slices."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp._kernels.chained import kick_and_mend
from netroute.solvers.tsp._kernels.lin_kernighan import descend
from netroute.solvers.tsp._kernels.tour import Queue, TourState

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.tsp.search_space import SearchSpace

LOG = 4_096
"""Reversals that can be taken back; a descent is also cut into slices of that many."""

REACH = 50
"""Longest path that a kick moves, in nodes."""

SLICE = 0.02
"""Seconds that a slice of kicks should take."""


class LocalSearch:
    """One tour under local search.

    Parameters
    ----------
    space : SearchSpace
        The problem.
    seed : int
        Of the kicks.
    """

    def __init__(self, space: SearchSpace, *, seed: int) -> None:
        size = space.size
        self.space = space
        self._moves = space.moves()
        self._tour = TourState(
            np.zeros(size, np.uint32),
            np.zeros(size, np.uint32),
            np.zeros((LOG, 2), np.int64),
            np.zeros(1, np.int64),
        )
        self._queue = Queue(
            np.zeros(size, np.uint32), np.zeros(size, np.uint8), np.zeros(2, np.int64)
        )
        state = np.random.SeedSequence([seed, 1]).generate_state(1, np.uint64)
        self._rng = np.maximum(state, np.uint64(1))
        self._kicks = 100

    @property
    def order(self) -> np.ndarray:
        """The tour, as nodes of the search space; overwritten by further work."""
        return self._tour.order

    def load(self, order: np.ndarray) -> None:
        """Begin with a tour; all nodes are to be looked at."""
        self._tour.order[:] = order
        self._tour.place[order] = np.arange(len(order), dtype=np.uint32)
        self._tour.logged[0] = 0
        self._queue.node[:] = order
        self._queue.inside[:] = 1
        self._queue.ends[:] = 0, len(order)

    def descend(self, stop: Callable[[], bool] = lambda: False) -> bool:
        """Go down to a local optimum; False if told to stop before."""
        while self._queue.ends[1] > 0:
            self._tour.logged[0] = 0
            descend(self._tour, self.space.source, self._moves, self._queue)
            if self._queue.ends[1] > 0 and stop():
                return False
        self._tour.logged[0] = 0
        return True

    def kick(self, most: int) -> tuple[int, float]:
        """Kick and mend for a slice, at most ``most`` times; return how often, and the gain."""
        kicks = min(self._kicks, most)
        began = time.perf_counter()
        gain = kick_and_mend(
            self._tour,
            self.space.source,
            self._moves,
            self._queue,
            self._rng,
            np.int64(REACH),
            np.int64(kicks),
        )
        seconds = max(time.perf_counter() - began, 1e-6)
        if kicks == self._kicks:
            self._kicks = int(np.clip(kicks * SLICE / seconds, kicks // 2 + 1, 2 * kicks))
        return kicks, float(gain)
