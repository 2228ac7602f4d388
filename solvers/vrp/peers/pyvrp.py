"""PyVRP: iterated local search with soft capacities (hybrid genetic search before 0.13)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.vrp.peers.base import PeerSolver
from netroute.solvers.vrp.peers.progress import complete_routes

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance, VrpSolution
    from netroute.solvers.vrp.peers.integers import IntegerInstance
    from netroute.solvers.vrp.peers.progress import Progress


@dataclass(frozen=True, kw_only=True)
class PyvrpSolver(PeerSolver):
    """PyVRP 0.14 with its default parameters.

    Source: N. Wouda, L. Lan, W. Kool, PyVRP: a high-performance VRP solver package (INFORMS Journal
    on Computing 2024).
    """

    name: ClassVar[str] = "pyvrp"
    summary: ClassVar[str] = "PyVRP (extra 'peers'): iterated local search"
    package: ClassVar[str] = "pyvrp"

    idle_iterations: int = parameter(
        20_000, "end after so many iterations without improvement, where no budget is given", low=1
    )

    def drive(
        self,
        instance: VrpInstance,
        data: IntegerInstance,
        recorder: Recorder,
        progress: Progress,
        seed: int,
        start: VrpSolution | None,
    ) -> None:
        """Run PyVRP until the recorder says stop."""
        import pyvrp

        problem = _problem(instance, data)
        initial = None
        routes = complete_routes(instance, start, data.vehicles)
        if routes is not None:
            initial = pyvrp.Solution(problem, [[c - 1 for c in route] for route in routes])

        class Callbacks(pyvrp.IteratedLocalSearchCallbacks):
            def on_start(self, ils: Any) -> None:
                self.on_best(ils.initial_solution)

            def on_best(self, best: Any) -> None:
                if best.is_feasible():
                    progress.offer(lambda: _routes(best))

        stop = _Stop(progress, self.idle_iterations if _unlimited(recorder) else None)
        settings = pyvrp.SolveParams(ils=pyvrp.IteratedLocalSearchParams(callbacks=Callbacks()))
        with warnings.catch_warnings():
            # PyVRP warns where penalties reach their limit; the check decides on feasibility.
            warnings.simplefilter("ignore")
            found = pyvrp.solve(
                problem,
                stop=stop,
                seed=seed,
                collect_stats=False,
                display=False,
                params=settings,
                initial_solution=initial,
            )
        if found.is_feasible():
            progress.record(_routes(found.best))


class _Stop:
    """PyVRP's stopping criterion, asked once an iteration."""

    def __init__(self, progress: Progress, idle: int | None) -> None:
        self._progress = progress
        self._idle = idle
        self._iterations = 0
        self._best: tuple[float, int] = (np.inf, 0)

    def __call__(self, best_cost: float) -> bool:
        if best_cost < self._best[0]:
            self._best = (best_cost, self._iterations)
        if self._idle is not None and self._iterations - self._best[1] >= self._idle:
            return True
        if self._progress.stop(self._iterations):
            return True
        self._iterations += 1
        return False


def _unlimited(recorder: Recorder) -> bool:
    return recorder.budget.seconds is None and recorder.budget.iterations is None


def _problem(instance: VrpInstance, data: IntegerInstance) -> Any:
    import pyvrp

    points = instance.coordinates
    if points is None:
        points = np.zeros((instance.size, 2))
    locations = [pyvrp.Location(float(x), float(y)) for x, y in points]
    clients = [
        pyvrp.Client(location, delivery=[data.demand[location]]) for location in instance.clients
    ]
    vehicle = pyvrp.VehicleType(num_available=data.vehicles, capacity=[data.capacity])
    # Durations do not matter here: without them PyVRP leaves time out.
    distances: Any = data.distances
    durations: Any = np.zeros_like(distances)
    return pyvrp.ProblemData(
        locations, clients, [pyvrp.Depot(0)], [vehicle], [distances], [durations]
    )


def _routes(solution: Any) -> list[list[int]]:
    """Clients of each route as locations of the instance."""
    return [[visit.idx + 1 for visit in route if visit.is_client()] for route in solution.routes()]
