"""Ruin and recreate against slow recomputation."""

from itertools import pairwise

import numpy as np
import pytest

from netroute.core.rng import generator, kernel_state
from netroute.problems.vrp import VehicleType, VrpInstance
from netroute.solvers.vrp._kernels.plan import ABSENT, empty_plan, link, load_plan, unlink
from netroute.solvers.vrp._kernels.recreate import insert_absent
from netroute.solvers.vrp._kernels.ruin_recreate import anneal, measure_near
from netroute.solvers.vrp._kernels.ruin_state import BLINK, MOST_ENDS
from netroute.solvers.vrp.anneal_team import AnnealTeam
from netroute.solvers.vrp.costs import plan_cost, route_costs
from netroute.solvers.vrp.ruin_engine import RuinEngine, join_flat
from netroute.solvers.vrp.savings import savings_routes
from netroute.solvers.vrp.search_data import search_data


def random_instance(clients, seed, *, capacity=40, number=None, asymmetric=False):
    random = generator(seed)
    fields = {}
    coordinates = random.uniform(0, 100, (clients + 1, 2))
    if asymmetric:
        fields["distances"] = random.integers(10, 99, (clients + 1, clients + 1)).astype(float)
        np.fill_diagonal(fields["distances"], 0.0)
    else:
        fields["coordinates"] = coordinates
        fields["rounding"] = "nearest"
    demand = random.integers(1, 10, clients + 1)
    demand[0] = 0
    vehicle = VehicleType(capacity=(capacity,), number=number)
    return VrpInstance(deliveries=demand, vehicles=(vehicle,), **fields)


def assert_consistent(data, engine):
    """Every cached figure of the plan equals what its routes say."""
    plan = engine._plan
    distances = np.array(
        [[data.source.values[i, j] for j in range(data.size)] for i in range(data.size)]
    )
    seen = []
    cost = 0.0
    for route in range(len(plan.first)):
        if plan.length[route] == 0:
            continue
        nodes = [0]
        v = int(plan.first[route])
        while v:
            assert plan.pred[v] == nodes[-1]
            assert plan.route[v] == route
            nodes.append(v)
            v = int(plan.succ[v])
        assert plan.last[route] == nodes[-1]
        nodes.append(0)
        inner = nodes[1:-1]
        assert plan.length[route] == len(inner)
        assert plan.load[route] == data.demand[inner].sum() <= data.capacity
        for a, v, b in zip(nodes, nodes[1:], nodes[2:], strict=False):
            before, after = distances[a, v], distances[v, b]
            assert plan.before[v] == pytest.approx(before)
            assert plan.after[v] == pytest.approx(after)
            to_client = [d for d, other in ((before, a), (after, b)) if other]
            assert plan.widest[v] == max(to_client, default=-np.inf)
        cost += distances[nodes[:-1], nodes[1:]].sum()
        seen += inner
    assert sorted(seen) == list(range(1, data.size))
    empty = {int(r) for r in plan.free[: plan.used[0]]}
    assert empty == {r for r in range(len(plan.first)) if plan.length[r] == 0}
    assert engine.cost == pytest.approx(cost)


@pytest.mark.parametrize("asymmetric", [False, True])
def test_annealing_keeps_every_cached_figure_right(asymmetric):
    instance = random_instance(60, 1, asymmetric=asymmetric)
    data = search_data(instance, neighbours=20)
    engine = RuinEngine(data, seed=3)
    assert engine.load(savings_routes(data))
    start = engine.cost
    for temperature in (20.0, 5.0, 0.5):
        engine.anneal(temperature, 3000)
        assert_consistent(data, engine)
    best = engine.best_routes()
    assert sorted(np.concatenate(best).tolist()) == list(range(1, 61))
    assert plan_cost(instance, data, best) == pytest.approx(engine.best_cost)
    assert engine.best_cost < start


def test_many_routes_are_annealed_with_only_the_near_ones_open():
    instance = random_instance(300, 2, capacity=10)
    data = search_data(instance, neighbours=20)
    engine = RuinEngine(data, seed=3)
    assert engine.load(savings_routes(data))
    start = engine.cost
    engine.anneal(5.0, 20_000)
    assert engine._plan.used[1] > MOST_ENDS
    assert_consistent(data, engine)
    assert engine.best_cost < start


def test_links_agree_with_lists():
    data = search_data(random_instance(12, 5), neighbours=5)
    plan = empty_plan(13, 4)
    routes = [[1, 2, 3], [4, 5], [6], []]
    flat = join_flat([np.array(r, np.uint32) for r in routes if r])
    load_plan(data.source, data.demand, flat, plan)
    distance = lambda a, b: float(data.source.values[a, b])  # noqa: E731
    random = generator(7)
    out = list(range(7, 13))
    for _ in range(2000):
        if out and (random.random() < 0.5 or len(out) < 3):
            v = out.pop(int(random.integers(len(out))))
            empty = [r for r in range(4) if not routes[r]]
            r = int(random.integers(4))
            if not routes[r]:
                r = int(plan.free[plan.used[0] - 1])
                assert r in empty
            place = int(random.integers(len(routes[r]) + 1))
            p = routes[r][place - 1] if place else 0
            s = routes[r][place] if place < len(routes[r]) else 0
            link(
                plan, data.demand, np.uint32(v), np.uint32(r), np.uint32(p),
                distance(p, v), distance(v, s),
            )  # fmt: skip
            routes[r].insert(place, v)
        else:
            v = int(random.choice([c for route in routes for c in route]))
            r = next(r for r in range(4) if v in routes[r])
            place = routes[r].index(v)
            p = routes[r][place - 1] if place else 0
            s = routes[r][place + 1] if place + 1 < len(routes[r]) else 0
            unlink(plan, data.demand, np.uint32(v), distance(p, s) if p or s else 0.0)
            routes[r].remove(v)
            out.append(v)
        for r, route in enumerate(routes):
            assert plan.length[r] == len(route)
            assert plan.load[r] == data.demand[route].sum()
            walked, v = [], int(plan.first[r])
            while route and v:
                walked.append(v)
                v = int(plan.succ[v])
            assert walked == route
        assert all(plan.route[v] == ABSENT for v in out)


