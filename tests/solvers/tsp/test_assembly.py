"""Edge assembly crossover against sets of edges and full recomputation."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp._kernels.ab_cycles import ab_cycles
from netroute.solvers.tsp._kernels.subtours import exchange, join_subtours, revert
from netroute.solvers.tsp.local_search import LocalSearch
from netroute.solvers.tsp.population import Population
from netroute.solvers.tsp.search_space import search_space


def edges_of(link):
    return {frozenset((v, int(w))) for v in range(len(link)) for w in link[v]}


def components(link):
    seen, count = set(), 0
    for v in range(len(link)):
        if v not in seen:
            count += 1
            wait = [v]
            while wait:
                w = wait.pop()
                if w not in seen:
                    seen.add(w)
                    wait.extend(int(x) for x in link[w])
    return count


@pytest.fixture(params=["plane", "arcs"])
def tours(request):
    """A population of local optima, half of them random tours."""
    rng = np.random.default_rng(7)
    if request.param == "plane":
        instance = TspInstance(coordinates=rng.integers(0, 500, (80, 2)), rounding="nearest")
    else:
        instance = TspInstance(matrix=rng.integers(1, 500, (40, 40)))
    space = search_space(instance)
    local = LocalSearch(space, seed=1)
    orders = []
    for number in range(16):
        local.load(space.random_order(rng))
        if number % 2:
            local.descend()
        orders.append(local.order.copy())
    return Population(space, orders, seed=2, tries=10)


def test_cycles_alternate_and_hold_every_different_edge_once(tours):
    rng = np.array([99], np.uint64)
    for a, b in zip(tours.links, tours.links[1:], strict=False):
        cycles = tours._cycles
        count = ab_cycles(a, b, cycles, rng)
        own, other = Counter(), Counter()
        for k in range(count):
            nodes = cycles.node[cycles.start[k] : cycles.start[k + 1]].tolist()
            assert len(nodes) % 2 == 0
            for i, (v, w) in enumerate(zip(nodes, nodes[1:] + nodes[:1], strict=True)):
                (other if i % 2 else own)[frozenset((v, w))] += 1
        assert own == Counter(edges_of(a) - edges_of(b))
        assert other == Counter(edges_of(b) - edges_of(a))


def test_exchange_counts_subtours_and_joins_them_for_what_it_says(tours):
    space, child, cycles = tours.space, tours._child, tours._cycles
    rng = np.array([5], np.uint64)
    joined = 0
    for a, b in zip(tours.links, tours.links[1:], strict=False):
        before = a.copy()
        tours.order_of(0)
        from netroute.solvers.tsp._kernels.assembly import walk

        walk(a, child)
        for number in range(ab_cycles(a, b, cycles, rng)):
            child.logged[0] = 0
            cuts, parts = exchange(a, cycles, np.int64(number), child)
            assert components(a) == parts
            assert child.size[:parts].sum() == space.size
            if parts > 1:
                length = sum_of_edges(space, a)
                gain = join_subtours(a, space.source, tours._moves, child, cuts, parts)
                if gain > -np.inf:
                    joined += 1
                    assert components(a) == 1
                    assert length - sum_of_edges(space, a) == pytest.approx(gain)
            revert(a, child)
            assert edges_of(a) == edges_of(before)
    assert joined > 20


def sum_of_edges(space, link):
    """Length of all edges, subtours and penalties included."""
    values = space.source.values
    return 0.5 * sum(float(values[v, int(w)]) for v in range(len(link)) for w in link[v])


def test_generations_keep_lengths_and_counts_right(tours):
    space = tours.space
    before = tours.lengths.copy()
    for _ in range(12):
        assert tours.evolve(lambda: False)
    assert (tours.lengths <= before + 1e-9).all()
    assert tours.lengths.mean() < before.mean()
    for k, length in enumerate(tours.lengths):
        tour = space.to_tour(tours.order_of(k))
        assert sorted(tour.tolist()) == list(range(space.instance.size))
        assert space.instance.length(tour) == pytest.approx(length)
    expected = np.zeros_like(tours._edges.times)
    for link in tours.links:
        for v in range(space.size):
            expected[v, link[v]] += 1
    assert (tours._edges.times == expected).all()


def test_children_by_length_alone_converge(tours):
    tours.forget_entropy()
    for _ in range(60):
        tours.evolve(lambda: False)
    assert tours.spread() < 0.05
    assert tours.lengths.min() == tours.space.instance.length(tours.space.to_tour(tours.best()))


def test_a_thinned_population_keeps_its_shortest_tours_and_counts(tours):
    lengths = np.sort(tours.lengths)
    tours.thin(7)
    assert sorted(tours.lengths) == lengths[:7].tolist()
    assert tours._edges.times.sum() == 7 * 2 * tours.space.size
    for _ in range(3):
        tours.evolve(lambda: False)
    assert tours._edges.times.sum() == 7 * 2 * tours.space.size
    for k, length in enumerate(tours.lengths):
        assert tours.space.instance.length(tours.space.to_tour(tours.order_of(k))) == length


def test_a_generation_can_be_stopped(tours):
    assert not tours.evolve(lambda: True)
    assert tours.generations == 0
