"""Genetic search as the opening of the default solver on small instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.solvers.vrp.costs import plan_cost
from netroute.solvers.vrp.hgs_engine import HgsEngine, compile_hgs
from netroute.solvers.vrp.schedule import spent_share

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.search_data import SearchData

OFFSPRING = 200
"""What one offspring counts against a budget of ruin-and-recreate iterations: about its time."""

ROUND = 400_000
"""Iterations after which breeding ends where the budget limits neither seconds nor iterations."""


def breed(
    instance: VrpInstance,
    data: SearchData,
    recorder: Recorder,
    routes: list[np.ndarray],
    *,
    seed: int,
    share: float,
) -> list[np.ndarray]:
    """Use up ``share`` of the budget by genetic search from ``routes``; return the best plan."""
    recorder.phase("compiling")
    with recorder.clock.compiling():
        compile_hgs(data)
    engine = HgsEngine(instance, data, seed=seed)
    best, cost = routes, plan_cost(instance, data, routes)
    limit = recorder.budget.iterations

    def halt() -> bool:
        return recorder.stop(OFFSPRING * engine.iterations)

    engine.inject(routes, seconds=recorder.clock.remaining(), halt=halt)
    while not halt() and spent_share(recorder, round_length=2 * ROUND) < share:
        offspring = 20
        if limit is not None:
            offspring = min(20, int(share * limit) // OFFSPRING - engine.iterations)
        if offspring < 1:
            break
        engine.step(seconds=min(0.02, recorder.clock.remaining()), offspring=offspring)
        if engine.best_cost < cost - 1e-7:
            best = engine.best_routes()
            cost = plan_cost(instance, data, best)
            recorder.incumbent(cost, data.to_solution(best), vehicles=len(best))
    return best