def cheapest_place(data, routes, client):
    """Cost of the best insertion over all places of all routes with room, or of a new route."""
    d = data.source.values.astype(float)
    best = d[0, client] + d[client, 0]
    for route in routes:
        if data.demand[route].sum() + data.demand[client] > data.capacity:
            continue
        tour = [0, *route, 0]
        for a, b in pairwise(tour):
            best = min(best, d[a, client] + d[client, b] - d[a, b])
    return best


def test_insertion_finds_the_cheapest_place_of_all():
    """With all clients as neighbours and no blinks the scan's cut-off must not lose anything."""
    for seed in range(40):
        instance = random_instance(25, seed).replace(rounding="exact")
        data = search_data(instance, neighbours=24)
        engine = RuinEngine(data, seed=seed)
        assert engine.load(savings_routes(data))
        engine.anneal(10.0, 50)
        routes = [route.tolist() for route in engine.routes()]
        removed = int(generator(seed, 1).integers(1, 26))
        routes = [[c for c in route if c != removed] for route in routes]
        routes = [route for route in routes if route]
        engine.load_part([np.array(route, np.uint32) for route in routes])
        before = engine.cost
        engine._work.scalar[BLINK] = 1 << 40
        assert engine.load([np.array(route, np.uint32) for route in routes])
        assert engine.cost - before == pytest.approx(
            cheapest_place(data, routes, removed), abs=1e-3
        )


def test_fleet_is_kept():
    instance = random_instance(40, 2, capacity=60)
    data = search_data(instance, neighbours=20)
    number = len(savings_routes(data))
    data = search_data(
        instance.replace(vehicles=(VehicleType(capacity=(60,), number=number),)), neighbours=20
    )
    engine = RuinEngine(data, seed=0)
    assert engine.load(savings_routes(data))
    engine.anneal(30.0, 5000)
    assert len(engine.best_routes()) <= number
    assert len(engine.routes()) <= number


def test_same_seed_same_plan():
    data = search_data(random_instance(50, 4), neighbours=20)
    plans = []
    for _ in range(2):
        engine = RuinEngine(data, seed=11)
        engine.load(savings_routes(data))
        engine.anneal(5.0, 2000)
        plans.append([route.tolist() for route in engine.best_routes()])
    assert plans[0] == plans[1]


@pytest.mark.parametrize("clients", [50, 400])
def test_a_team_keeps_plans_complete_and_repeats_itself(clients):
    instance = random_instance(clients, 6)
    data = search_data(instance, neighbours=30)
    costs = []
    for _ in range(2):
        with AnnealTeam(data, instance.coordinates, threads=2, seed=1) as team:
            assert team.load(savings_routes(data))
            assert team.split == (clients == 400)
            for _ in range(45):
                team.anneal(0.5, 1000)
            best = team.best_routes()
            assert sorted(np.concatenate(best).tolist()) == list(range(1, clients + 1))
            for plan in team.plans():
                assert sorted(np.concatenate(plan).tolist()) == list(range(1, clients + 1))
            assert team.iterations == 90_000
            assert plan_cost(instance, data, best) == pytest.approx(team.best_cost)
            costs.append(team.best_cost)
    assert costs[0] == costs[1]


def test_each_kernel_has_one_signature_for_each_kind_of_distances():
    instance = random_instance(30, 8)
    for matrix in (True, False):
        data = search_data(instance, neighbours=10, matrix=matrix)
        engine = RuinEngine(data, seed=0)
        engine.load(savings_routes(data))
        engine.anneal(1.0, 10)
    asymmetric = search_data(random_instance(30, 8, asymmetric=True), neighbours=10)
    engine = RuinEngine(asymmetric, seed=0)
    engine.load(savings_routes(asymmetric))
    engine.anneal(1.0, 10)
    assert len(anneal.signatures) == 2
    assert len(insert_absent.signatures) == 2
    assert len(load_plan.signatures) == 2
    assert len(measure_near.signatures) == 2


def test_route_costs_agree_with_the_instance():
    instance = random_instance(9, 3).replace(rounding="exact")
    data = search_data(instance, neighbours=3)
    routes = [np.array([3, 1], np.uint32), np.array([2], np.uint32)]
    expected = [
        instance.distance(0, 3) + instance.distance(3, 1) + instance.distance(1, 0),
        2 * instance.distance(0, 2),
    ]
    assert route_costs(instance, data, routes) == pytest.approx(expected)


def test_the_state_of_the_generator_is_never_zero():
    assert all(kernel_state(seed, 1)[0] != 0 for seed in range(50))
