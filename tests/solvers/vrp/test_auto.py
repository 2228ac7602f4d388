"""The default solver, savings, and set partitioning over collected routes."""

from itertools import combinations, pairwise, permutations

import numpy as np
import pytest

from netroute.core.budget import Budget
from netroute.core.errors import InfeasibleError
from netroute.core.status import StoppedBy
from netroute.problems.vrp import VehicleType, VrpSolution
from netroute.problems.vrp.check import check
from netroute.solvers.vrp.annealing import Cooling
from netroute.solvers.vrp.auto import AutoSolver
from netroute.solvers.vrp.costs import route_costs
from netroute.solvers.vrp.neighbours import nearest_clients
from netroute.solvers.vrp.route_pool import RoutePool
from netroute.solvers.vrp.savings import SavingsSolver, savings_routes
from netroute.solvers.vrp.search_data import search_data
from netroute.solvers.vrp.sisr import SisrSolver


def best_by_enumeration(instance):
    """Cheapest plan of a tiny instance: best tour of each subset, then best partition."""
    clients = list(instance.clients)
    capacity = instance.vehicles[0].capacity[0]
    demand = instance.demand()[:, 0]
    tour = {}
    for size in range(1, len(clients) + 1):
        for subset in combinations(clients, size):
            if demand[list(subset)].sum() > capacity:
                continue
            tour[frozenset(subset)] = min(
                sum(instance.distance(a, b) for a, b in zip((0, *p), (*p, 0), strict=True))
                for p in permutations(subset)
            )
    best = {frozenset(): 0.0}
    for size in range(1, len(clients) + 1):
        for subset in map(frozenset, combinations(clients, size)):
            first = min(subset)
            options = [
                cost + best[subset - route]
                for route, cost in tour.items()
                if first in route and route <= subset
            ]
            best[subset] = min(options)
    return best[frozenset(clients)]


@pytest.mark.parametrize("seed", range(6))
def test_tiny_instances_are_solved_to_optimality(make_cvrp, seed):
    instance = make_cvrp(6, seed=seed, per_route=2.5)
    result = AutoSolver().solve(instance, budget=Budget(iterations=20_000), seed=seed)
    assert result.objective == best_by_enumeration(instance)


def test_savings_merge_the_best_pair_first(make_cvrp):
    instance = make_cvrp(40, seed=3)
    data = search_data(instance, neighbours=39)
    routes = savings_routes(data)
    assert sorted(np.concatenate(routes).tolist()) == list(range(1, 41))
    assert all(data.demand[route].sum() <= data.capacity for route in routes)
    d = instance.distance_matrix()
    pairs = sorted(
        ((d[0, a] + d[0, b] - d[a, b], a, b) for a, b in combinations(range(1, 41), 2)),
        key=lambda entry: -entry[0],
    )
    demand = instance.demand()[:, 0]
    fits = [(s, a, b) for s, a, b in pairs if demand[a] + demand[b] <= data.capacity]
    top = {frozenset((a, b)) for s, a, b in fits if s == fits[0][0]}
    edges = {frozenset(map(int, e)) for r in routes for e in pairwise(r)}
    assert top & edges


def test_near_clients_agree_with_sorting(make_cvrp):
    instance = make_cvrp(1600, seed=1)
    small = make_cvrp(60, seed=2)
    for case in (instance, small):
        near = nearest_clients(case, 8)
        for row in (0, 1, case.size - 1):
            distances = np.hypot(*(case.coordinates - case.coordinates[row]).T)
            others = [c for c in case.clients if c != row]
            expected = np.sort(distances[others])[:8]
            assert distances[near[row]] == pytest.approx(expected, abs=1.0)
            assert row not in near[row]


def test_the_pool_finds_the_best_combination(make_cvrp):
    instance = make_cvrp(6, seed=4, per_route=3.0)
    data = search_data(instance, neighbours=5)
    pool = RoutePool(7, fleet=6, capacity=1000)
    capacity = instance.vehicles[0].capacity[0]
    for size in range(1, 7):
        for subset in permutations(range(1, 7), size):
            if instance.demand()[list(subset), 0].sum() <= capacity:
                route = [np.array(subset, np.uint32)]
                pool.add(route, route_costs(instance, data, route))
    routes = pool.combine(seconds=10, nodes=1000)
    assert sum(route_costs(instance, data, routes)) == best_by_enumeration(instance)


