"""The annealing search behind the solvers ``sisr`` and ``auto``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netroute.solvers.vrp.anneal_team import AnnealTeam
from netroute.solvers.vrp.costs import plan_cost, route_costs
from netroute.solvers.vrp.polishing import Polisher
from netroute.solvers.vrp.route_pool import RoutePool
from netroute.solvers.vrp.schedule import spent_share

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData

SLICE = 1_000
"""Iterations of one kernel call: about 3 to 6 ms."""

ROUND = 2_000_000
"""Length of one annealing round where the budget limits neither seconds nor iterations."""

SAMPLE_BELOW = 0.3
"""Routes are collected while the temperature is below this many mean edges."""

SAMPLES = 200
"""Plans collected for one set partitioning."""

MIP_NODES = 200
"""Branch-and-bound nodes of one set partitioning."""

MIP_SHARE = 0.05
"""Most of a budget in seconds that one set partitioning may take."""

MIP_COLUMNS = 2_000
"""Most routes of one set partitioning that has two and a half seconds or no limit. With less time
it gets fewer: 2000 long routes take its relaxation alone a second and more."""

LAST_POLISH = 0.985
"""Share of the budget after which the best plan is polished for the last time."""

MIP_PLANS = 5
"""That many plans' routes are taken in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cooling:
    """Temperatures in mean client-client edges of the first plan, falling geometrically.

    Examples
    --------
    >>> Cooling(hot=1.0, cold=0.1).at(0.0), round(Cooling(hot=1.0, cold=0.1).at(1.0), 6)
    (1.0, 0.1)
    """

    hot: float
    cold: float

    def at(self, share: float) -> float:
        """Temperature when ``share`` of the budget is spent."""
        return self.hot * math.exp(math.log(self.cold / self.hot) * share)

    def share_at(self, temperature: float) -> float:
        """Share of the budget after which ``temperature`` is reached."""
        return math.log(temperature / self.hot) / math.log(self.cold / self.hot)


class Annealing:
    """One annealing run on an instance, reporting to a recorder.

    Parameters
    ----------
    combinations : tuple of float
        Shares of the budget at which the routes collected so far are combined by set
        partitioning; empty for plain annealing. At each of them, and once more near the end, local
        search polishes the best plan where distances are symmetric.
    """

    def __init__(
        self,
        instance: VrpInstance,
        data: SearchData,
        recorder: Recorder,
        *,
        seed: int,
        threads: int,
        cooling: Cooling,
        combinations: tuple[float, ...] = (),
    ) -> None:
        self._instance = instance
        self._data = data
        self._recorder = recorder
        self._cooling = cooling
        self._milestones = list(combinations)
        self._first_sample = cooling.share_at(SAMPLE_BELOW)
        self._next_sample = self._first_sample
        self._pool = RoutePool(data.size, fleet=data.fleet)
        position = None
        if instance.coordinates is not None:
            position = instance.coordinates[data.location]
        self.team = AnnealTeam(data, position, threads=threads, seed=seed)
        self._before = 0
        self._combining = 0.0
        self._seed = seed
        self._polisher: Polisher | None = None
        self._last_polish = LAST_POLISH if combinations else math.inf
        self._reported = math.inf
        self._report_at = 0.0

    def run(self, routes: list[np.ndarray]) -> bool:
        """Anneal from ``routes`` until the budget ends; False if the fleet is too small for it."""
        recorder = self._recorder
        self._pool.capacity = max(self._columns(), MIP_PLANS * len(routes))
        self._before = recorder.iterations
        with self.team as team:
            if not team.load(routes):
                return False
            self._report(force=True)
            while not recorder.stop(self._before + team.iterations):
                share = spent_share(recorder, round_length=ROUND)
                team.anneal(self._cooling.at(share), self._slice())
                self._report(force=False)
                if share >= self._next_sample and self._milestones:
                    self._sample(share)
                if self._milestones and share >= self._milestones[0]:
                    self._milestones.pop(0)
                    self._polish()
                    self._combine()
                if share >= self._last_polish:
                    self._last_polish = math.inf
                    self._polish()
            self._report(force=True)
        return True

    def _slice(self) -> int:
        """Return the iterations of each engine's next call: fewer at the end of the budget."""
        limit = self._recorder.budget.iterations
        if limit is None:
            return SLICE
        left = limit - self._recorder.iterations
        return max(1, min(SLICE, left // self.team.threads))

    def _report(self, *, force: bool) -> None:
        """Hand over the best plan; improvements come fast, so all but the last are thinned out."""
        cost = self.team.best_cost
        recorder = self._recorder
        if cost >= self._reported - 1e-7:
            return
        target = recorder.budget.target
        began = recorder.clock.elapsed()
        if not force and began < self._report_at and (target is None or cost > target):
            return
        routes = self.team.best_routes()
        solution = self._data.to_solution(routes)
        exact = plan_cost(self._instance, self._data, routes)
        recorder.incumbent(exact, solution, vehicles=len(routes))
        self._reported = cost
        now = recorder.clock.elapsed()
        self._report_at = now + max(0.05, 20.0 * (now - began))

    def _sample(self, share: float) -> None:
        """Put the routes of the current plans into the pool."""
        for routes in self.team.plans():
            self._pool.add(routes, self._costs(routes))
        self._next_sample = share + (1.0 - self._first_sample) / SAMPLES

    def _polish(self) -> None:
        """Improve the best plan by local search."""
        recorder, data = self._recorder, self._data
        if not data.symmetric:
            return
        if self._polisher is None:
            self._polisher = Polisher(self._instance, data, seed=self._seed)
        left = recorder.clock.remaining()
        cost, routes = self._polisher.improve(
            self.team.best_routes(),
            seconds=left / 4.0,
            halt=lambda: recorder.stop(self._before + self.team.iterations),
        )
        if cost < self.team.best_cost - 1e-6:
            self.team.adopt(routes)
            self._report(force=False)

    def _columns(self) -> int:
        """Return how many routes set partitioning can take in its share of the budget."""
        seconds = self._recorder.budget.seconds
        if seconds is None:
            return MIP_COLUMNS
        return int(MIP_COLUMNS * min(1.0, MIP_SHARE * seconds / 2.5) ** 0.3)

    def _combine(self) -> None:
        """Replace the current plan by the best one that the collected routes allow, if better."""
        recorder = self._recorder
        best = self.team.best_routes()
        self._pool.add(best, self._costs(best))
        left = recorder.clock.remaining()
        if left < 1.5 * self._combining:
            return
        seconds = 60.0
        if recorder.budget.seconds is not None:
            seconds = min(seconds, left / 4.0, MIP_SHARE * recorder.budget.seconds)
        recorder.phase("set partitioning")
        routes = self._pool.combine(seconds=seconds, nodes=MIP_NODES)
        # The MIP solver may overrun its limit: what it took is what it may take again.
        self._combining = left - recorder.clock.remaining() if math.isfinite(left) else 0.0
        if routes is not None and sum(self._costs(routes)) < self.team.best_cost - 1e-6:
            self.team.adopt(routes)
            self._report(force=False)

    def _costs(self, routes: list[np.ndarray]) -> np.ndarray:
        return route_costs(self._instance, self._data, routes)
