"""Genetic search as the opening of the default solver on small instances."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
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

BROOD = 20
"""Most offspring of a population between two looks at the budget."""

SLICE = 0.02
"""Seconds after which a brood is interrupted for that look."""


def breed(
    instance: VrpInstance,
    data: SearchData,
    recorder: Recorder,
    routes: list[np.ndarray],
    *,
    seed: int,
    threads: int,
    share: float,
) -> list[np.ndarray]:
    """Use up ``share`` of the budget by genetic search from ``routes``; return the best plan.

    Each thread has a population of its own.
    """
    recorder.phase("compiling")
    with recorder.clock.compiling():
        compile_hgs(data)
    engines = [HgsEngine(instance, data, seed=seed, stream=i) for i in range(threads)]
    best, cost = routes, plan_cost(instance, data, routes)
    limit = recorder.budget.iterations

    def made() -> int:
        return sum(engine.iterations for engine in engines)

    def halt() -> bool:
        return recorder.stop(OFFSPRING * made())

    engines[0].inject(routes, seconds=recorder.clock.remaining(), halt=halt)
    with ThreadPoolExecutor(threads) as pool:
        while not halt() and spent_share(recorder, round_length=2 * ROUND) < share:
            offspring = BROOD
            if limit is not None:
                offspring = min(BROOD, (int(share * limit) // OFFSPRING - made()) // threads)
            if offspring < 1:
                break
            seconds = min(SLICE, recorder.clock.remaining()) if limit is None else None

            def step(
                engine: HgsEngine, seconds: float | None = seconds, brood: int = offspring
            ) -> int:
                return engine.step(seconds=seconds, offspring=brood)

            list(pool.map(step, engines))
            leader = min(engines, key=lambda engine: engine.best_cost)
            if leader.best_cost < cost - 1e-7:
                best = leader.best_routes()
                cost = plan_cost(instance, data, best)
                recorder.incumbent(cost, data.to_solution(best), vehicles=len(best))
    return best
