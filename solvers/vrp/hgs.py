"""Hybrid genetic search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.costs import plan_cost
from netroute.solvers.vrp.hgs_start import complete, sweep_plan
from netroute.solvers.vrp.search_data import search_data

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance
    from netroute.solvers.vrp.hgs_engine import HgsEngine
    from netroute.solvers.vrp.search_data import SearchData


@dataclass(frozen=True, kw_only=True)
class HgsSolver(VrpSolver):
    """Genetic search whose offspring are improved by a granular local search with SWAP*.

    Strong up to about 300 clients; beyond, few offspring are made in a short time. An iteration is
    one offspring.

    Source: T. Vidal, Hybrid genetic search for the CVRP: open-source implementation and SWAP*
    neighborhood (Computers & OR 2022). The defaults are those of the paper.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 3], [4, 3], [4, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> HgsSolver().solve(instance, budget=Budget(iterations=20)).objective
    18.0
    """

    name: ClassVar[str] = "hgs"
    summary: ClassVar[str] = "hybrid genetic search with SWAP*; strong up to 300 clients"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet"})

    minimum: int = parameter(25, "individuals kept of a subpopulation", low=2, high=1000)
    generation: int = parameter(40, "individuals added before the next selection", low=1, high=1000)
    elite: int = parameter(4, "best individuals protected by the fitness", low=0, high=1000)
    close: int = parameter(5, "closest individuals that diversity looks at", low=1, high=25)
    neighbours: int = parameter(20, "nearest clients that moves look at", low=1, high=100)
    target_feasible: float = parameter(0.2, "wanted share of feasible offspring", low=0, high=1)
    restart: int = parameter(20_000, "offspring without improvement before a restart", low=1)

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Record a plan by sweep, then breed until the budget is used up."""
        from netroute.solvers.vrp.hgs_engine import HgsEngine, HgsParameters, compile_hgs

        if not instance.clients:
            recorder.incumbent(0.0, VrpSolution(()))
            return
        data = search_data(instance, neighbours=self.neighbours)
        plan = sweep_plan(instance, data, seconds=recorder.clock.remaining() / 4)
        plans = []
        if plan is not None:
            recorder.incumbent(
                plan_cost(instance, data, plan), data.to_solution(plan), vehicles=len(plan)
            )
            plans.append(plan)
        if start is not None:
            evaluation = self.evaluate(instance, start)
            if evaluation.feasible:
                recorder.incumbent(evaluation.objective, start, vehicles=len(start.routes))
            plans.append(complete(instance, data, data.to_routes(start)))
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_hgs(data)
        engine = HgsEngine(instance, data, seed=seed, parameters=HgsParameters(**self.parameters()))
        for routes in plans:
            self._take_in(instance, data, engine, recorder, routes)
        limit = recorder.budget.iterations
        known = 0
        while True:
            if engine.improvements > known:
                known = engine.improvements
                best = engine.best_routes()
                recorder.incumbent(
                    plan_cost(instance, data, best), data.to_solution(best), vehicles=len(best)
                )
            if recorder.stop(engine.iterations):
                return
            left = None if limit is None else limit - engine.iterations
            engine.step(seconds=_slice(recorder), offspring=left)

    def _take_in(
        self,
        instance: VrpInstance,
        data: SearchData,
        engine: HgsEngine,
        recorder: Recorder,
        routes: list[np.ndarray],
    ) -> None:
        """Improve a plan, which gives an answer even where time is short, and add it."""

        def halt() -> bool:
            return recorder.stop(engine.iterations)

        def record(found: list[np.ndarray]) -> None:
            cost = plan_cost(instance, data, found)
            recorder.incumbent(cost, data.to_solution(found), vehicles=len(found))

        if all(data.demand[route].sum() <= data.capacity for route in routes):
            _, routes = engine.improve(routes, seconds=recorder.clock.remaining(), halt=halt)
            record(routes)
        engine.inject(routes, seconds=recorder.clock.remaining(), halt=halt)


def _slice(recorder: Recorder) -> float:
    return min(0.02, max(0.001, recorder.clock.remaining()))
