"""The annealing search behind the solvers ``ejection`` and ``auto``."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.recorder import closes_gap
from netroute.core.status import StoppedBy
from netroute.solvers.sdn.base import offer
from netroute.solvers.sdn.path_search import PathSearch

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_set import PathSet
    from netroute.solvers.sdn.path_solution import PathLp
    from netroute.solvers.sdn.schedule import Schedule

SLICE = 5_000
"""Steps of one kernel call: about 5 to 20 ms."""

STEPS = 1_000
"""Steps for each flow where the budget limits neither seconds nor iterations."""

WIDENED = 0.01
"""Share of the budget after which options are chosen anew."""

FIXED = 0.006
"""Fine for an arc in excess, in mean weights, for each unit of the other fine."""


class PathAnnealing:
    """One annealing run over candidate paths, reporting to a recorder.

    Each of several threads searches on its own; the best plan of all is kept.

    Parameters
    ----------
    part : float
        Share of what is left of the budget that the run may use.
    weights : ndarray of float64, shape (F,), optional
        Others than the instance's own.
    unit : float, optional
        Of temperatures, in place of the mean weight of the relaxation's flows.
    goal : float, optional
        Weight at which the run ends; without it, what is proven for the instance.
    """

    def __init__(
        self,
        instance: SdnInstance,
        recorder: Recorder,
        relaxed: PathLp,
        paths: PathSet,
        *,
        schedule: Schedule,
        seed: int,
        threads: int = 1,
        part: float = 1.0,
        weights: np.ndarray | None = None,
        unit: float | None = None,
        goal: float | None = None,
    ) -> None:
        self._instance = instance
        self._recorder = recorder
        self._schedule = schedule
        self._part = part
        self._goal = goal
        self._weights = instance.weights() if weights is None else weights
        self._searches = [
            PathSearch(
                instance, relaxed, paths, weights=self._weights, unit=unit, seed=seed, stream=stream
            )
            for stream in range(threads)
        ]
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._best = (-np.inf, -np.inf)
        self._report_at = 0.0
        self._reporting = 0.0
        self._before = 0
        self._began = 0.0
        self._seconds: float | None = None
        self._iterations: int | None = None

    def run(self) -> None:
        """Anneal until the budget ends; the plan nearest to the relaxation is reported at once."""
        recorder = self._recorder
        self._before, self._began = recorder.iterations, recorder.clock.elapsed()
        seconds, iterations = recorder.budget.seconds, recorder.budget.iterations
        if seconds is not None:
            self._seconds = self._part * (seconds - self._began)
        if iterations is not None:
            self._iterations = math.ceil(self._part * (iterations - self._before))
        self._report(self._searches[:1], recorder.stop)
        self._shorten(recorder.stop)
        widened = -1.0
        while not self._done():
            share = self._share()
            temperature = self._schedule.temperature(share)
            if share >= widened + WIDENED:
                widened = share
                for search in self._searches:
                    search.set_limit(self._schedule.spread(share))
            self._anneal(temperature, self._schedule.fine(share), self._slice())
            if recorder.clock.elapsed() >= self._report_at and self._iterations is None:
                self._report(self._searches, recorder.stop)
        self._report(self._searches)
        if self._pool is not None:
            self._pool.shutdown()
        if self._seconds is not None and self._part == 1.0 and recorder.stopped_by is None:
            # Only what reporting takes was left.
            recorder.stopped_by = None if self._proven() else StoppedBy.TIME

    def _done(self) -> bool:
        recorder = self._recorder
        steps = sum(search.iterations for search in self._searches)
        if recorder.stop(self._before + steps):
            return True
        return self._proven() or self._share() >= 1.0

    def _proven(self) -> bool:
        if self._goal is not None:
            return self._best[0] >= self._goal
        recorder = self._recorder
        return closes_gap(recorder.objective, recorder.best_bound, -1.0)

    def _share(self) -> float:
        """Share of the search's part of the budget that is spent, by the tighter limit."""
        spent = 0.0
        steps = sum(search.iterations for search in self._searches)
        if self._seconds is not None:
            now = self._recorder.clock.elapsed() - self._began
            spent = now / max(self._seconds - 1.5 * self._reporting, 1e-9)
        if self._iterations is not None:
            spent = max(spent, steps / max(1, self._iterations))
        if self._seconds is None and self._iterations is None:
            spent = steps / (self._part * STEPS * max(1, self._instance.size))
        return min(1.0, spent)

    def _slice(self) -> int:
        """Return the steps of each search's next call: fewer at the end of the budget."""
        if self._iterations is None:
            return SLICE
        left = self._iterations - sum(search.iterations for search in self._searches)
        return max(1, min(SLICE, left // len(self._searches)))

    def _anneal(self, temperature: float, fine: float, steps: int) -> None:
        def work(search: PathSearch) -> None:
            search.anneal(temperature, fine, FIXED * fine, self._schedule.reach, steps)

        if self._pool is None:
            work(self._searches[0])
        else:
            list(self._pool.map(work, self._searches))

    def _shorten(self, stop: Callable[[], bool]) -> None:
        """Put the flows of an earlier plan, if it is still the best one, on shorter paths."""
        recorder, search = self._recorder, self._searches[0]
        plan = recorder.solution
        if plan is None or self._best[0] > float(self._weights[plan.admitted].sum()) or stop():
            return
        kept = search.current.copy()
        search.follow(plan)
        self._report(self._searches[:1], stop)
        search.load(kept)

    def _report(self, searches: list[PathSearch], stop: Callable[[], bool] = lambda: False) -> None:
        """Mend the current plans and hand over the best one, unless stopped before."""
        recorder = self._recorder
        began = recorder.clock.elapsed()
        for search in searches:
            found = search.mended(stop)
            if found is not None and found[0] > self._best:
                self._best, choices = found
                offer(self._instance, recorder, search.solution(choices))
        now = recorder.clock.elapsed()
        self._reporting = max(self._reporting, now - began)
        self._report_at = now + max(0.1, 20.0 * (now - began))
