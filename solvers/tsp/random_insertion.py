"""Random insertion: nodes in random order, each where it costs least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.rng import generator
from netroute.problems.tsp.instance import ASYMMETRIC, NEGATIVE
from netroute.solvers.tsp._kernels.insertion import insert_cheapest
from netroute.solvers.tsp.base import ConstructionSolver, halted
from netroute.solvers.tsp.costs import cost_source

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance

SLICE = 64
"""Nodes inserted between two looks at the clock."""


@dataclass(frozen=True, kw_only=True)
class RandomInsertionSolver(ConstructionSolver):
    """Insert the nodes in random order, each at its cheapest place; about 15 % too long.

    Time grows with the square of the number of nodes. The usual yardstick of learned policies.
    Source: D. Rosenkrantz, R. Stearns and P. Lewis, An analysis of several heuristics for the
    traveling salesman problem (SIAM Journal on Computing 1977).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [4, 0], [1, 0], [-2, 0]])
    >>> RandomInsertionSolver().solve(instance, seed=1).objective
    12.0
    """

    name: ClassVar[str] = "random-insertion"
    summary: ClassVar[str] = "nodes in random order, each inserted where it costs least"
    supports: ClassVar[frozenset[str]] = frozenset({ASYMMETRIC, NEGATIVE})

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour."""
        n = instance.size
        source = cost_source(instance)
        order = generator(seed).permutation(n).astype(np.uint32)
        following = np.full(n, order[0], np.uint32)
        state = np.ones(1, np.int64)
        with recorder.clock.compiling():
            insert_cheapest(source, order, following, state, 0)
        while state[0] < n:
            if halted(recorder):
                return None
            insert_cheapest(source, order, following, state, SLICE)
        tour = [0]
        for _ in range(n - 1):
            tour.append(int(following[tour[-1]]))
        return np.array(tour, np.uint32)
