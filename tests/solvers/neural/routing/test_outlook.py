"""What the policy of routes is told of how routes may go on, against plain accounts of the same."""

from itertools import combinations, pairwise

import numpy as np
import pytest

pytest.importorskip("torch")

from netroute.solvers.neural.routing._kernels.features import token_width
from netroute.solvers.neural.routing._kernels.packing import SOME, UNITS
from netroute.solvers.neural.routing.depot_tables import NEIGHBOURS, SHAPES, savings
from netroute.solvers.neural.routing.instances import make_instances, make_states
from netroute.solvers.neural.routing.sight import look

CANDIDATES = 10
PACKED, SWEPT, PLANNED, ROLLED = 31, 34, 37, 43


def draw(rng, nodes, *, matrix=False):
    points = rng.random((nodes, 2))
    demands = rng.integers(0, 60, nodes) / UNITS
    demands[0] = 0.0
    table = None
    if matrix:
        table = np.linalg.norm(points[:, None] - points, axis=2)[None]
        table = table * (1.0 + 0.2 * rng.random(table.shape))
    return make_instances(points[None], matrix=table, demands=demands[None]), points, demands


def state(rng, instances, demands, *, at_depot):
    nodes = int(instances.sizes[0])
    left = rng.permutation(np.arange(1, nodes))[: rng.integers(1, nodes)]
    here, left = (0, left) if at_depot or len(left) == 1 else (int(left[0]), left[1:])
    room = 1.0 if here == 0 else rng.integers(0, UNITS - 60) / UNITS
    states = make_states(
        instances, [0], here=[here], goal=[0], left=[left], number=[len(left)], room=room
    )
    sight = look(instances, states, np.zeros(1, np.int64), candidates=CANDIDATES, routes=True)
    token, pair = sight.seen["token"][0].numpy(), sight.seen["pair"][0].numpy()
    assert token.shape[1] == token_width(True) == ROLLED + 4
    return here, left, room, sight.nodes[0][sight.nodes[0] >= 0], token, pair


@pytest.mark.parametrize("at_depot", [False, True])
def test_packing(at_depot):
    rng = np.random.default_rng(int(at_depot))

    def free(room, parts):
        sums = {sum(some) for k in range(len(parts) + 1) for some in combinations(parts, k)}
        return room - max(total for total in sums if total <= room)

    for _ in range(40):
        instances, _, demands = draw(rng, 14)
        _, _, room, nodes, token, _ = state(rng, instances, demands, at_depot=at_depot)
        units = np.round(demands * UNITS).astype(int)
        for q, v in [(-2, None), *enumerate(nodes)]:
            left = round(room * UNITS) - (units[v] if v is not None else 0)
            row = token[q + 2, PACKED:SWEPT]
            if left < 0:
                assert row.tolist() == [1, 1, 0]
                continue
            others = [units[u] for u in nodes if u != v]
            some = [units[u] for u in nodes[:SOME] if u != v]
            assert row[0] * 25.2 == pytest.approx(free(left, others), abs=1e-4)
            assert row[1] * 25.2 == pytest.approx(free(left, some), abs=1e-4)
            assert row[2] == pytest.approx(left / UNITS if v is not None else 0.0, abs=1e-6)


@pytest.mark.parametrize("at_depot", [False, True])
def test_sweep(at_depot):
    rng = np.random.default_rng(10 + at_depot)
    behind = 0
    for _ in range(40):
        instances, points, demands = draw(rng, 14)
        here, left, _, nodes, token, _ = state(rng, instances, demands, at_depot=at_depot)
        turn = np.arctan2(*(points - points[0]).T[::-1]) % (2 * np.pi)
        ordered = sorted(turn[left])
        gaps = np.diff([ordered[-1] - 2 * np.pi, *ordered])
        front, gap = ordered[int(gaps.argmax())], gaps.max()
        for q, v in [(-2, here), *enumerate(nodes)]:
            row = token[q + 2, SWEPT:PLANNED]
            if v == 0:
                assert not row.any()
                continue
            angle = (turn[v] - front + 1e-12) % (2 * np.pi)
            ahead = sum((turn[u] - front + 1e-12) % (2 * np.pi) < angle - 1e-12 for u in left)
            if q < 0 and angle > 2 * np.pi - gap:
                angle, ahead, behind = angle - 2 * np.pi, 0, behind + 1
            assert row[0] == pytest.approx(2 * angle / np.pi, abs=1e-5)
            assert row[1] == pytest.approx(ahead / len(left), abs=1e-6)
            assert row[2] == pytest.approx(ahead / 10, abs=1e-6)
        # The goal is no client, and without directions there is no sweep.
        assert not token[1, SWEPT:PLANNED].any()
        instances.planar[:] = 0
        *_, token, _ = state(rng, instances, demands, at_depot=at_depot)
        assert not token[:, SWEPT:PLANNED].any()
    assert (behind > 0) != at_depot


