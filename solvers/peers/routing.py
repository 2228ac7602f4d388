"""Settings of OR-Tools' routing library, for every family that compares with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder

FIRST_SOLUTIONS = (
    "PATH_CHEAPEST_ARC",
    "SAVINGS",
    "PARALLEL_CHEAPEST_INSERTION",
    "CHRISTOFIDES",
)


def search_parameters(recorder: Recorder, first: str) -> Any:
    """Return guided local search within what is left of the budget, after a first solution.

    It never ends by itself: without seconds or iterations in the budget, plain local search is
    used, which ends in its first local optimum.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    settings = pywrapcp.DefaultRoutingSearchParameters()
    strategies = routing_enums_pb2.FirstSolutionStrategy
    settings.first_solution_strategy = getattr(strategies, first)
    budget, heuristics = recorder.budget, routing_enums_pb2.LocalSearchMetaheuristic
    if budget.seconds is None and budget.iterations is None:
        settings.local_search_metaheuristic = heuristics.GREEDY_DESCENT
        return settings
    settings.local_search_metaheuristic = heuristics.GUIDED_LOCAL_SEARCH
    left = recorder.clock.remaining()
    if math.isfinite(left):
        # OR-Tools ends some milliseconds early: without them the budget would not look used up.
        settings.time_limit.FromMilliseconds(int(1000 * left) + 10)
    return settings


def solve_routing(routing: Any, recorder: Recorder, settings: Any, given: Any) -> Any:
    """Run the library, from the routes ``given`` if there are any; None without an answer."""
    assignment = None if given is None else routing.ReadAssignmentFromRoutes(given, True)
    if recorder.stop():
        return None
    if assignment is None:
        return routing.SolveWithParameters(settings)
    return routing.SolveFromAssignmentWithParameters(assignment, settings)


def routes_of(manager: Any, routing: Any, successor: Callable[[int], int]) -> list[list[int]]:
    """Follow each vehicle from its start to its end; return the nodes between them."""
    routes = []
    for vehicle in range(manager.GetNumberOfVehicles()):
        index, route = successor(routing.Start(vehicle)), []
        while not routing.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = successor(index)
        routes.append(route)
    return routes
