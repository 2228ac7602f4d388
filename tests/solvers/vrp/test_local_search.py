"""The moves against plain lists, where every cost is recomputed in full."""

from __future__ import annotations

import itertools

import numba
import numpy as np
import pytest

from netroute.problems.vrp import Rounding, VehicleType, VrpInstance
from netroute.solvers.vrp._kernels import hgs_state as hs
from netroute.solvers.vrp._kernels.hgs_moves import apply_move, best_move
from netroute.solvers.vrp._kernels.hgs_routes import begin
from netroute.solvers.vrp._kernels.swap_star import swap_star
from netroute.solvers.vrp.hgs_engine import HgsEngine
from netroute.solvers.vrp.hgs_task import new_task, new_workspace
from netroute.solvers.vrp.search_data import search_data

CLIENTS, ROUTES = 11, 4


@numba.njit(_nrt=False)
def step(task, work, what, u, v):
    """0: link the tour; 1: the best move of u towards v; 2: SWAP* between routes u and v."""
    kind = 0
    if what == 0:
        begin(task, work)
    elif what == 1:
        kind = best_move(task, work, u, v)
        if kind > 0:
            apply_move(task, work, kind, u, v)
    else:
        swap_star(task, work, np.int64(u), np.int64(v))
    return kind


class Sandbox:
    """A random instance with a solution in the workspace, and its cost from scratch."""

    def __init__(self, seed, clients=CLIENTS, routes=ROUTES, rounding=Rounding.EXACT):
        random = np.random.default_rng(seed)
        self.instance = VrpInstance(
            coordinates=random.integers(0, 100, (clients + 1, 2)),
            deliveries=[0, *random.integers(1, 9, clients)],
            vehicles=(VehicleType(capacity=(16,)),),
            rounding=rounding,
        )
        self.data = search_data(self.instance, neighbours=clients)
        self.task = new_task(self.instance, self.data, neighbours=clients)
        self.work = new_workspace(self.task, routes, np.ones(1, np.uint64))
        self.distances = self.data.source.values.astype(float)
        self.demand = self.data.demand
        self.penalty = float(random.choice([0.0, 2.0, 20.0, 1e6]))
        self.work.figures[hs.PENALTY] = self.penalty
        self.random = random

    def link(self, routes):
        full = [route for route in routes if route]
        self.work.tour[:] = [c for route in full for c in route]
        self.work.start[: len(full) + 1] = np.cumsum([0, *map(len, full)])
        self.work.progress[hs.COUNT] = len(full)
        step(self.task, self.work, 0, np.uint32(0), np.uint32(0))

    def shuffle(self):
        clients = self.random.permutation(len(self.demand) - 1) + 1
        cuts = np.sort(self.random.integers(0, len(clients) + 1, len(self.work.route) - 1))
        routes = [part.tolist() for part in np.split(clients, cuts)]
        routes.sort(key=len, reverse=True)
        self.link(routes)
        return self.read()

    def read(self):
        size, node = len(self.demand), self.work.node
        routes = []
        for r in range(len(self.work.route)):
            route, at = [], int(node[size + r]["next"])
            while at < size:
                assert node[at]["route"] == r
                assert node[node[at]["next"]]["previous"] == at
                route.append(at)
                at = int(node[at]["next"])
            assert at == size + r
            routes.append(route)
        return routes

    def cost(self, routes):
        total = 0.0
        for route in routes:
            stops = [0, *route, 0]
            total += sum(self.distances[a, b] for a, b in itertools.pairwise(stops))
            total += self.penalty * max(0.0, self.demand[route].sum() - self.data.capacity)
        return total


def without(routes, *nodes):
    return [[c for c in route if c not in nodes] for route in routes]


def behind(routes, chain, v, rv):
    """Insert nodes behind v, or at the head of route rv where v is None."""
    result = [list(route) for route in routes]
    place = 0 if v is None else result[rv].index(v) + 1
    result[rv][place:place] = chain
    return result


def swapped(routes, pairs):
    table = dict(pairs) | {b: a for a, b in pairs}
    return [[table.get(c, c) for c in route] for route in routes]


def candidates(routes, u, v, rv):
    """All solutions that the nine moves of u towards v give; v is None for the depot."""
    ru = next(i for i, route in enumerate(routes) if u in route)
    route_u, route_v = routes[ru], routes[rv]
    i = route_u.index(u)
    j = -1 if v is None else route_v.index(v)
    x = route_u[i + 1] if i + 1 < len(route_u) else None
    y = route_v[j + 1] if j + 1 < len(route_v) else None
    found = []
    if (ru, i - 1) != (rv, j):
        found.append(behind(without(routes, u), [u], v, rv))
        if x is not None and x != v:
            rest = without(routes, u, x)
            found += [behind(rest, [u, x], v, rv), behind(rest, [x, u], v, rv)]
        if v is not None and x != v:
            if u < v:
                found.append(swapped(routes, [(u, v)]))
            apart = ru != rv or j != i + 2
            if x is not None and apart:
                exchanged = swapped(routes, [(u, v)])
                found.append(behind(without(exchanged, x), [x], u, rv))
                if u < v and y is not None and (ru != rv or j + 1 != i - 1):
                    found.append(swapped(routes, [(u, v), (x, y)]))
    if ru != rv:
        head_u, tail_u = route_u[: i + 1], route_u[i + 1 :]
        head_v, tail_v = route_v[: j + 1], route_v[j + 1 :]
        pairs = [(head_u + tail_v, head_v + tail_u)]
        if v is None or u < v:
            pairs.append((head_u + head_v[::-1], tail_u[::-1] + tail_v))
        for one, other in pairs:
            result = list(routes)
            result[ru], result[rv] = one, other
            found.append(result)
    elif v is not None and i < j and x != v:
        result = list(routes)
        result[ru] = route_u[: i + 1] + route_u[i + 1 : j + 1][::-1] + route_u[j + 1 :]
        found.append(result)
    return found