def clarke_wright(apart, demands, here, left, room, shape=1.0):
    """Routes from the depot by savings, here with what has been served already."""
    routes = [[v] for v in left] + ([[here]] if here else [])
    loads = {v: demands[v] for v in left} | ({here: 1.0 - room} if here else {})
    ends = [*left, here] if here else list(left)
    gains = sorted(
        (
            (apart[0, i] + apart[0, j] - shape * apart[i, j], i, j)
            for i, j in combinations(sorted(ends), 2)
        ),
        reverse=True,
    )
    for _, i, j in gains:
        first = next(route for route in routes if i in route)
        second = next(route for route in routes if j in route)
        load = sum(loads[v] for v in (*first, *second))
        saves = apart[0, i] + apart[0, j] > apart[i, j]
        if not saves or first is second or load > 1 + 1e-9:
            continue
        if i not in (first[0], first[-1]) or j not in (second[0], second[-1]):
            continue
        # The vehicle stays at the begin of its route.
        if here and ((i == here and len(first) > 1) or (j == here and len(second) > 1)):
            continue
        if first[-1] != i:
            first.reverse()
        if second[0] != j:
            second.reverse()
        routes.remove(second)
        first += second
    return routes, loads


@pytest.mark.parametrize("at_depot", [False, True])
@pytest.mark.parametrize("matrix", [False, True])
def test_savings_plan(at_depot, matrix):
    rng = np.random.default_rng(20 + at_depot)
    longest = 0
    for _ in range(40):
        instances, points, demands = draw(rng, 16, matrix=matrix)
        here, left, room, nodes, token, pair = state(rng, instances, demands, at_depot=at_depot)
        apart = np.linalg.norm(points[:, None] - points, axis=2)
        if matrix:
            apart = instances.tables.matrix[0].astype(float)
            apart = (apart + apart.T) / 2
        routes, loads = clarke_wright(apart, demands, here, left.tolist(), room)
        rows = {int(v): q + 2 for q, v in enumerate(nodes)} | ({here: 0} if here else {})
        for route in routes:
            way = route[::-1] if here and route[-1] == here else route
            longest = max(longest, len(way))
            for k, v in enumerate(way):
                if v not in rows:
                    continue
                own = here in way and here != 0
                sides = (k == 0) + (k == len(way) - 1)
                spare = 1.0 - sum(loads[u] for u in way)
                expected = [
                    own and k == 1, own, k / 8 * own, sides / 2, spare, np.log1p(len(way)) / 3
                ]  # fmt: skip
                assert token[rows[v], PLANNED:ROLLED] == pytest.approx(
                    np.array(expected, float), abs=1e-6
                )
                assert pair[rows[v], 1, -1] == pair[1, rows[v], -1] == sides / 2
                for u in rows:
                    beside = u in way and abs(way.index(u) - k) == 1
                    assert pair[rows[v], rows[u], -1] == beside
    assert longest > 4


def length(table, routes, here, first):
    """Of routes from the depot, less the way to where the vehicle is."""
    total = 0.0
    for route in routes:
        way = [*route, 0] if route[0] == here else [0, *route, 0]
        if here and route[-1] == here and len(route) > 1:
            way = [*route[::-1], 0]
        total += sum(table[i, j] for i, j in pairwise(way))
    return total + first


