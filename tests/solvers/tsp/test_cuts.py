"""Separation and the programme over edges: cuts hold for all tours, and subtours are all found."""

import itertools

import networkx as nx
import numpy as np
import pytest

from netroute.solvers.tsp._kernels import min_cut, teeth
from netroute.solvers.tsp.combs import combs
from netroute.solvers.tsp.cut_lp import CutLp, inside, limit, lowest
from netroute.solvers.tsp.separation import separate, subtours


def never():
    return False


def random_point(rng, n):
    """Return a convex combination of sets of cycles: each node has edges of value 2."""
    values: dict[tuple[int, int], float] = {}
    weights = rng.dirichlet(np.ones(3)) if rng.random() < 0.8 else (1.0,)
    for weight in weights:
        order = rng.permutation(n)
        cut = int(rng.integers(3, n - 2))
        for part in (order[:cut], order[cut:]) if rng.random() < 0.7 else (order,):
            for a, b in zip(part.tolist(), np.roll(part, -1).tolist(), strict=True):
                edge = min(a, b), max(a, b)
                values[edge] = values.get(edge, 0.0) + weight
    pairs = np.array(list(values))
    return pairs[:, 0], pairs[:, 1], np.array(list(values.values()))


def border(members, tail, head, values):
    mask = np.isin(tail, members) != np.isin(head, members)
    return values[mask].sum()


def test_subtours_are_found_if_there_are_any():
    rng = np.random.default_rng(4)
    outcomes = set()
    for _ in range(150):
        n = int(rng.integers(6, 14))
        tail, head, values = random_point(rng, n)
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        for a, b, x in zip(tail.tolist(), head.tolist(), values.tolist(), strict=True):
            graph.add_edge(a, b, weight=x)
        connected = nx.is_connected(graph)
        least = nx.stoer_wagner(graph)[0] if connected else 0.0
        found = subtours(n, tail, head, values)
        outcomes.add((bool(found), connected))
        assert bool(found) == (least < 2.0 - 2e-3) or abs(least - 2.0) < 3e-3
        for members in found:
            assert 3 <= len(members) <= n / 2
            assert border(members, tail, head, values) < 2.0
    assert outcomes == {(True, True), (True, False), (False, True)}


def test_smallest_cut_is_among_those_found():
    rng = np.random.default_rng(6)
    for _ in range(20):
        n = 9
        weight = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.6), 1)
        weight += weight.T
        graph = nx.from_numpy_array(weight)
        expected = nx.stoer_wagner(graph)[0] if nx.is_connected(graph) else 0.0
        members, value = np.zeros((20, n), np.uint8), np.zeros(20)
        room = np.zeros(n, np.int64), np.zeros(n)
        number = min_cut.small_cuts(weight.copy(), *room, 1e9, np.int64(20), members, value)
        assert number == n - 1
        assert value[:number].min() == pytest.approx(expected)
        for row, found in zip(members[:number].astype(bool), value, strict=False):
            assert weight[row][:, ~row].sum() == pytest.approx(found)
    assert len(min_cut.small_cuts.signatures) == 1


def test_blossoms_and_larger_teeth_are_found():
    # Two triangles of halves, joined by three paths of ones: the border of a triangle has 3.
    halves = [(0, 1), (1, 2), (0, 2), (6, 7), (7, 8), (6, 8)]
    ones = [(0, 3), (3, 6), (1, 4), (4, 7), (2, 5), (5, 8)]
    tail, head = np.array(halves + ones).T
    values = np.array([0.5] * 6 + [1.0] * 6)
    assert subtours(9, tail, head, values) == []
    found = combs(9, tail, head, values, [])
    assert ((0, 1, 2), (0, 3), (1, 4), (2, 5)) in found
    assert separate(9, tail, head, values, []) == found
    for cut in found:
        assert (values * inside(9, cut, tail, head)).sum() > limit(cut) + 1e-3
    assert len(teeth.choose_teeth.signatures) == 1


