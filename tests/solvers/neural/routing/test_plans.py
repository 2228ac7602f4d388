"""States in the middle of plans, against a plain account of the same rules."""

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing.instances import make_instances
from netroute.solvers.neural.routing.plans import cut_states, right_actions


def plans(rng, count, most):
    """Instances of different sizes, with routes through all of their clients."""
    sizes = rng.integers(1, most + 1, count)
    sizes[0] = most
    points, demands = rng.random((count, most + 1, 2)), np.zeros((count, most + 1))
    order, opens = np.zeros((count, most), np.int32), np.zeros((count, most), bool)
    routes = []
    for b, n in enumerate(sizes):
        cuts = np.flatnonzero(rng.random(n - 1) < 0.4) + 1
        routes.append([part.tolist() for part in np.split(1 + rng.permutation(n), cuts)])
        order[b, :n] = np.concatenate(routes[b])
        opens[b, [0, *cuts]] = True
        for route in routes[b]:
            demands[b, route] = rng.random(len(route)) / len(route)
    return make_instances(points, demands=demands, sizes=sizes + 1), order, opens, routes


def account(points, demand, routes, draw, part, begun, planar):
    """Where the walk stops, what is left, what the vehicle can take, what may come next."""
    kept = list(range(len(routes)))
    means = np.array([points[route].mean(axis=0) for route in routes])
    turn = np.arctan2(*(means - points[0]).T[::-1])
    swept = False
    if draw[0] < part and not begun:
        apart = np.linalg.norm(means - means[int(draw[1] * len(routes))], axis=1)
        kept = sorted(np.argsort(apart)[: 1 + int(draw[5] * len(routes))].tolist())
    stop = int(draw[2] * sum(len(routes[r]) for r in kept))
    at, backward = kept[int(draw[3] * len(kept))], draw[4] < 0.5
    if begun:
        # The first client of the first route is where the vehicle is.
        at, backward = 0, False
        stop = 1
        if draw[0] < 0.5:
            stop += int(draw[2] * (sum(map(len, routes)) - 1))
    here, load = 0, 0.0
    while True:
        way = routes[at][::-1] if backward else routes[at]
        if stop < len(way):
            break
        stop -= len(way)
        kept.remove(at)
        here, load = way[-1], demand[way].sum()
        ends = [
            (np.linalg.norm(points[here] - points[routes[r][end]]), r, bool(end))
            for r in kept
            for end in (0, -1)
        ]
        if planar:
            swept = True
            near = min(kept, key=lambda r: (turn[r] - turn[at]) % (2 * np.pi))
            ends = [end for end in ends if end[1] == near]
        _, at, backward = min(ends)
    left = {client for r in kept for client in routes[r]} - set(way[:stop])
    if stop:
        return way[stop - 1], left, 1.0 - demand[way[:stop]].sum(), {way[stop]}, set()
    comes = [at] if swept else kept
    return here, left, 1.0 - load, set(), {routes[r][end] for r in comes for end in (0, -1)}


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("begins", [None, "some"])
def test_cut_states(part, begins):
    rng = np.random.default_rng(1)
    instances, order, opens, routes = plans(rng, 12, 14)
    tables = instances.tables
    instances.planar[::3] = 0
    index = np.repeat(np.arange(12), 25)
    draw = rng.random((300, 6))
    begun = None if begins is None else np.arange(12) % 2 == 1
    states, target = cut_states(instances, index, order, opens, draw=draw, part=part, begun=begun)
    kinds = set()
    for s, b in enumerate(index):
        points = np.column_stack([tables.x[b], tables.y[b]])
        demand = tables.demand[b]
        here, left, room, direct, by_depot = account(
            points,
            demand,
            routes[b],
            draw[s],
            part,
            begun is not None and begun[b],
            bool(instances.planar[b]),
        )
        found = states.left[s, : states.number[s]]
        assert sorted(found) == sorted(left)
        assert states.here[s] == here
        assert states.goal[s] == 0
        assert states.room[s] == pytest.approx(room, abs=1e-12)
        assert states.mass[s] == pytest.approx(demand[found].sum(), abs=1e-12)
        assert set(np.flatnonzero(target[s] == 1)) == direct
        assert set(np.flatnonzero(target[s] == 2)) == by_depot
        kinds.add((bool(direct), here == 0, len(left) < instances.sizes[b] - 1))
    # In the middle of a route; at the end of one; at the depot.
    assert {(True, False, True), (False, False, True)} <= kinds
    assert any(at_depot for _, at_depot, _ in kinds)
    assert ((False, True, True) in kinds) == (part > 0.0)


def test_right_actions():
    target = np.array([[0, 1, 0, 2, 0], [2, 0, 2, 0, 2]], np.uint8)
    nodes = np.array([[3, 1, 2], [2, 1, -1]])
    assert right_actions(target, nodes).astype(int).tolist() == [
        [0, 1, 0, 1, 0, 0],
        [0, 0, 0, 1, 0, 0],
    ]
