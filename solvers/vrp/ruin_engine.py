"""Ruin and recreate as an object: load a plan, anneal in slices, read the best plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.solvers._kernels.distance import Matrix
from netroute.solvers.vrp._kernels.plan import ABSENT, empty_plan, load_plan, read_plan
from netroute.solvers.vrp._kernels.recreate import insert_absent
from netroute.solvers.vrp._kernels.ruin_recreate import anneal, measure_near
from netroute.solvers.vrp._kernels.ruin_state import (
    BEST,
    CURRENT,
    DIRTY,
    Best,
    Problem,
    new_work,
)
from netroute.solvers.vrp.savings import split_flat

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.solvers._kernels.distance import Points
    from netroute.solvers.vrp.search_data import SearchData

BLINK_RATE = 0.01
STRINGS = 10.0
"""Mean number of clients a ruin removes (the paper's c-bar)."""
LONGEST = 10.0
"""Longest string removed (the paper's L-max)."""
DOUBLE = 0.5
"""Probability that a ruin of one string becomes one of two."""
WINDOW = 400
"""In large instances ruins of one slice start within this many consecutive nodes."""
WINDOW_SIZE = 2_500
"""From this many nodes on the window is used."""


class RuinEngine:
    """One annealing search over one plan.

    Parameters
    ----------
    data : SearchData
        The instance.
    seed : int
        Same seed and same calls give the same plans.
    stream : int
        Number of the random stream, for several engines under one seed.
    """

    def __init__(self, data: SearchData, *, seed: int, stream: int = 0) -> None:
        self.data = data
        size = data.size
        self._routes = min(data.fleet, size - 1)
        self._plan = empty_plan(size, self._routes)
        self._work = new_work(size, self._routes, kernel_state(seed, 1, stream))
        self._best = Best(np.zeros(self._routes, np.uint32), np.zeros(size, np.uint32))
        self._flat = np.empty(2 * size + 1, np.uint32)
        if data.symmetric or not isinstance(data.source, Matrix):
            self._back = data.source
        else:
            self._back = Matrix(np.ascontiguousarray(data.source.values.T))
        reach, reach_back, away, home = _reaches(data.source, self._back, data.near)
        self._problem = Problem(data.near, reach, reach_back, data.demand, away, home)
        self._blink = float(np.log1p(-BLINK_RATE))
        self._members = np.zeros(0, np.uint32)
        self.iterations = 0
        self.slack = np.inf
        """A scan of near clients ends where twice their distance exceeds the best cost by this."""

    @property
    def cost(self) -> float:
        """Cost of the current plan."""
        return float(self._work.cost[CURRENT])

    @property
    def best_cost(self) -> float:
        """Cost of the best plan."""
        return float(self._work.cost[BEST])

    def load(self, routes: Iterable[np.ndarray]) -> bool:
        """Make ``routes`` the current and best plan; clients they lack are inserted.

        Returns False, with the plan undefined, if the fleet does not suffice for that.
        """
        if not self.load_part(routes):
            return False
        left = insert_absent(
            self.data.source, self._back, self._problem, self.data.capacity,
            self._plan, self._work, self._blink,
        )  # fmt: skip
        self._members = np.arange(1, self.data.size, dtype=np.uint32)
        self._reset()
        return bool(left == 0)

    def load_part(self, routes: Iterable[np.ndarray]) -> bool:
        """Make ``routes`` the current and best plan; all other clients stay out of the search."""
        flat = join_flat(routes)
        if load_plan(self.data.source, self.data.demand, flat, self._plan) < 0.0:
            return False
        self._members = np.sort(flat[flat > 0])
        self._reset()
        return True

    def _reset(self) -> None:
        """Count the current plan's cost and make it the best one."""
        plan = self._plan
        served = plan.route[1:] != ABSENT
        total = float(plan.before[1:][served].sum())
        used = plan.length > 0
        self._work.cost[CURRENT] = total + float(plan.after[plan.last[used]].sum())
        self._best.first[:] = np.where(used, plan.first, 0)
        self._best.succ[:] = plan.succ
        self._work.dirty[:] = False
        self._work.scalar[DIRTY] = 0
        self._work.cost[BEST] = self._work.cost[CURRENT]

    def mean_edge(self) -> float:
        """Mean client-client edge of the current plan, the unit of temperature; 1 without any."""
        edges = self._plan.after[self._members][self._plan.succ[self._members] != 0]
        return float(edges.mean()) if edges.size and edges.any() else 1.0

    def anneal(self, temperature: float, iterations: int) -> None:
        """Do ``iterations`` ruins and recreates at a fixed temperature."""
        clients = len(self._members)
        if clients == 0:
            return
        window, start = clients, 0
        if clients > WINDOW_SIZE:
            window = WINDOW
            start = int(self._work.rng[0] % np.uint64(clients))
        anneal(
            self.data.source, self._back, self._problem, self.data.capacity, self._plan,
            self._work, self._best, temperature, self.slack, self._blink, STRINGS, LONGEST, DOUBLE,
            self._members, start, window, iterations,
        )  # fmt: skip
        self.iterations += iterations

    def routes(self) -> list[np.ndarray]:
        """Return the current plan."""
        first = np.where(self._plan.length > 0, self._plan.first, np.uint32(0))
        return self._read(first, self._plan.succ)

    def best_routes(self) -> list[np.ndarray]:
        """Return the best plan."""
        return self._read(self._best.first, self._best.succ)

    def _read(self, first: np.ndarray, succ: np.ndarray) -> list[np.ndarray]:
        length = read_plan(first.astype(np.uint32), succ, self._flat)
        return split_flat(self._flat[:length].copy())


def join_flat(routes: Iterable[np.ndarray]) -> np.ndarray:
    """Join routes into one uint32 array in which each is followed by 0."""
    parts: list[np.ndarray] = []
    for route in routes:
        parts += [np.asarray(route, np.uint32), np.zeros(1, np.uint32)]
    return np.concatenate(parts) if parts else np.zeros(0, np.uint32)


def _reaches(
    source: Matrix | Points, back: Matrix | Points, near: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Distances to and from the near clients, from the depot to each node and back."""
    reach, away = np.empty(near.shape, np.float32), np.empty(len(near))
    measure_near(source, near, reach, away)
    if back is source:
        return reach, reach, away, away
    reach_back, home = np.empty(near.shape, np.float32), np.empty(len(near))
    measure_near(back, near, reach_back, home)
    return reach, reach_back, away, home
