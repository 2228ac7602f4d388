"""Hybrid genetic search as an object: make offspring in slices, take in and give out plans."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.solvers._kernels.distance import Points
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp._kernels.hgs_advance import advance
from netroute.solvers.vrp.hgs_task import new_population, new_task, new_workspace
from netroute.solvers.vrp.search_data import SearchData

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp._kernels.hgs_state import Task, Workspace

SLICE_SECONDS = 0.02
"""Aimed length of one kernel call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HgsParameters:
    """Settings of the genetic search; the defaults are those of Vidal 2022."""

    minimum: int = 25
    generation: int = 40
    elite: int = 4
    close: int = 5
    neighbours: int = 20
    target_feasible: float = 0.2
    restart: int = 20_000


class HgsEngine:
    """One population and the search on it.

    Results depend on seed and calls only, not on how the work is cut into slices.

    Parameters
    ----------
    instance : VrpInstance
        One depot, one vehicle type, symmetric distances.
    data : SearchData
        Of the same instance, with at least ``parameters.neighbours`` neighbours.
    seed, stream : int
        Several engines under one seed differ in their stream.
    parameters : HgsParameters, optional
    """

    def __init__(
        self,
        instance: VrpInstance,
        data: SearchData,
        *,
        seed: int,
        stream: int = 0,
        parameters: HgsParameters | None = None,
    ) -> None:
        chosen = parameters or HgsParameters()
        self.data = data
        self.routes_limit = route_limit(data)
        self._task: Task = new_task(instance, data, neighbours=chosen.neighbours)
        self._key = (seed, 2, stream)
        self._own = self._workspace(0)
        self._outside: Workspace | None = None
        self._population = new_population(
            data.size,
            self.routes_limit,
            minimum=chosen.minimum,
            generation=chosen.generation,
        )
        control, values = self._population.control, self._population.values
        control[hs.MINIMUM] = chosen.minimum
        control[hs.GENERATION] = chosen.generation
        control[hs.ELITE] = chosen.elite
        control[hs.CLOSE] = chosen.close
        control[hs.INITIAL] = 4 * chosen.minimum
        control[hs.RESTART] = chosen.restart
        control[hs.LEAST] = max(1, -(-int(data.demand.sum()) // max(1, data.capacity)))
        control[hs.FREE] = len(self._population.individual)
        values[hs.TARGET] = chosen.target_feasible
        values[hs.WEIGHT] = self._task.limits[2]
        values[hs.BEST] = values[hs.RUN_BEST] = 1e30
        control[hs.PAST : hs.PAST + int(hs.PENALTY_PERIOD * chosen.target_feasible)] = 1
        self._units = 1 << 16

    @property
    def iterations(self) -> int:
        """Offspring made, the initial random ones included."""
        return int(self._population.control[hs.ITERATIONS])

    @property
    def best_cost(self) -> float:
        """Distance of the best feasible plan, infinite as long as there is none."""
        value = float(self._population.values[hs.BEST])
        return value if value < 1e29 else np.inf

    @property
    def improvements(self) -> int:
        """How often the best plan has changed."""
        return int(self._population.control[hs.BESTS])

    def best_routes(self) -> list[np.ndarray]:
        """Routes of the best feasible plan as arrays of nodes, empty if there is none."""
        count = int(self._population.control[hs.BEST_COUNT])
        return _cut(self._population.tour[-1], self._population.start[-1], count)

    def elites(self, count: int) -> list[tuple[float, list[np.ndarray]]]:
        """Return the ``count`` best feasible plans as (cost, routes), best first."""
        population = self._population
        slots = population.order[0, : min(count, int(population.control[hs.FEASIBLE]))]
        found = []
        for s in slots:
            one = population.individual[s]
            routes = _cut(population.tour[s], population.start[s], int(one["count"]))
            found.append((float(one["distance"]), routes))
        return found

    def step(self, *, seconds: float | None = None, offspring: int | None = None) -> int:
        """Make offspring for about ``seconds`` or until so many are done; return how many.

        An offspring that the time cuts short is finished by the next call. Without limits one
        slice of about 20 ms is done.
        """
        before = self.iterations
        self._population.control[hs.LAST] = (1 << 60) if offspring is None else before + offspring
        if seconds is None:
            seconds = SLICE_SECONDS if offspring is None else np.inf

        def finished() -> bool:
            ready = bool(self._own.progress[hs.STAGE] == hs.READY)
            return ready and self.iterations >= int(self._population.control[hs.LAST])

        self._drive(self._own, hs.EVOLVE, seconds, finished)
        return self.iterations - before

    def inject(
        self,
        routes: Sequence[np.ndarray],
        *,
        seconds: float = np.inf,
        halt: Callable[[], bool] | None = None,
    ) -> bool:
        """Educate a plan and add it to the population; a feasible one stays feasible.

        Parameters
        ----------
        routes : sequence of arrays of nodes
            Over the capacity or too many of them are welcome; clients must be complete.
        seconds : float
            Give up after about this time.
        halt : callable, optional
            Asked between slices whether to give up.

        Returns
        -------
        bool
            Whether the plan was added.
        """
        work = self._load(routes)
        return self._drive(work, hs.INJECT, seconds, lambda: _done(work), halt)

    def improve(
        self,
        routes: Sequence[np.ndarray],
        *,
        seconds: float = np.inf,
        halt: Callable[[], bool] | None = None,
    ) -> tuple[float, list[np.ndarray]]:
        """Local search with SWAP* from a feasible plan that never leaves feasibility.

        The population is left alone. What has been reached when ``seconds`` are over or ``halt``
        says so is returned.

        Returns
        -------
        cost : float
        routes : list of arrays of nodes
        """
        work = self._load(routes)
        work.figures[hs.PENALTY] = hs.HARD * self._task.limits[2]
        if not self._drive(work, hs.POLISH, seconds, lambda: _done(work), halt):
            work.progress[hs.STAGE] = hs.HALTED
            advance(self._task, work, self._population, hs.POLISH, 1)
        count = int(work.progress[hs.COUNT])
        return float(work.figures[hs.DISTANCE]), _cut(work.tour, work.start, count)

    def _workspace(self, number: int) -> Workspace:
        seed, *key = self._key
        random = kernel_state(seed, *key, number)
        return new_workspace(self._task, self.routes_limit, random)

    def _load(self, routes: Sequence[np.ndarray]) -> Workspace:
        if self._outside is None:
            self._outside = self._workspace(1)
        work = self._outside
        kept = [np.asarray(route, np.uint32) for route in routes if len(route)]
        work.tour[:] = np.concatenate(kept)
        work.progress[hs.STAGE] = hs.LOADED
        work.progress[hs.COUNT] = 0  # too many routes are joined and cut anew
        work.progress[hs.LOOP] = -1
        if len(kept) <= self.routes_limit:
            work.start[: len(kept) + 1] = np.cumsum([0, *map(len, kept)])
            work.progress[hs.COUNT] = len(kept)
        return work

    def _drive(
        self,
        work: Workspace,
        mode: int,
        seconds: float,
        finished: Callable[[], bool],
        halt: Callable[[], bool] | None = None,
    ) -> bool:
        """Call the kernel slice by slice, whose length follows the speed; True if finished."""
        end = time.perf_counter() + seconds
        while not finished():
            began = time.perf_counter()
            span = min(SLICE_SECONDS, end - began)
            if span <= 0.0 or (halt is not None and halt()):
                return False
            units = max(64, int(self._units * span / SLICE_SECONDS))
            advance(self._task, work, self._population, mode, units)
            took = time.perf_counter() - began
            done = int(work.progress[hs.WORK])
            if done >= units:
                speed = done / max(took, 1e-6)
                self._units = int(np.clip(speed * SLICE_SECONDS, self._units / 2, self._units * 2))
        return True


def route_limit(data: SearchData) -> int:
    """How many routes plans may have: the fleet, or clearly more than packing by size needs."""
    loads: list[int] = []
    least = -(-int(data.demand.sum()) // max(1, data.capacity))
    # Next fit by decreasing demand uses at most twice the least number of routes.
    for demand in sorted(data.demand[1:].tolist(), reverse=True):
        if loads and loads[-1] + demand <= data.capacity:
            loads[-1] += demand
        else:
            loads.append(demand)
    wanted = max(int(1.3 * least) + 4, len(loads) + 1)
    return min(wanted, data.fleet, data.size - 1)


def _done(work: Workspace) -> bool:
    return bool(work.progress[hs.STAGE] == hs.DONE)


def _cut(tour: np.ndarray, start: np.ndarray, count: int) -> list[np.ndarray]:
    return [tour[start[k] : start[k + 1]].copy() for k in range(count)]


@cache
def _compile(points: bool) -> None:
    from netroute.problems.vrp import VehicleType, VrpInstance
    from netroute.solvers.vrp.search_data import search_data

    instance = VrpInstance(
        coordinates=np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]),
        deliveries=np.array([0.0, 1.0, 1.0]),
        vehicles=(VehicleType(capacity=(2,)),),
    )
    data = search_data(instance, neighbours=2)
    if points:
        source = Points(np.arange(3.0), np.zeros(3), np.zeros(2, np.int64))
        names = SearchData.__dataclass_fields__
        data = SearchData(**{k: getattr(data, k) for k in names} | {"source": source})
    HgsEngine(instance, data, seed=0).step(offspring=1)


def compile_hgs(data: SearchData) -> None:
    """Compile the kernel for the kind of distances of ``data``, so that no budget pays for it."""
    _compile(isinstance(data.source, Points))