def test_the_pool_forgets_its_oldest_routes():
    pool = RoutePool(9, fleet=8, capacity=3)
    for client in range(1, 6):
        pool.add([np.array([client], np.uint32)], [1.0])
    assert len(pool) == 3
    assert pool.combine(seconds=1, nodes=10) is None


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("clients", [60, 320])
def test_same_seed_threads_and_iterations_same_answer(make_cvrp, threads, clients):
    instance = make_cvrp(clients, seed=5)
    plans = [
        AutoSolver(threads=threads)
        .solve(instance, budget=Budget(iterations=60_000), seed=9)
        .solution
        for _ in range(2)
    ]
    assert plans[0] == plans[1]


def test_a_partial_and_infeasible_start_is_taken(make_cvrp):
    instance = make_cvrp(50, seed=6)
    good = AutoSolver().solve(instance, budget=Budget(iterations=30_000)).solution
    kept = AutoSolver().solve(instance, budget=Budget(iterations=0), start=good)
    assert kept.objective <= check(instance, good).objective
    heavy = VrpSolution.of([list(range(1, 41))])
    assert AutoSolver().solve(instance, budget=Budget(iterations=100), start=heavy).objective > 0


def test_limited_fleet_is_kept_or_proven_too_small(make_cvrp):
    instance = make_cvrp(40, seed=7)
    total = instance.demand().sum()
    capacity = instance.vehicles[0].capacity[0]
    least = int(np.ceil(total / capacity)) + 1
    for number in (least, least - 2):
        limited = instance.replace(vehicles=(VehicleType(capacity=(capacity,), number=number),))
        if number < total / capacity:
            with pytest.raises(InfeasibleError, match="vehicles"):
                AutoSolver().solve(limited, budget=Budget(iterations=100))
        else:
            result = AutoSolver().solve(limited, budget=Budget(iterations=2000))
            assert result.metrics["routes"] <= number


def test_asymmetric_distances_are_annealed():
    random = np.random.default_rng(0)
    from netroute.problems.vrp import VrpInstance

    distances = random.integers(10, 99, (31, 31)).astype(float)
    np.fill_diagonal(distances, 0.0)
    instance = VrpInstance(
        distances=distances,
        deliveries=[0] + [1] * 30,
        vehicles=(VehicleType(capacity=(6,)),),
    )
    first = SisrSolver().solve(instance, budget=Budget(iterations=1)).objective
    assert SisrSolver().solve(instance, budget=Budget(iterations=20_000)).objective < first


def test_no_clients_and_one_client(make_cvrp):
    from netroute.problems.vrp import VrpInstance

    for solver in (AutoSolver(), SisrSolver(), SavingsSolver()):
        nobody = VrpInstance(coordinates=[[0, 0]])
        assert solver.solve(nobody, budget=Budget(iterations=10)).objective == 0
        lone = VrpInstance(coordinates=[[0, 0], [3, 4]], deliveries=[0, 1])
        assert solver.solve(lone, budget=Budget(iterations=10)).objective == 10


def test_seconds_and_observer_end_the_search(make_cvrp):
    instance = make_cvrp(100, seed=8)
    result = AutoSolver().solve(instance, budget=Budget(seconds=0.3))
    assert result.stopped_by is StoppedBy.TIME
    stopped = AutoSolver().solve(
        instance, budget=Budget(seconds=60), observe=lambda event: event.iteration > 5000
    )
    assert stopped.stopped_by is StoppedBy.INTERRUPT


def test_cooling_reaches_its_temperatures():
    cooling = Cooling(hot=2.0, cold=0.5)
    assert cooling.at(0.0) == 2.0
    assert cooling.at(1.0) == pytest.approx(0.5)
    assert cooling.at(cooling.share_at(1.0)) == pytest.approx(1.0)
