"""Routes that come to terms over capacity: each flow anew at prices that rise where it is short."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import shortest_tree
from netroute.solvers.sdn._kernels.pricing import put_path


class Routing(NamedTuple):
    """Present paths of all flows and what they take.

    Attributes
    ----------
    arc : ndarray of uint32, shape (F, n)
        Arcs of each flow's path, in order.
    hops : ndarray of int64, shape (F,)
        How many they are, 0 without a path.
    load : ndarray of int64, shape (m,)
    history : ndarray of float64, shape (m,)
        What the arcs cost beside their basic cost of 1.
    """

    arc: np.ndarray
    hops: np.ndarray
    load: np.ndarray
    history: np.ndarray


class Rights(NamedTuple):
    """Which of the scarce arcs each flow may use.

    Attributes
    ----------
    place : ndarray of int64, shape (m,)
        Number of each scarce arc, -1 for all others.
    word : ndarray of uint64, shape (F, W)
        Bit k of a flow's words is set where it may use scarce arc k.
    trespass : float
        Cost of any other scarce arc.
    """

    place: np.ndarray
    word: np.ndarray
    trespass: float


@kernel(_nrt=False)
def negotiate(
    graph, source, target, bandwidth, capacity, flows, rights, pressure, routing, tree, heap, room
):
    """Route some flows one after the other, each on the path that costs it least at present.

    An arc costs 1 and its history, times ``1 + pressure * excess / bandwidth`` where the flow
    would exceed the capacity; a scarce arc costs next to nothing by right.
    """
    for f in flows:
        load = routing.load
        path = routing.arc[f]
        b = bandwidth[f]
        for k in range(routing.hops[f]):
            load[path[k]] -= b
        routing.hops[f] = 0
        for e in range(len(capacity)):
            if capacity[e] < b:
                tree.length[e] = np.inf
                continue
            cost = 1.0 + routing.history[e]
            k = rights.place[e]
            if k >= 0:
                if (rights.word[f, k >> 6] >> np.uint64(k & 63)) & np.uint64(1):
                    cost *= 0.01
                else:
                    cost += rights.trespass
            excess = load[e] + b - capacity[e]
            if excess > 0:
                cost *= 1.0 + pressure * excess / b
            tree.length[e] = cost
        shortest_tree(graph, tree.length, source[f], tree.distance, tree.parent_arc, heap)
        count = put_path(graph, tree.parent_arc, target[f], room, np.int64(0))
        for k in range(count):
            path[k] = room[k]
            load[path[k]] += b
        routing.hops[f] = count