def test_teeth_are_chosen_as_by_hand():
    rng = np.random.default_rng(14)
    taken, chosen = np.zeros(12, np.int64), np.zeros(9, np.uint32)
    for mark in range(1, 60):
        sets = [sorted(rng.choice(12, rng.integers(1, 4), replace=False)) for _ in range(9)]
        cost = np.sort(rng.random(9) * 2.0 - 1.5)
        crossing = rng.random(9) < 0.8
        start = np.cumsum([0, *map(len, sets)]).astype(np.int64)
        member = np.concatenate(sets).astype(np.uint32)
        count = teeth.choose_teeth(crossing, cost, start, member, taken, np.int64(mark), chosen)
        expected: list[int] = []
        spare = None
        for k in np.flatnonzero(crossing).tolist():
            if any(set(sets[k]) & set(sets[other]) for other in expected):
                continue
            if cost[k] >= 0.0:
                spare = k
                break
            expected.append(k)
        if expected and len(expected) % 2 == 0:
            if spare is not None and cost[spare] + cost[expected[-1]] < 0.0:
                expected.append(spare)
            else:
                expected.pop()
        assert chosen[:count].tolist() == expected


def test_cuts_hold_for_all_tours():
    rng = np.random.default_rng(9)
    seen = 0
    low, high = np.triu_indices(8, 1)
    orders = [(0, *rest) for rest in itertools.permutations(range(1, 8)) if rest[0] < rest[-1]]
    place = {(a, b): k for k, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True))}
    vectors = np.zeros((len(orders), len(low)))
    for row, order in enumerate(orders):
        for a, b in zip(order, order[1:] + order[:1], strict=True):
            vectors[row, place[min(a, b), max(a, b)]] = 1.0
    cuts = set()
    for _ in range(60):
        weights = rng.dirichlet(np.ones(4))
        # The relaxation's own vertices: what minimises a random length.
        lp = CutLp(8, low, high, rng.random(28) + weights[0], penalty=100.0, stop=never)
        for _ in range(6):
            point = lp.solve()
            new = separate(8, low, high, point.values, lp.cuts)
            violation = [point.values @ inside(8, c, low, high) - limit(c) for c in new]
            assert all(v > 1e-3 / 2 - 1e-9 for v in violation)
            cuts.update(new)
            if not lp.add_cuts(new):
                break
    for cut in cuts:
        assert (vectors @ inside(8, cut, low, high)).max() <= limit(cut)
        seen += len(cut) > 1
    assert seen


def test_programme_comes_out_the_same_after_changes():
    rng = np.random.default_rng(12)
    n = 10
    low, high = np.triu_indices(n, 1)
    length = rng.random(len(low))
    lp = CutLp(n, low[:25], high[:25], length[:25], penalty=50.0, stop=never)
    lp.solve()
    lp.add_edges(low[25:], high[25:], length[25:])
    lp.add_cuts([((0, 1, 2),), ((3, 4, 5),), ((0, 1, 2), (0, 3), (1, 4), (2, 5))])
    lp.solve()
    kept = rng.random(len(low)) < 0.8
    lp.keep_edges(kept)
    upper = np.ones(kept.sum())
    upper[:3] = 0.0
    lower = np.zeros(kept.sum())
    lower[5] = 1.0
    lp.set_ranges(lower, upper)
    changed = lp.solve()
    fresh = CutLp(n, low[kept], high[kept], length[kept], penalty=50.0, stop=never)
    fresh.add_cuts(lp.cuts)
    fresh.set_ranges(lower, upper)
    expected = fresh.solve()
    assert changed.objective == pytest.approx(expected.objective)
    # The prices prove the objective, as long as no row is broken.
    free = upper > 0.5
    edges = low[kept][free], high[kept][free], length[kept][free]
    bound, _ = lowest(n, changed, *edges, lower[free] > 0.5)
    assert bound == pytest.approx(changed.objective)


def test_idle_cuts_leave():
    low, high = np.triu_indices(6, 1)
    lp = CutLp(6, low, high, np.ones(15), penalty=50.0, stop=never)
    lp.add_cuts([((0, 1, 2),)])
    for _ in range(20):
        point = lp.solve()
        lp.purge(point)
    assert not lp.cuts
    assert lp.solve().objective == pytest.approx(6.0)


def test_stopping():
    low, high = np.triu_indices(6, 1)
    lp = CutLp(6, low, high, np.ones(15), penalty=50.0, stop=lambda: True)
    lp.set_ranges(np.ones(15), np.zeros(15))
    assert lp.solve() is None
