"""By how much each edge lengthens the shortest spanning tree, for many small instances."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.tables import distance


@kernel(_nrt=False)
def fill_alpha(tables, sizes, key, parent, order, most):
    """Fill ``tables.alpha``: length of an edge less the longest edge of its tree path.

    Lengths are with prices; of the two directions of a pair the mean counts. ``sizes`` are the
    numbers of nodes. ``key`` float64, ``parent`` and ``order`` int64, each (N,), and ``most``,
    float64 (N, N), are room. The time grows with the square of the number of nodes.

    Source: K. Helsgaun, An effective implementation of the Lin-Kernighan traveling salesman
    heuristic (European Journal of Operational Research 2000); the tree is over all nodes here.
    """
    for b in range(len(sizes)):
        n = sizes[b]
        for v in range(n):
            key[v] = np.inf
            parent[v] = -1
            order[v] = v
        key[0] = 0.0
        # Prim's algorithm; order[: t] is the tree, the others follow.
        for t in range(n):
            nearest = t
            for q in range(t + 1, n):
                if key[order[q]] < key[order[nearest]]:
                    nearest = q
            u = order[nearest]
            order[nearest] = order[t]
            order[t] = u
            for q in range(t):
                o = order[q]
                above = parent[u]
                longest = key[u]
                if o != above and most[o, above] > longest:
                    longest = most[o, above]
                most[o, u] = longest
                most[u, o] = longest
            for q in range(t + 1, n):
                v = order[q]
                length = _length(tables, b, u, v)
                if length < key[v]:
                    key[v] = length
                    parent[v] = u
        for i in range(n):
            tables.alpha[b, i, i] = 0.0
            for j in range(i):
                excess = max(0.0, _length(tables, b, i, j) - most[i, j])
                tables.alpha[b, i, j] = excess
                tables.alpha[b, j, i] = excess


@kernel(_nrt=False)
def _length(tables, b, i, j):
    if tables.matrix.shape[1] > 0:
        length = 0.5 * (distance(tables, b, i, j) + distance(tables, b, j, i))
    else:
        length = distance(tables, b, i, j)
    return length + tables.price[b, i] + tables.price[b, j]
