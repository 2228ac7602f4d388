"""Nearest neighbour, sweep and random insertion."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InfeasibleError, NoAnswerError, UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.vrp import Metric, Rounding, VehicleType, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check
from netroute.solvers.vrp.fleet_repair import fit_fleet
from netroute.solvers.vrp.nearest import NearestSolver
from netroute.solvers.vrp.random_insertion import RandomInsertionSolver
from netroute.solvers.vrp.sweep import SweepSolver, around_depot, cut_circle

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.vrp.baseline import BaselineSolver

SOLVERS = [NearestSolver(), SweepSolver(), RandomInsertionSolver()]
each_solver = pytest.mark.parametrize("solver", SOLVERS, ids=lambda solver: solver.name)


def nearest_plan(instance: VrpInstance) -> list[list[int]]:
    """Nearest neighbour as one would write it on a blackboard."""
    left, routes = list(instance.clients), []
    capacity = instance.vehicles[0].capacity[0]
    demand = instance.demand()[:, 0]
    while left:
        route: list[int] = []
        load, here = 0.0, 0
        while fitting := [c for c in left if load + demand[c] <= capacity]:
            here = min(fitting, key=lambda c: (instance.distance(here, c), c))
            route.append(here)
            load += demand[here]
            left.remove(here)
        routes.append(route)
    return routes


@pytest.mark.parametrize("seed", range(5))
def test_nearest_is_the_textbook_plan(make_cvrp: Callable[..., VrpInstance], seed: int) -> None:
    instance = make_cvrp(40, seed=seed)
    result = NearestSolver().solve(instance)
    assert [list(r) for r in result.solution.visits()] == nearest_plan(instance)


def test_first_insertions_are_the_cheapest() -> None:
    # One vehicle takes all: whatever the order, clients on a line end up in their order.
    instance = VrpInstance(coordinates=[[x, 0] for x in range(9)])
    for seed in range(5):
        result = RandomInsertionSolver().solve(instance, seed=seed)
        assert result.objective == 16.0


@pytest.mark.parametrize("seed", range(5))
def test_sweep_cuts_are_the_best_of_all_starts(
    make_cvrp: Callable[..., VrpInstance], seed: int
) -> None:
    instance = make_cvrp(30, seed=seed)
    order = around_depot(instance).tolist()
    assert sorted(order) == list(instance.clients)
    demand, capacity = instance.demand()[:, 0], instance.vehicles[0].capacity[0]

    def cut(clients: list[int]) -> list[list[int]]:
        routes: list[list[int]] = [[]]
        for client in clients:
            if demand[routes[-1]].sum() + demand[client] > capacity:
                routes.append([])
            routes[-1].append(client)
        return routes

    def cost(routes: list[list[int]]) -> float:
        return check(instance, VrpSolution.of(routes)).objective

    first = len(cut(order)[0])
    expected = min(cost(cut(order[s:] + order[:s])) for s in range(first))
    found, routes = cut_circle(instance, np.array(order))
    assert found == pytest.approx(expected)
    assert cost([route.tolist() for route in routes]) == pytest.approx(expected)
    assert SweepSolver().solve(instance).objective <= expected


@each_solver
@pytest.mark.parametrize("seed", range(3))
def test_limited_fleet_is_kept(
    solver: BaselineSolver, seed: int, make_cvrp: Callable[..., VrpInstance]
) -> None:
    instance = make_cvrp(60, seed=seed, per_route=6.0)
    total, capacity = instance.demand().sum(), instance.vehicles[0].capacity[0]
    number = int(np.ceil(total / capacity))
    limited = instance.replace(vehicles=(VehicleType(capacity=(capacity,), number=number),))
    result = solver.solve(limited)
    assert len(result.solution.routes) <= number


def test_repair_keeps_clients_and_capacity(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(50, seed=2, per_route=5.0)
    capacity = instance.vehicles[0].capacity[0]
    number = int(np.ceil(instance.demand().sum() / capacity))
    limited = instance.replace(vehicles=(VehicleType(capacity=(capacity,), number=number),))
    routes = fit_fleet(limited, [[client] for client in limited.clients], seconds=60)
    assert routes is not None
    assert check(limited, VrpSolution.of(routes)).feasible
    slack = instance.replace(vehicles=(VehicleType(capacity=(capacity,), number=number + 5),))
    inserted = fit_fleet(slack, [[client] for client in slack.clients], seconds=0.001)
    assert inserted is not None
    assert check(slack, VrpSolution.of(inserted)).feasible


@each_solver
def test_too_small_fleet(solver: BaselineSolver) -> None:
    instance = VrpInstance(
        coordinates=np.arange(8).reshape(4, 2),
        deliveries=[0, 6, 6, 6],
        vehicles=(VehicleType(capacity=(10,), number=2),),
    )
    with pytest.raises(InfeasibleError):
        solver.solve(instance)


@each_solver
def test_same_seed_same_plan(solver: BaselineSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(80, seed=1)
    assert solver.solve(instance, seed=4).solution == solver.solve(instance, seed=4).solution


def test_insertion_depends_on_the_seed(make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(80, seed=1)
    solver = RandomInsertionSolver()
    assert solver.solve(instance, seed=1).solution != solver.solve(instance, seed=2).solution


@each_solver
@pytest.mark.parametrize("case", ["asymmetric", "no demand", "one client", "none", "fractional"])
def test_unusual_instances(solver: BaselineSolver, case: str) -> None:
    rng = np.random.default_rng(5)
    clients = {"one client": 1, "none": 0}.get(case, 25)
    points = rng.random((clients + 1, 2))
    matrix = rng.random((clients + 1, clients + 1)) * (1 - np.eye(clients + 1))
    instance = VrpInstance(
        coordinates=points,
        distances=matrix if case == "asymmetric" else None,
        deliveries=None
        if case == "no demand"
        else np.concatenate([[0.0], rng.random(clients) * 0.3]),
        vehicles=(VehicleType(capacity=() if case == "no demand" else (1.0,)),),
    )
    result = solver.solve(instance)
    assert check(instance, result.solution).feasible
    assert result.stopped_by is StoppedBy.COMPLETED


@each_solver
@pytest.mark.parametrize("metric", [Metric.EUCLIDEAN, Metric.MANHATTAN, Metric.MAXIMUM])
def test_large_instances_need_no_matrix(solver: BaselineSolver, metric: Metric) -> None:
    rng = np.random.default_rng(6)
    clients = 3_000
    instance = VrpInstance(
        coordinates=rng.integers(0, 10_000, (clients + 1, 2)),
        metric=metric,
        rounding=Rounding.NEAREST,
        deliveries=np.concatenate([[0], rng.integers(1, 20, clients)]),
        vehicles=(VehicleType(capacity=(200,)),),
    )
    assert check(instance, solver.solve(instance).solution).feasible


def test_sweep_needs_coordinates() -> None:
    instance = VrpInstance(distances=np.ones((3, 3)) - np.eye(3), deliveries=[0, 1, 1])
    with pytest.raises(UnsupportedError, match="needs coordinates"):
        SweepSolver().solve(instance)


@each_solver
def test_better_start_is_kept(
    solver: BaselineSolver, make_cvrp: Callable[..., VrpInstance]
) -> None:
    instance = make_cvrp(5, seed=1, per_route=10.0)
    plans = [s.solve(instance, seed=k).solution for s in SOLVERS for k in range(10)]
    best = min(plans, key=lambda plan: check(instance, plan).objective)
    result = solver.solve(instance, start=best)
    assert result.objective <= check(instance, best).objective
    infeasible = VrpSolution.of([[1, 1]])
    assert solver.solve(instance, start=infeasible).objective >= result.objective


@each_solver
def test_budgets(solver: BaselineSolver, make_cvrp: Callable[..., VrpInstance]) -> None:
    instance = make_cvrp(30)
    result = solver.solve(instance, budget=Budget(iterations=0))
    assert result.objective is not None
    result = solver.solve(instance, budget=Budget(iterations=1))
    assert (result.iterations, result.stopped_by) == (1, StoppedBy.ITERATIONS)


@pytest.mark.parametrize("solver", [NearestSolver(), RandomInsertionSolver()], ids=lambda s: s.name)
def test_no_answer_without_time(
    solver: BaselineSolver, make_cvrp: Callable[..., VrpInstance]
) -> None:
    with pytest.raises(NoAnswerError):
        solver.solve(make_cvrp(2_000), budget=Budget(seconds=1e-6))