@pytest.mark.parametrize("at_depot", [False, True])
def test_rollout(at_depot):
    rng = np.random.default_rng(30 + at_depot)
    for _ in range(25):
        instances, points, demands = draw(rng, 16)
        here, left, room, nodes, token, _ = state(rng, instances, demands, at_depot=at_depot)
        table = np.linalg.norm(points[:, None] - points, axis=2)
        scale = table[here, nodes].mean()
        cost = np.full((len(nodes), 2), np.inf)
        for q, v in enumerate(nodes.tolist()):
            rest = [u for u in left.tolist() if u != v]
            if here and demands[v] <= room + 1e-9:
                cost[q, 0] = min(
                    length(
                        table,
                        clarke_wright(table, demands, v, rest, room - demands[v], shape)[0],
                        v,
                        table[here, v],
                    )
                    for shape in SHAPES
                )
            cost[q, 1] = min(
                length(
                    table,
                    clarke_wright(table, demands, v, rest, 1.0 - demands[v], shape)[0],
                    v,
                    table[here, 0] + table[0, v],
                )
                for shape in SHAPES
            )
        excess = np.vstack([cost, cost.min(axis=0)])
        excess = (excess - cost.min()) / scale
        rows = np.append(np.arange(len(nodes)) + 2, 0)
        found = token[rows, ROLLED:]
        assert np.allclose(found[:, [0, 2]], np.minimum(excess, 4.0), atol=1e-5)
        squeezed = np.where(np.isinf(excess), 1.0, excess / (0.1 + np.minimum(excess, 1e300)))
        assert np.allclose(found[:, [1, 3]], squeezed, atol=1e-3)
        assert not token[1, ROLLED:].any()
        assert not token[len(nodes) + 2 :].any()


def test_savings_of_many_clients_leave_out_those_far_apart():
    rng = np.random.default_rng(3)
    nodes = NEIGHBOURS + 30
    points = rng.random((nodes, 2))
    x, y = np.ascontiguousarray(points.T[:, None])
    pairs, saved = (part[0, 0] for part in savings(x, y, np.zeros((1, 0, 0)), np.array([nodes])))
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    pairs = pairs.astype(int)
    gains = apart[0, pairs[:, 0]] + apart[0, pairs[:, 1]] - apart[pairs[:, 0], pairs[:, 1]]
    assert (np.diff(gains) <= 1e-6).all()
    assert np.allclose(gains, saved)
    rank = np.argsort(np.argsort(apart[1:, 1:], axis=1), axis=1)
    expected = {
        (i + 1, j + 1)
        for i, j in combinations(range(nodes - 1), 2)
        if min(rank[i, j], rank[j, i]) <= NEIGHBOURS and apart[0, i + 1] + apart[0, j + 1] > 0
    }
    assert set(map(tuple, pairs.tolist())) == expected
    assert len(expected) < (nodes - 1) * (nodes - 2) / 2


def test_trust_counts_where_the_policy_decides(tiny):
    rng = np.random.default_rng(4)
    instances, _, _ = draw(rng, 14)
    states = make_states(
        instances, [0], here=[1], goal=[0], left=[range(2, 14)], number=[12], room=0.5
    )
    sight = look(instances, states, np.zeros(1, np.int64), candidates=6, routes=True)
    plain, trusting = tiny(routes=True), tiny(routes=True, trust=3.0)
    mask = sight.seen["mask"][0].numpy()
    excess = sight.seen["token"][0, 2:, [ROLLED, ROLLED + 2]].T.flatten().numpy()
    before = plain(sight.seen)[0].detach().numpy()
    after = trusting(sight.seen)[0].detach().numpy()
    assert excess[mask].max() > 0.0
    assert np.allclose(before[mask] - after[mask], 3.0 * excess[mask], atol=1e-4)
    assert np.isneginf(after[~mask]).all()
    assert np.array_equal(trusting.train()(sight.seen)[0].detach().numpy(), before)
    with pytest.raises(ValueError, match="trust"):
        tiny(routes=False, trust=1.0)
    with pytest.raises(ValueError, match="trust"):
        tiny(routes=True, trust=-1.0)
