"""OR-Tools' routing library: guided local search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.solvers.peers.routing import (
    FIRST_SOLUTIONS,
    routes_of,
    search_parameters,
    solve_routing,
)
from netroute.solvers.vrp.peers.base import PeerSolver
from netroute.solvers.vrp.peers.progress import complete_routes

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance, VrpSolution
    from netroute.solvers.vrp.peers.integers import IntegerInstance
    from netroute.solvers.vrp.peers.progress import Progress


@dataclass(frozen=True, kw_only=True)
class OrtoolsSolver(PeerSolver):
    """OR-Tools' routing library with guided local search; solutions found count as iterations.

    Guided local search never ends by itself: without seconds or iterations in the budget, plain
    local search is used, which ends in its first local optimum. An interrupt takes effect at the
    next solution found: asking more often from Python would take most of the time.

    Source: L. Perron, V. Furnon, OR-Tools (Google).
    """

    name: ClassVar[str] = "ortools"
    summary: ClassVar[str] = "OR-Tools routing: guided local search"
    package: ClassVar[str] = "ortools"

    first: str = parameter(
        "PATH_CHEAPEST_ARC",
        "first solution strategy",
        choices=FIRST_SOLUTIONS,
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
        """Run the routing library; it has no seed."""
        from ortools.constraint_solver import pywrapcp

        manager = pywrapcp.RoutingIndexManager(instance.size, data.vehicles, 0)
        routing = pywrapcp.RoutingModel(manager)
        routing.SetArcCostEvaluatorOfAllVehicles(
            routing.RegisterTransitMatrix(data.distances.tolist())
        )
        loads = routing.RegisterUnaryTransitVector(data.demand)
        routing.AddDimension(loads, 0, data.capacity, True, "load")
        found = 0

        def on_solution() -> None:
            nonlocal found
            found += 1
            progress.offer(
                lambda: routes_of(manager, routing, lambda i: routing.NextVar(i).Value())
            )
            if progress.stop(found):
                routing.solver().FinishCurrentSearch()

        routing.AddAtSolutionCallback(on_solution)
        settings = search_parameters(recorder, self.first)
        routing.CloseModelWithParameters(settings)
        given = complete_routes(instance, start, data.vehicles)
        answer = solve_routing(routing, recorder, settings, given)
        if answer is not None:
            progress.record(routes_of(manager, routing, lambda i: answer.Value(routing.NextVar(i))))
        progress.stop(found)
