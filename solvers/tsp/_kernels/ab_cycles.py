"""AB-cycles: the edges in which two tours differ, as cycles of alternating edges of both.

Source: Y. Nagata and S. Kobayashi, A powerful genetic algorithm using edge assembly crossover for
the traveling salesman problem (INFORMS Journal on Computing 2013).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below


class Cycles(NamedTuple):
    """AB-cycles of two tours of n nodes, and scratch to find them.

    Attributes
    ----------
    node : ndarray of int64, shape (4 n,)
        Nodes of all cycles; each one begins with an edge of the first tour.
    start : ndarray of int64, shape (n + 2,)
        Where each begins, and where the last one ends.
    path : ndarray of int64, shape (4 n,)
        Nodes walked along.
    seen : ndarray of int64, shape (n, 2)
        Place of a node on the path plus one, for even and odd places; 0 for none.
    left : ndarray of int64, shape (n, 2, 2)
        The other ends of the edges not yet used: of the first tour, of the second one.
    many : ndarray of int64, shape (n, 2)
        How many.
    list : ndarray of int64, shape (n + 2,)
        Nodes with edges left; later, the order in which cycles are tried.
    """

    node: np.ndarray
    start: np.ndarray
    path: np.ndarray
    seen: np.ndarray
    left: np.ndarray
    many: np.ndarray
    list: np.ndarray


@kernel(_nrt=False)
def _collect(first, second, cycles):
    """Gather the edges of one tour that the other one lacks; return how many nodes have some."""
    nodes = 0
    for v in range(first.shape[0]):
        for kind in range(2):
            own = first if kind == 0 else second
            other = second if kind == 0 else first
            many = 0
            for k in range(2):
                w = np.int64(own[v, k])
                if other[v, 0] != w and other[v, 1] != w:
                    cycles.left[v, kind, many] = w
                    many += 1
            cycles.many[v, kind] = many
            cycles.seen[v, kind] = 0
        if cycles.many[v, 0] > 0:
            cycles.list[nodes] = v
            nodes += 1
    return nodes


@kernel(_nrt=False)
def _use(cycles, v, kind, rng):
    """Take an unused edge of a kind at node v, at random if there are two; return its far end."""
    many = cycles.many[v, kind]
    k = below(rng, np.int64(2)) if many == 2 else np.int64(0)
    w = cycles.left[v, kind, k]
    cycles.left[v, kind, k] = cycles.left[v, kind, many - 1]
    cycles.many[v, kind] = many - 1
    many = cycles.many[w, kind] - 1
    if cycles.left[w, kind, 0] == v:
        cycles.left[w, kind, 0] = cycles.left[w, kind, many]
    cycles.many[w, kind] = many
    return w


@kernel(_nrt=False)
def ab_cycles(first, second, cycles, rng):
    """Split the difference of two tours, given by neighbours of shape (n, 2); return the count.

    Where a node has two edges of a kind, chance decides on which one a cycle goes on.
    """
    nodes = _collect(first, second, cycles)
    count = 0
    filled = 0
    path = cycles.path
    cycles.start[0] = 0
    while nodes > 0:
        at = below(rng, np.int64(nodes))
        v = cycles.list[at]
        if cycles.many[v, 0] == 0:
            nodes -= 1
            cycles.list[at] = cycles.list[nodes]
            continue
        length = 0
        path[0] = v
        cycles.seen[v, 0] = 1
        while cycles.many[path[length], length & 1] > 0:
            w = _use(cycles, path[length], length & 1, rng)
            length += 1
            path[length] = w
            if cycles.seen[w, length & 1] == 0:
                cycles.seen[w, length & 1] = length + 1
                continue
            # The path has come back with the other kind of edge: its end is a cycle.
            begin = cycles.seen[w, length & 1] - 1
            odd = begin & 1
            for i in range(begin + odd, length + odd):
                cycles.node[filled] = path[i] if i < length else path[begin]
                filled += 1
            for i in range(begin + 1, length):
                cycles.seen[path[i], i & 1] = 0
            count += 1
            cycles.start[count] = filled
            length = begin
        cycles.seen[path[0], 0] = 0
    return count
