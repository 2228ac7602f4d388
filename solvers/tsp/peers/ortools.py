"""OR-Tools' routing library: guided local search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.tsp.instance import ASYMMETRIC, NEGATIVE
from netroute.solvers.peers.progress import Progress
from netroute.solvers.peers.routing import (
    FIRST_SOLUTIONS,
    routes_of,
    search_parameters,
    solve_routing,
)
from netroute.solvers.tsp.base import TspSolver
from netroute.solvers.tsp.peers.integers import shifted_distances

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution


@dataclass(frozen=True, kw_only=True)
class OrtoolsSolver(TspSolver):
    """OR-Tools' routing library with one vehicle; solutions found count as iterations.

    It works on integers: fractional distances are scaled by a power of ten. Guided local search
    never ends by itself: without seconds or iterations in the budget, plain local search is used.
    An interrupt takes effect at the next solution found. It has no seed.

    Source: L. Perron, V. Furnon, OR-Tools (Google).
    """

    name: ClassVar[str] = "ortools"
    summary: ClassVar[str] = "OR-Tools routing: guided local search"
    kind: ClassVar = "peer"
    supports: ClassVar[frozenset[str]] = frozenset({ASYMMETRIC, NEGATIVE})

    first: str = parameter("PATH_CHEAPEST_ARC", "first solution strategy", choices=FIRST_SOLUTIONS)

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Run the routing library."""
        from ortools.constraint_solver import pywrapcp

        given = self.offer_start(instance, recorder, start)
        manager = pywrapcp.RoutingIndexManager(instance.size, 1, 0)
        routing = pywrapcp.RoutingModel(manager)
        routing.SetArcCostEvaluatorOfAllVehicles(
            routing.RegisterTransitMatrix(shifted_distances(instance).tolist())
        )

        def record(tour: np.ndarray) -> None:
            self.offer(instance, recorder, tour)

        def tour(successor: Callable[[int], int]) -> np.ndarray:
            return np.array([0, *routes_of(manager, routing, successor)[0]], np.int64)

        progress = Progress(recorder, record)
        found = 0

        def on_solution() -> None:
            nonlocal found
            found += 1
            progress.offer(lambda: tour(lambda i: routing.NextVar(i).Value()))
            if progress.stop(found):
                routing.solver().FinishCurrentSearch()

        routing.AddAtSolutionCallback(on_solution)
        settings = search_parameters(recorder, self.first)
        routing.CloseModelWithParameters(settings)
        routes = None if given is None else [given[1:].tolist()]
        answer = solve_routing(routing, recorder, settings, routes)
        if answer is not None:
            progress.record(tour(lambda i: answer.Value(routing.NextVar(i))))
        progress.stop(found)
