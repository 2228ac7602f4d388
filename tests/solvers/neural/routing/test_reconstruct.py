"""Parts built again: what comes out is whole, and shorter by what is said."""

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing.instances import make_instances
from netroute.solvers.neural.routing.reconstruct import (
    CLIENTS,
    rebuild_routes,
    rebuild_tour,
    split,
)


@pytest.mark.parametrize("kind", ["points", "matrix"])
@pytest.mark.parametrize("nodes", [5, 6, 9, 90])
def test_tours(tiny, make_routing, table_of, length_of, kind, nodes):
    policy, instances = tiny(), make_routing(nodes, kind=kind)
    table = table_of(instances)
    rng = np.random.default_rng(nodes)
    tour = rng.permutation(nodes)
    gains = []
    for _ in range(6):
        found, gain = rebuild_tour(policy, instances, tour, rng)
        assert sorted(found) == list(range(nodes))
        before, after = (
            length_of(table, way[0], way[0], way[1:], np.zeros(nodes - 1)) for way in (tour, found)
        )
        assert before - after == pytest.approx(gain, abs=1e-9)
        assert gain >= 0.0
        assert (gain > 0.0) == (not np.array_equal(found, tour))
        gains.append(gain)
        tour = found
    assert gains[0] > 0.0


def plan_length(table, routes, length_of):
    return sum(length_of(table, 0, 0, route, np.zeros(len(route))) for route in routes)


@pytest.mark.parametrize("kind", ["routes", "matrix"])
@pytest.mark.parametrize(("nodes", "most"), [(2, 1), (5, 4), (6, 1), (30, 4), (120, 12)])
def test_routes(tiny, make_routing, table_of, length_of, kind, nodes, most):
    # Whoever is not sure tries much, and so finds something better than chance.
    policy = tiny(routes=True, sure=0.1)
    instances = make_routing(nodes, kind=kind)
    if kind == "matrix":
        demands = np.where(np.arange(nodes) > 0, 0.2, 0.0)[None]
        instances = make_instances(matrix=instances.tables.matrix, demands=demands)
    table, demand = table_of(instances), instances.tables.demand[0]
    rng = np.random.default_rng(1)
    routes, load = [[]], 0.0
    for client in 1 + rng.permutation(nodes - 1):
        load += demand[client]
        if load > 1.0 + 1e-9 or len(routes[-1]) == most:
            routes.append([])
            load = demand[client]
        routes[-1].append(client)
    routes = [np.array(route) for route in routes]
    total = 0.0
    for _ in range(20):
        before = plan_length(table, routes, length_of)
        routes, gain = rebuild_routes(policy, instances, routes, rng)
        assert sorted(np.concatenate(routes)) == list(range(1, nodes))
        assert all(len(route) > 0 for route in routes)
        assert all(demand[route].sum() <= 1 + 1e-9 for route in routes)
        assert before - plan_length(table, routes, length_of) == pytest.approx(gain, abs=1e-9)
        assert gain >= 0.0
        total += gain
    assert total > 0.0 or nodes < 30


def test_a_route_longer_than_a_group_is_one(tiny, make_routing, table_of, length_of):
    nodes = CLIENTS + 20
    rng = np.random.default_rng(0)
    instances = make_instances(rng.random((1, nodes, 2)), demands=np.zeros((1, nodes)))
    route = 1 + rng.permutation(nodes - 1)
    found, gain = rebuild_routes(tiny(routes=True), instances, [route], rng)
    table = table_of(instances)
    assert sorted(np.concatenate(found)) == list(range(1, nodes))
    before = plan_length(table, [route], length_of)
    assert before - plan_length(table, found, length_of) == pytest.approx(gain, abs=1e-9)


def test_equal_seeds_do_the_same(tiny, make_routing):
    instances = make_routing(40)
    tour = np.random.default_rng(0).permutation(40)
    one, two, other = (
        rebuild_tour(tiny(), instances, tour, np.random.default_rng(seed))[0] for seed in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_halting_changes_nothing(tiny, make_routing):
    rng = np.random.default_rng(0)
    tour = rng.permutation(20)
    found, gain = rebuild_tour(tiny(), make_routing(20), tour, rng, halt=lambda: True)
    assert gain == 0.0
    assert np.array_equal(found, tour)
    plans = make_routing(20, kind="routes")
    routes = [np.array([client]) for client in range(1, 20)]
    for after in (0, 2, 25):
        asked = iter(range(1000))
        again, gain = rebuild_routes(
            tiny(routes=True),
            plans,
            routes,
            rng,
            halt=lambda asked=asked, after=after: next(asked) >= after,
        )
        assert gain == 0.0
        assert again is routes


def test_split_drops_empty_routes():
    assert split(np.array([1, 2]), np.array([1, 1]))[0].tolist() == [1]
    assert [part.tolist() for part in split(np.array([4, 2, 3]), np.zeros(3))] == [[4, 2, 3]]
    assert split(np.array([], np.int64), np.array([])) == []
