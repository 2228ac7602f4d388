"""Cheapest pairs of disjoint paths by Suurballe's algorithm, for the checker's side.

J. W. Suurballe, R. E. Tarjan: A quick method for finding shortest pairs of disjoint paths. Networks
14 (1984).
"""

from __future__ import annotations

import heapq
import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

Leaving = list[list[tuple[int, int, float]]]
"""Arcs that leave each node: number, head, cost."""


def cheapest_pairs(
    instance: SdnInstance, arcs: np.ndarray, cost: np.ndarray, flows: np.ndarray
) -> np.ndarray:
    """Return the least total cost of two disjoint paths of each flow, infinite without a pair.

    Disjoint in arcs or in inner nodes, as the instance's protection has it.

    Parameters
    ----------
    arcs : array of int
        The arcs that may be used.
    cost : array
        Of each of ``arcs``, at least 0.
    flows : array of int
        For each of these.
    """
    tail = instance.tail[arcs].astype(np.int64)
    head = instance.head[arcs].astype(np.int64)
    source = instance.source[flows].astype(np.int64)
    target = instance.target[flows].astype(np.int64)
    count = len(instance.nodes)
    if instance.protection == "node":
        # A node becomes an arc from where it is entered, 2v, to where it is left, 2v + 1.
        inner = np.arange(count)
        tail, head = np.append(2 * tail + 1, 2 * inner), np.append(2 * head, 2 * inner + 1)
        cost = np.append(cost, np.zeros(count))
        source, target = 2 * source + 1, 2 * target
        count *= 2
    leaving: Leaving = [[] for _ in range(count)]
    for number, (a, b, c) in enumerate(
        zip(tail.tolist(), head.tolist(), cost.tolist(), strict=True)
    ):
        leaving[a].append((number, b, c))
    known: dict[tuple[int, int], float] = {}
    for start in np.unique(source).tolist():
        distance, parent = _tree(leaving, start)
        for end in np.unique(target[source == start]).tolist():
            known[start, end] = _pair(leaving, tail.tolist(), start, end, distance, parent)
    pairs = zip(source.tolist(), target.tolist(), strict=True)
    return np.array([known[pair] for pair in pairs], np.float64)


def _tree(leaving: Leaving, source: int) -> tuple[list[float], list[int]]:
    """Distances from a node, and the arc by which each node is reached."""
    distance = [math.inf] * len(leaving)
    parent = [-1] * len(leaving)
    distance[source] = 0.0
    heap = [(0.0, source)]
    while heap:
        d, node = heapq.heappop(heap)
        if d > distance[node]:
            continue
        for arc, head, cost in leaving[node]:
            if d + cost < distance[head]:
                distance[head] = d + cost
                parent[head] = arc
                heapq.heappush(heap, (d + cost, head))
    return distance, parent


def _pair(
    leaving: Leaving,
    tail: list[int],
    source: int,
    target: int,
    distance: list[float],
    parent: list[int],
) -> float:
    """Cost of two arc-disjoint paths, given the tree of shortest paths from the source.

    The second path is searched with reduced costs, where it may run back over the arcs of the first
    one for nothing.
    """
    if math.isinf(distance[target]):
        return math.inf
    first: set[int] = set()
    back: dict[int, int] = {}
    node = target
    while node != source:
        first.add(parent[node])
        back[node] = tail[parent[node]]
        node = tail[parent[node]]
    reduced = {source: 0.0}
    heap = [(0.0, source)]
    while heap:
        d, node = heapq.heappop(heap)
        if node == target:
            return 2.0 * distance[target] + d
        if d > reduced[node]:
            continue
        steps = [
            (head, d + cost + distance[node] - distance[head])
            for arc, head, cost in leaving[node]
            if arc not in first
        ]
        if node in back:
            steps.append((back[node], d))
        for head, cost in steps:
            if cost < reduced.get(head, math.inf):
                reduced[head] = cost
                heapq.heappush(heap, (cost, head))
    return math.inf
