"""Exchanges of two edges and moves of short paths, down to a local optimum: the quick answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.tsp._kernels.or_opt import kick_and_settle, settle
from netroute.solvers.tsp.base import halted
from netroute.solvers.tsp.local_search import REACH, LocalSearch
from netroute.solvers.tsp.search_base import SearchSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance
    from netroute.solvers.tsp.search_space import SearchSpace

LONGEST = 3
"""Nodes of the instance in the longest path that moves."""


class OrOpt(LocalSearch):
    """One tour that goes down by exchanges of two edges and moves of short paths."""

    def __init__(self, space: SearchSpace, *, seed: int) -> None:
        super().__init__(space, seed=seed)
        self._longest = np.int64(LONGEST * space.size // len(space.nodes))

    def descend(self, stop: Callable[[], bool] = lambda: False) -> bool:
        """Go down to a local optimum; False if told to stop before."""
        while self._queue.ends[1] > 0:
            self._tour.logged[0] = 0
            settle(self._tour, self.space.source, self._moves, self._queue, self._longest)
            if self._queue.ends[1] > 0 and stop():
                return False
        self._tour.logged[0] = 0
        return True

    def kick(self, most: int) -> tuple[int, float]:
        """Kick and mend ``most`` times; return how often, and the gain."""
        gain = kick_and_settle(
            self._tour,
            self.space.source,
            self._moves,
            self._queue,
            self._rng,
            np.int64(REACH),
            self._longest,
            np.int64(most),
        )
        return most, float(gain)


@dataclass(frozen=True, kw_only=True)
class OrOptSolver(SearchSolver):
    """Exchanges two edges or moves up to three nodes, as long as that makes a greedy tour shorter.

    Ends at a local optimum, which counts as one iteration; the seed has no influence. Sources: G.
    Croes, A method for solving traveling-salesman problems (Operations Research 1958); I. Or,
    Traveling salesman-type combinatorial problems (dissertation, Northwestern University 1976); J.
    Bentley, Fast algorithms for geometric traveling salesman problems (ORSA Journal on Computing
    1992).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k % 4, k // 4] for k in range(12)])
    >>> OrOptSolver().solve(instance).objective
    12.0
    """

    name: ClassVar[str] = "or-opt"
    summary: ClassVar[str] = "the quick answer: exchanges of two edges and moves of short paths"

    def compile(self, instance: TspInstance) -> None:
        """Compile the kernels of this solver only."""
        from netroute.solvers.tsp.warmup import compile_kind

        compile_kind(instance, compile_settling)

    def descend(
        self, space: SearchSpace, recorder: Recorder, first: np.ndarray, *, seed: int
    ) -> LocalSearch | None:
        """Bring the first tour to a local optimum of these moves."""
        local = OrOpt(space, seed=seed)
        local.load(space.from_tour(first))
        local.descend(lambda: halted(recorder))
        self.offer(space.instance, recorder, space.to_tour(local.order))
        return local

    def improve(
        self, space: SearchSpace, local: LocalSearch, recorder: Recorder, *, seed: int
    ) -> None:
        """Count the descent as an iteration."""
        recorder.stop(recorder.iterations + 1)


@cache
def compile_settling(kind: str) -> None:
    """Compile the descent for a kind of distances: integers, floats, points."""
    from netroute.solvers.tsp.warmup import tiny_space

    space = tiny_space(kind)
    local = OrOpt(space, seed=0)
    local.load(space.random_order(np.random.default_rng(0)))
    local.descend()
    local.kick(1)
