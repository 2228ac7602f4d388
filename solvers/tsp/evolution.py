"""Populations from their random beginning to their convergence, one on each thread."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp.local_search import LocalSearch
from netroute.solvers.tsp.population import Population

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.solvers.tsp.base import TspSolver
    from netroute.solvers.tsp.search_space import SearchSpace

PATIENCE = 30
"""Generations without a shorter tour after which children are chosen by length alone."""

ALIKE = 1e-7
"""Mean excess over the shortest tour below which a population has converged."""

HURRY = 0.75
"""Share of its time after which a population is made to converge."""

FEWEST = 16
"""Tours below which a population is not made smaller."""

APART = 0.85
"""Share of the time that populations of several threads are apart before their tours meet."""

POLL = 0.02
"""Seconds between two looks at threads."""


class Evolution:
    """One population, which may run on a thread of its own.

    Parameters
    ----------
    space : SearchSpace
        The problem.
    size, tries : int
        Tours, and children of each pair.
    seed : int
        Of first tours, mating and crossover.
    keep : sequence of ndarray
        Tours to begin with, as nodes of the search space; all others are random.
    """

    def __init__(
        self, space: SearchSpace, *, size: int, tries: int, seed: int, keep: list[np.ndarray]
    ) -> None:
        self._space = space
        self._size = size
        self._tries = tries
        self._seed = seed
        self._keep = keep
        self.generations = 0
        self.best = math.inf
        self.order: np.ndarray | None = None
        """The shortest tour so far; replaced, never changed."""
        self.orders: list[np.ndarray] = []
        """All tours, once the evolution has ended."""

    def run(self, stop: Callable[[Evolution], bool], share: Callable[[], float]) -> None:
        """Go on until the tours are alike, or told to stop.

        Parameters
        ----------
        stop : callable
            ``stop(self)`` is asked between slices, and says whether to end.
        share : callable
            Which share of its time is over.
        """
        orders = self._first(lambda: stop(self))
        if orders is None:
            return
        tours = Population(self._space, orders, seed=self._seed, tries=self._tries)
        stale, by_entropy = 0, True
        began = share()
        # The first tours count as a generation: they may be alike already.
        self.generations += 1
        while True:
            stale = 0 if self._note(tours) else stale + 1
            if stop(self) or stale > PATIENCE or tours.spread() <= ALIKE:
                break
            if tours.evolve(lambda: stop(self)):
                self.generations += 1
            if self._behind(tours, share(), share() - began):
                tours.thin(len(tours.lengths) // 2)
                began = share()
                tours.generations = 0
            if by_entropy and (stale == PATIENCE or share() > HURRY):
                by_entropy = False
                stale = PATIENCE // 2
                tours.forget_entropy()
        self.orders = [tours.order_of(k) for k in range(len(tours.lengths))]

    def _first(self, stop: Callable[[], bool]) -> list[np.ndarray] | None:
        """Return local optima from random tours; None if told to stop before."""
        orders = list(self._keep[: self._size])
        generator = np.random.default_rng([self._seed, 3])
        local = LocalSearch(self._space, seed=self._seed)
        while len(orders) < self._size:
            local.load(self._space.random_order(generator))
            if not local.descend(stop) or stop():
                return None
            orders.append(local.order.copy())
        return orders

    def _behind(self, tours: Population, over: float, spent: float) -> bool:
        """Whether so many tours will hardly converge within the time: the machine is slower now."""
        done = tours.generations
        if done < 3 or spent <= 0.0 or len(tours.lengths) < 2 * FEWEST:
            return False
        needed = 10 + self._space.size / 25
        return (1.0 - over) * done / spent < 0.8 * (needed - self.generations)

    def _note(self, tours: Population) -> bool:
        shortest = float(tours.lengths.min())
        if shortest >= self.best:
            return False
        self.order = tours.best()
        self.best = shortest
        return True


def evolve(
    solver: TspSolver,
    space: SearchSpace,
    recorder: Recorder,
    *,
    size: int,
    tries: int,
    seed: int,
    threads: int = 1,
    keep: list[np.ndarray] | None = None,
) -> np.ndarray | None:
    """Evolve ``size`` tours on each thread; return the shortest one as nodes of the search space.

    Several threads evolve independently; in the end their tours meet in one population. An
    iteration is a generation of all threads.

    Returns
    -------
    ndarray or None
        None if the budget ended before there was a population.
    """
    clock = recorder.clock
    began, given = clock.elapsed(), clock.remaining()
    done = recorder.iterations

    def share(of: float) -> float:
        return (clock.elapsed() - began) / (of * given)

    def offer(evolution: Evolution) -> None:
        if recorder.better(evolution.best) and evolution.order is not None:
            solver.offer(space.instance, recorder, space.to_tour(evolution.order))

    def watch(evolution: Evolution) -> bool:
        offer(evolution)
        return recorder.stop(done + evolution.generations)

    kept = keep or []
    if threads > 1:
        team = [
            Evolution(space, size=size, tries=tries, seed=seed + 101 * k, keep=kept)
            for k in range(threads)
        ]
        _apart(team, recorder, offer, lambda: share(APART))
        kept = _samples(team, size)
        done = recorder.iterations
        if recorder.stop() or not kept:
            return min(team, key=lambda one: one.best).order
        size = len(kept)
    last = Evolution(space, size=size, tries=tries, seed=seed, keep=kept)
    last.run(watch, lambda: share(1.0))
    watch(last)
    return last.order


def _apart(
    team: list[Evolution],
    recorder: Recorder,
    offer: Callable[[Evolution], None],
    share: Callable[[], float],
) -> None:
    """Run evolutions side by side, each until it ends by itself, its time or its generations."""
    before, most = recorder.iterations, recorder.budget.iterations
    generations = math.inf if most is None else max(1, most - before)
    over: list[bool] = []

    def stop(evolution: Evolution) -> bool:
        return bool(over) or share() > 1.0 or evolution.generations >= generations

    with ThreadPoolExecutor(len(team)) as pool:
        waiting = {pool.submit(evolution.run, stop, share) for evolution in team}
        try:
            while waiting:
                finished, waiting = wait(waiting, timeout=POLL)
                for future in finished:
                    future.result()
                for evolution in team:
                    offer(evolution)
                # An iteration budget ends each evolution by itself: the same tours every time.
                slowest = min(evolution.generations for evolution in team)
                if recorder.stop(before + slowest) and most is None:
                    over.append(True)
        finally:
            over.append(True)


def _samples(team: list[Evolution], size: int) -> list[np.ndarray]:
    """Return the shortest tour of each evolution, and as many others as make up a population."""
    each = max(1, size // len(team))
    return [
        order
        for evolution in team
        if evolution.order is not None
        for order in [evolution.order, *evolution.orders[: each - 1]]
    ]
