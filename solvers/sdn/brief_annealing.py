"""A short annealing run for solvers whose main work comes after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netroute.solvers.sdn.annealing import FIXED, SLICE
from netroute.solvers.sdn.path_search import PathSearch
from netroute.solvers.sdn.path_set import path_set
from netroute.solvers.sdn.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from netroute.core.budget import Clock
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.path_solution import PathLp

STEPS = 400
"""Steps for each flow without a limit on time."""


def anneal_briefly(
    instance: SdnInstance,
    relaxed: PathLp,
    best: SdnSolution,
    *,
    weights: np.ndarray,
    seed: int,
    clock: Clock,
    seconds: float,
    stop: Callable[[], bool],
    schedule: Schedule | None = None,
) -> SdnSolution:
    """Search among the paths of a relaxation and a plan; return the plan at the end.

    Parameters
    ----------
    relaxed : PathLp
        Solved with ``weights``.
    seconds : float
        May be infinite: the number of steps is fixed then.
    schedule : Schedule, optional
        That for the instance without it.
    """
    search = PathSearch(instance, relaxed, path_set(relaxed, best), weights=weights, seed=seed)
    schedule = Schedule.of(instance, relaxed) if schedule is None else schedule
    began, share = clock.elapsed(), 0.0
    while share < 1.0 and not stop():
        search.set_limit(schedule.spread(share))
        fine = schedule.fine(share)
        search.anneal(schedule.temperature(share), fine, FIXED * fine, schedule.reach, SLICE)
        share = search.iterations / (STEPS * max(1, instance.size))
        if math.isfinite(seconds):
            share = max(share, (clock.elapsed() - began) / max(seconds, 1e-9))
    search.mend()
    return search.solution(search.current)
