"""Nearest neighbour: always go to the closest node that is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp._kernels.nearest import extend_nearest
from netroute.solvers.tsp.base import ConstructionSolver, halted
from netroute.solvers.tsp.costs import cost_source
from netroute.solvers.tsp.fixed import fixed_edges
from netroute.solvers.tsp.neighbours import nearest_neighbours

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance

SLICE = 128
"""Nodes visited between two looks at the clock."""


@dataclass(frozen=True, kw_only=True)
class NearestSolver(ConstructionSolver):
    """Start at the first node and go to the nearest node that is left; about 25 % too long.

    The seed has no influence. Source: D. Rosenkrantz, R. Stearns and P. Lewis, An analysis of
    several heuristics for the traveling salesman problem (SIAM Journal on Computing 1977).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [4, 0], [1, 0], [-2, 0]])
    >>> NearestSolver().solve(instance).solution.tour.tolist()
    [0, 2, 1, 3]
    """

    name: ClassVar[str] = "nearest"
    summary: ClassVar[str] = "nearest neighbour from the first node"
    supports: ClassVar[frozenset[str]] = FEATURES

    neighbours: int = parameter(10, "length of the lists that are looked at first", low=1, high=100)

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour."""
        n = instance.size
        source = cost_source(instance)
        near = nearest_neighbours(instance, self.neighbours)
        mate, entered, start = fixed_edges(instance)
        left = np.arange(n, dtype=np.uint32)
        left[start] = n - 1
        place = np.arange(n, dtype=np.uint32)
        place[n - 1], place[start] = start, n
        tour = np.empty(n, np.uint32)
        tour[0] = start
        state = np.ones(1, np.int64)
        arguments = (source, near, mate, entered, left, place, tour, state)
        with recorder.clock.compiling():
            extend_nearest(*arguments, 0)
        while state[0] < n:
            if halted(recorder):
                return None
            extend_nearest(*arguments, SLICE)
        return tour
