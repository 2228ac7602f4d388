"""Shortest-path trees against Dijkstra's algorithm in plain Python."""

import heapq

import numpy as np
import pytest

from netroute.core.rng import generator
from netroute.solvers.sdn.graph import NO_ARC, make_graph, trees


def oracle(nodes, tail, head, length, source):
    distance = [np.inf] * nodes
    distance[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        far, u = heapq.heappop(heap)
        if far > distance[u]:
            continue
        for a in np.flatnonzero(tail == u):
            if far + length[a] < distance[head[a]]:
                distance[head[a]] = far + length[a]
                heapq.heappush(heap, (distance[head[a]], int(head[a])))
    return distance


@pytest.mark.parametrize("seed", range(8))
def test_trees(seed):
    random = generator(seed)
    nodes = int(random.integers(2, 30))
    arcs = int(random.integers(1, 4 * nodes))
    tail = random.integers(nodes, size=arcs)
    head = (tail + random.integers(1, nodes, size=arcs)) % nodes
    # Zero lengths, equal lengths and closed arcs, too.
    length = random.choice([0.0, 1.0, 2.0, 0.5, np.inf], arcs)
    graph = make_graph(nodes, tail, head)
    sources = np.arange(nodes, dtype=np.uint32)
    distance, parent = trees(graph, length, sources)
    for source in range(nodes):
        assert distance[source].tolist() == oracle(nodes, tail, head, length, source)
        for v in range(nodes):
            arc = parent[source, v]
            if v == source or np.isinf(distance[source, v]):
                assert arc == NO_ARC
            else:
                assert head[arc] == v
                assert distance[source, tail[arc]] + length[arc] == distance[source, v]


def test_ten_thousand_nodes_in_a_row():
    """Neither recursion nor the number of steps is limited."""
    count = 10_000
    graph = make_graph(count, np.arange(count - 1), np.arange(1, count))
    distance, _ = trees(graph, np.ones(count - 1), np.zeros(1, np.uint32))
    assert distance[0].tolist() == list(range(count))
