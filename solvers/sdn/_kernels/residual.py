"""Paths with the fewest hops through what capacity is left, and flows admitted on them in turn."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Labels(NamedTuple):
    """Room for one search; a label is a path from the source to a node.

    Attributes
    ----------
    node, arc : ndarray of uint32, shape (most,)
        Where each label's path ends, and by which arc it gets there.
    above : ndarray of int64, shape (most,)
        The label of the path without its last arc.
    delay : ndarray of float64, shape (most,)
    best : ndarray of float64, shape (n,)
        Least delay with which each node has been reached so far.
    newest : ndarray of int64, shape (n,)
        Each node's label of the latest layer that reached it.
    """

    node: np.ndarray
    arc: np.ndarray
    above: np.ndarray
    delay: np.ndarray
    best: np.ndarray
    newest: np.ndarray


class Room(NamedTuple):
    """What is left of a network.

    Attributes
    ----------
    capacity : ndarray of int64, shape (m,)
    entries : ndarray of int64, shape (n,)
        Free flow-table entries.
    """

    capacity: np.ndarray
    entries: np.ndarray


@kernel(_nrt=False)
def fewest_hops(
    graph, delay, room, labels, bandwidth, source, target, max_delay, max_hops, path
):  # fmt: skip
    """Write the best path with room for ``bandwidth`` into ``path``; return its hops, 0 if none.

    The best path has the fewest hops of those within ``max_delay`` (infinite where there is no
    limit) and ``max_hops``, and among these the least delay. One layer a hop: with a limit on delay
    a node is visited again when a longer path reaches it faster.
    """
    for v in range(len(labels.best)):
        labels.best[v] = np.inf
    most = len(labels.node)
    labels.node[0] = source
    labels.above[0] = -1
    labels.delay[0] = 0.0
    labels.best[source] = 0.0
    first, last = 0, 1
    hops = 0
    while first < last and hops < max_hops:
        hops += 1
        size = last
        found = -1
        for k in range(first, last):
            u = labels.node[k]
            if room.entries[u] <= 0:
                continue
            for i in range(graph.out_start[u], graph.out_start[u + np.uint32(1)]):
                a = graph.out_arc[i]
                if room.capacity[a] < bandwidth:
                    continue
                v = graph.head[a]
                through = labels.delay[k] + delay[a]
                known = labels.best[v]
                if through > max_delay or through >= known:
                    continue
                if known < np.inf and labels.newest[v] >= last:
                    new = labels.newest[v]
                elif (known < np.inf and max_delay == np.inf) or size == most:
                    continue
                else:
                    new = size
                    size += 1
                labels.node[new] = v
                labels.arc[new] = a
                labels.above[new] = k
                labels.delay[new] = through
                labels.best[v] = through
                labels.newest[v] = new
                if v == target:
                    found = new
        if found >= 0:
            for k in range(hops - 1, -1, -1):
                path[k] = labels.arc[found]
                found = labels.above[found]
            return hops
        first, last = last, size
    return 0


@kernel(_nrt=False)
def take(graph, room, path, begin, end, bandwidth, entries):
    """Take ``bandwidth`` and ``entries`` along ``path[begin:end]``; give back where negative."""
    for k in range(begin, end):
        room.capacity[path[k]] -= bandwidth
        room.entries[graph.tail[path[k]]] -= entries


@kernel(_nrt=False)
def _backup(
    graph, delay, room, labels, bandwidth, source, target, max_delay, max_hops, node_disjoint, path,
    hops,
):  # fmt: skip
    """Add to the primary path ``path[:hops]`` one that is disjoint from it; return its hops."""
    closed = np.int64(1) << np.int64(60)
    for k in range(hops):
        room.capacity[path[k]] -= closed
        room.entries[graph.tail[path[k]]] -= 1
        if node_disjoint and k > 0:
            room.entries[graph.tail[path[k]]] -= closed
    more = fewest_hops(
        graph, delay, room, labels, bandwidth, source, target, max_delay, max_hops, path[hops:]
    )
    for k in range(hops):
        room.capacity[path[k]] += closed
        room.entries[graph.tail[path[k]]] += 1
        if node_disjoint and k > 0:
            room.entries[graph.tail[path[k]]] += closed
    return more


@kernel(_nrt=False)
def admit_in_turn(
    graph, delay, room, labels, flows, source, target, bandwidth, max_delay, max_hops, protection,
    path, end, split,
):  # fmt: skip
    """Admit each of ``flows`` for which there is room, on the best path at its turn.

    ``protection`` is 0, 1 for a second, arc-disjoint path, 2 for a node-disjoint one. The i-th
    flow's arcs end at ``end[i]`` of ``path``, its backup begins at ``split[i]``.
    """
    size = 0
    for i in range(len(flows)):
        f = flows[i]
        begin = size
        hops = fewest_hops(
            graph, delay, room, labels, bandwidth[f], source[f], target[f], max_delay[f],
            max_hops[f], path[size:],
        )  # fmt: skip
        size += hops
        split[i] = size
        if hops > 0 and protection > 0:
            more = _backup(
                graph, delay, room, labels, bandwidth[f], source[f], target[f], max_delay[f],
                max_hops[f], protection == 2, path[begin:], hops,
            )  # fmt: skip
            size = size + more if more > 0 else begin
            split[i] = min(split[i], size)
        take(graph, room, path, begin, size, bandwidth[f], 1)
        end[i] = size
