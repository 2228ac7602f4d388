"""One population from its random beginning to its convergence, within a run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp.population import Population

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.solvers.tsp.base import TspSolver
    from netroute.solvers.tsp.local_search import LocalSearch

PATIENCE = 30
"""Generations without a shorter tour after which children are chosen by length alone."""

ALIKE = 1e-7
"""Mean excess over the shortest tour below which a population has converged."""

HURRY = 0.75
"""Share of its time after which a population is made to converge."""


def evolve(
    solver: TspSolver,
    local: LocalSearch,
    recorder: Recorder,
    *,
    size: int,
    tries: int,
    seed: int,
    keep: list[np.ndarray] | None = None,
) -> np.ndarray | None:
    """Evolve ``size`` tours; return the shortest one as nodes of the search space.

    Parameters
    ----------
    solver : TspSolver
        Offers what is found.
    local : LocalSearch
        Brings random tours to local optima; its tour is overwritten.
    size, tries : int
        Tours, and children of each pair.
    keep : list of ndarray, optional
        Tours to begin with, all others are random.

    Returns
    -------
    ndarray or None
        None if the budget ended before there was a population.
    """
    space, clock = local.space, recorder.clock
    began, given = clock.elapsed(), clock.remaining()
    orders = list(keep or [])
    generator = np.random.default_rng([seed, 3])
    while len(orders) < size:
        local.load(space.random_order(generator))
        if not local.descend(recorder.stop) or recorder.stop():
            return None
        orders.append(local.order.copy())
    tours = Population(space, orders, seed=seed, tries=tries)
    best = math.inf
    stale = 0
    by_entropy = True
    # The first tours count as a generation: they may be alike already.
    going = not recorder.stop(recorder.iterations + 1)
    while True:
        shortest = float(tours.lengths.min())
        stale = 0 if shortest < best else stale + 1
        best = min(best, shortest)
        if recorder.better(best):
            solver.offer(space.instance, recorder, space.to_tour(tours.best()))
        if not going or stale > PATIENCE or tours.spread() <= ALIKE:
            break
        going = tours.evolve(recorder.stop) and not recorder.stop(recorder.iterations + 1)
        hurried = clock.elapsed() - began > HURRY * given
        if by_entropy and (stale == PATIENCE or hurried):
            by_entropy = False
            stale = PATIENCE // 2
            tours.forget_entropy()
    return tours.best()
