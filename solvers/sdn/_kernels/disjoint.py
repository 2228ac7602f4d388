"""Cheapest pairs of arc-disjoint paths.

Source: J. W. Suurballe, R. E. Tarjan, A quick method for finding shortest pairs of disjoint paths
(Networks 1984).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import rise, shortest_tree, sink
from netroute.solvers.sdn._kernels.graph import NO_ARC
from netroute.solvers.sdn._kernels.pricing import set_lengths


class Second(NamedTuple):
    """Room for the second search and the pair.

    Attributes
    ----------
    distance : ndarray of float64, shape (n,)
    parent_arc : ndarray of uint32, shape (n,)
    entering : ndarray of uint32, shape (n,)
        The arc by which the first path enters each node.
    used : ndarray of bool, shape (m,)
        Arcs of the first path, later of both.
    place : ndarray of int64, shape (n,)
        Where in the path each node is, -1 for nowhere.
    """

    distance: np.ndarray
    parent_arc: np.ndarray
    entering: np.ndarray
    used: np.ndarray
    place: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _reach(second, heap, size, v, arc, through):
    """Give node v a shorter way; return the size of the heap."""
    known = second.distance[v]
    if through < known:
        second.distance[v] = through
        second.parent_arc[v] = arc
        if known == np.inf:
            heap.node[size] = v
            heap.place[v] = size
            size += 1
        rise(heap, second.distance, heap.place[v])
    return size


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _search(graph, tree, heap, second, source, target):
    """Shortest path in reduced lengths that may go back along the first one's arcs."""
    for v in range(len(second.distance)):
        second.distance[v] = np.inf
        second.parent_arc[v] = NO_ARC
    second.distance[source] = 0.0
    heap.node[0] = source
    heap.place[source] = 0
    size = 1
    while size > 0:
        u = heap.node[0]
        if u == target:
            return
        size -= 1
        if size > 0:
            sink(heap, second.distance, size, heap.node[size])
        near = second.distance[u]
        if second.entering[u] != NO_ARC:
            arc = second.entering[u]
            size = _reach(second, heap, size, graph.tail[arc], arc, near)
        for k in range(graph.out_start[u], graph.out_start[u + np.uint32(1)]):
            arc = graph.out_arc[k]
            if tree.length[arc] < np.inf and not second.used[arc]:
                v = graph.head[arc]
                more = tree.length[arc] + tree.distance[u] - tree.distance[v]
                # Rounding errors may make it negative.
                size = _reach(second, heap, size, v, arc, near + max(more, 0.0))


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _merge(graph, second, source, target):
    """Leave in ``used`` what both paths use together: opposite directions cancel out."""
    node = target
    while node != source:
        arc = second.parent_arc[node]
        if graph.head[arc] == node:
            second.used[arc] = True
            node = graph.tail[arc]
        else:
            second.used[arc] = False
            node = graph.head[arc]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _extract(graph, arcs, second, source, target, paths, at):
    """Move one path out of ``used`` into ``paths``, without loops; return the end.

    Arcs from number ``arcs`` on are left out: they stand for nodes.
    """
    end = at
    node = source
    for v in range(len(second.place)):
        second.place[v] = -1
    second.place[node] = at
    while node != target:
        for k in range(graph.out_start[node], graph.out_start[node + np.uint32(1)]):
            arc = graph.out_arc[k]
            if second.used[arc]:
                break
        second.used[arc] = False
        node = graph.head[arc]
        if second.place[node] >= 0:
            while end > second.place[node]:
                end -= 1
                second.place[graph.head[paths.arc[end]]] = -1
            second.place[node] = end
        else:
            paths.arc[end] = arc
            end += 1
            second.place[node] = end
    kept = at
    for k in range(at, end):
        if paths.arc[k] < arcs:
            paths.arc[kept] = paths.arc[k]
            kept += 1
    return kept


@kernel(_nrt=False)
def price_disjoint(
    graph, capacity, price, node_price, pairs, heap, tree, paths, first, last, whole, second
):
    """Price a pair of disjoint paths for each pair of nodes of the trees; see `price_trees`.

    ``whole`` is the graph in which arc-disjoint paths are what is looked for: ``graph`` itself, or
    the one in which an additional arc stands for each node, from its part that arcs enter to the
    part, n numbers later, that they leave. Limits on delay and hops are not kept.
    """
    nodes = len(graph.out_start) - 1
    arcs = len(graph.tail)
    shift = np.uint32(len(whole.out_start) - 1 - nodes)
    for t in range(first, last):
        low, high = pairs.tree_start[t], pairs.tree_start[t + 1]
        if paths.start[low] + 2 * (high - low) * (nodes + np.int64(shift)) > len(paths.arc):
            return t
        set_lengths(
            graph, capacity, price, node_price, pairs.width[low], pairs.unit[low], tree.length
        )
        source = np.uint32(pairs.source[low] + shift)
        shortest_tree(whole, tree.length, source, tree.distance, tree.parent_arc, heap)
        for k in range(low, high):
            target = pairs.target[k]
            at = paths.start[k]
            paths.cost[k] = np.inf
            paths.start[k + 1] = at
            paths.split[k] = 0
            if tree.distance[target] == np.inf:
                continue
            node = target
            while node != source:
                arc = tree.parent_arc[node]
                second.used[arc] = True
                second.entering[node] = arc
                node = whole.tail[arc]
            _search(whole, tree, heap, second, source, target)
            found = second.distance[target] < np.inf
            node = target
            while node != source:
                second.entering[node] = NO_ARC
                node = whole.tail[tree.parent_arc[node]]
            if found:
                paths.cost[k] = 2.0 * tree.distance[target] + second.distance[target]
                _merge(whole, second, source, target)
                middle = _extract(whole, arcs, second, source, target, paths, at)
                end = _extract(whole, arcs, second, source, target, paths, middle)
                paths.start[k + 1] = end
                paths.split[k] = middle - at
            for arc in range(len(second.used)):
                second.used[arc] = False
    return last