def swap_star_best(box, routes, r, q):
    """Cost of the best exchange or relocation between two routes, each client at its best place."""

    def inserted(route, client):
        if client is None:
            return [route]
        return [[*route[:i], client, *route[i:]] for i in range(len(route) + 1)]

    best = np.inf
    for u in [None, *routes[r]]:
        for v in [None, *routes[q]]:
            if u is None and v is None:
                continue
            one = [c for c in routes[r] if c != u]
            other = [c for c in routes[q] if c != v]
            for new_r in inserted(one, v):
                value = box.cost([new_r])
                best = min(best, value + min(box.cost([new]) for new in inserted(other, u)))
    return best + box.cost([w for k, w in enumerate(routes) if k not in (r, q)])


@pytest.mark.parametrize("seed", range(12))
def test_moves_are_the_best_of_all_nine(seed):
    box = Sandbox(seed)
    size, applied = len(box.demand), 0
    for _ in range(12):
        routes = box.shuffle()
        for _ in range(25):
            u = int(box.random.integers(1, size))
            rv = int(box.random.integers(0, len(routes)))
            v = None if box.random.random() < 0.2 else int(box.random.integers(1, size))
            if v == u:
                continue
            if v is not None:
                rv = next(i for i, route in enumerate(routes) if v in route)
            node = size + rv if v is None else v
            before = box.cost(routes)
            others = candidates(routes, u, v, rv)
            best = min((box.cost(other) for other in others), default=before)
            kind = step(box.task, box.work, 1, np.uint32(u), np.uint32(node))
            after = box.read()
            if kind == 0:
                assert best > before - 1e-4
                assert after == routes
            else:
                applied += 1
                assert sorted(c for route in after for c in route) == list(range(1, size))
                assert box.cost(after) == pytest.approx(best, abs=1e-6 * (1 + abs(best)))
                assert box.cost(after) < before
            routes = after
    assert applied > 20


@pytest.mark.parametrize("seed", range(12))
def test_swap_star_finds_the_best_exchange(seed):
    box = Sandbox(seed, clients=10, routes=2)
    for _ in range(10):
        routes = box.shuffle()
        if not all(routes):
            continue
        for _ in range(4):
            before = box.cost(routes)
            best = swap_star_best(box, routes, 0, 1)
            step(box.task, box.work, 2, np.uint32(0), np.uint32(1))
            routes = box.read()
            expected = best if best < before - 1e-3 else before
            assert box.cost(routes) == pytest.approx(expected, abs=2e-3 + 1e-7 * before)
            if not all(routes):
                break


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("rounding", [Rounding.EXACT, Rounding.NEAREST])
def test_no_move_is_left_after_the_search(seed, rounding):
    box = Sandbox(seed, clients=16, rounding=rounding)
    engine = HgsEngine(box.instance, box.data, seed=seed)
    cost, found = engine.improve([np.array([c], np.uint32) for c in range(1, 17)])
    routes = [route.tolist() for route in found] + [[]]
    box.penalty = 1e9
    assert cost == pytest.approx(box.cost(routes))
    for u in range(1, 17):
        for v in [*range(1, 17), None]:
            ways = [len(routes) - 1] if v is None else [_holding(routes, v)]
            if u == v:
                continue
            for rv in ways:
                for other in candidates(routes, u, v, rv):
                    assert box.cost(other) > cost - 1e-3


def _holding(routes, client):
    return next(i for i, route in enumerate(routes) if client in route)


def test_the_search_can_be_cut_into_slices():
    box = Sandbox(3, clients=16)
    plan = [np.array([c], np.uint32) for c in range(1, 17)]
    whole = HgsEngine(box.instance, box.data, seed=1).improve(plan)
    engine = HgsEngine(box.instance, box.data, seed=1)
    engine._units = 1  # as slow a machine as there can be
    sliced = engine.improve(plan)
    assert sliced[0] == whole[0]
    assert [r.tolist() for r in sliced[1]] == [r.tolist() for r in whole[1]]


def test_an_interrupted_search_gives_what_it_has():
    box = Sandbox(4, clients=16)
    plan = [np.array([c], np.uint32) for c in range(1, 17)]
    engine = HgsEngine(box.instance, box.data, seed=1)
    cost, routes = engine.improve(plan, halt=lambda: True)
    assert sorted(np.concatenate(routes)) == list(range(1, 17))
    box.penalty = 1e9
    assert cost == pytest.approx(box.cost([route.tolist() for route in routes]))
