from __future__ import annotations

import math

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.problems.vrp import VrpInstance
from netroute.problems.vrp.check import check
from netroute.solvers.vrp.auto import AutoSolver
from netroute.solvers.vrp.costs import plan_cost
from netroute.solvers.vrp.polishing import Polisher
from netroute.solvers.vrp.savings import savings_routes
from netroute.solvers.vrp.search_data import search_data


def never():
    return False


@pytest.fixture
def case(make_cvrp):
    instance = make_cvrp(80, seed=4)
    return instance, search_data(instance, neighbours=40)


def test_a_plan_gets_better_and_stays_feasible(case):
    instance, data = case
    routes = savings_routes(data)
    cost, better = Polisher(instance, data, seed=1).improve(routes, seconds=math.inf, halt=never)
    assert cost == pytest.approx(plan_cost(instance, data, better))
    assert cost < plan_cost(instance, data, routes)
    evaluation = check(instance, data.to_solution(better))
    assert evaluation.feasible
    assert evaluation.objective == pytest.approx(cost)


def test_a_polished_plan_is_left_alone(case):
    instance, data = case
    polisher = Polisher(instance, data, seed=1)
    cost, routes = polisher.improve(savings_routes(data), seconds=math.inf, halt=never)
    again, same = polisher.improve(routes, seconds=math.inf, halt=never)
    assert again == cost
    assert {frozenset(r.tolist()) for r in same} == {frozenset(r.tolist()) for r in routes}


def test_one_route_a_client_is_no_case_for_it(case):
    instance, data = case
    alone = [np.array([v], np.uint32) for v in range(1, data.size)]
    cost, routes = Polisher(instance, data, seed=1).improve(alone, seconds=math.inf, halt=never)
    assert cost == math.inf
    assert len(routes) == len(alone)


def test_a_halted_polish_returns_a_whole_plan(case):
    instance, data = case
    routes = savings_routes(data)
    cost, better = Polisher(instance, data, seed=1).improve(
        routes, seconds=math.inf, halt=lambda: True
    )
    assert sorted(np.concatenate(better).tolist()) == list(range(1, data.size))
    assert cost <= plan_cost(instance, data, routes)


def test_the_default_solver_does_without_where_directions_differ(make_cvrp):
    plain = make_cvrp(230, seed=2)
    distances = plain.distance_matrix()
    instance = VrpInstance(
        distances=distances + np.triu(np.ones_like(distances), 1),
        deliveries=plain.deliveries,
        vehicles=plain.vehicles,
    )
    result = AutoSolver().solve(instance, budget=Budget(iterations=3000))
    assert check(instance, result.solution).feasible
