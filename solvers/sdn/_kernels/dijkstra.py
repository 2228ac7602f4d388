"""Shortest-path trees by Dijkstra's algorithm with a binary heap in arrays."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.graph import NO_ARC


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def rise(heap, distance, at):
    """Move the node at ``at`` up to its place."""
    node = heap.node[at]
    key = distance[node]
    while at > 0:
        above = (at - 1) >> 1
        other = heap.node[above]
        if distance[other] <= key:
            break
        heap.node[at] = other
        heap.place[other] = at
        at = above
    heap.node[at] = node
    heap.place[node] = at


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def sink(heap, distance, size, node):
    """Put ``node`` into the empty root of a heap of ``size`` nodes and down to its place."""
    key = distance[node]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        other = heap.node[below]
        if below + 1 < size and distance[heap.node[below + 1]] < distance[other]:
            below += 1
            other = heap.node[below]
        if distance[other] >= key:
            break
        heap.node[at] = other
        heap.place[other] = at
        at = below
    heap.node[at] = node
    heap.place[node] = at


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def shortest_tree(graph, length, source, distance, parent_arc, heap):
    """Fill the distances from ``source`` and the last arc of a shortest path to each node.

    ``length`` (float64, not negative) is infinite for closed arcs; nodes out of reach get an
    infinite distance and, like the source, `NO_ARC`.
    """
    n = len(distance)
    for v in range(n):
        distance[v] = np.inf
        parent_arc[v] = NO_ARC
    distance[source] = 0.0
    heap.node[0] = source
    heap.place[source] = 0
    size = 1
    while size > 0:
        u = heap.node[0]
        size -= 1
        if size > 0:
            sink(heap, distance, size, heap.node[size])
        near = distance[u]
        for k in range(graph.out_start[u], graph.out_start[u + np.uint32(1)]):
            arc = graph.out_arc[k]
            v = graph.head[arc]
            known = distance[v]
            through = near + length[arc]
            if through < known:
                distance[v] = through
                parent_arc[v] = arc
                if known == np.inf:
                    heap.node[size] = v
                    heap.place[v] = size
                    size += 1
                rise(heap, distance, heap.place[v])


@kernel(_nrt=False)
def shortest_trees(graph, length, sources, distance, parent_arc, heap):
    """Run `shortest_tree` from each of the sources into the rows of (S, n) arrays."""
    for row in range(len(sources)):
        shortest_tree(graph, length, sources[row], distance[row], parent_arc[row], heap)


@kernel(_nrt=False)
def walk(graph, parent_arc, target, path):
    """Write the arcs of the tree's path to ``target`` into ``path``, in order; return how many.

    0 where the target is the source or out of reach.
    """
    count = 0
    node = target
    while parent_arc[node] != NO_ARC:
        path[count] = parent_arc[node]
        count += 1
        node = graph.tail[parent_arc[node]]
    for k in range(count // 2):
        path[k], path[count - 1 - k] = path[count - 1 - k], path[k]
    return count
