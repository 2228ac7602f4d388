"""The shortest one-tree over all edges, by Prim's algorithm in slices."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def grow_tree(source, price, mate, outside, place, key, parent, state, work):
    """Go on with the shortest spanning tree of some nodes until it looked at ``work`` edges.

    ``outside[:state[0]]`` are the nodes that are not in the tree yet and ``place`` their places
    there, n for all others; ``state[1]`` is the node that came in last. ``key``, in
    the order of ``outside``, tells how far the nodes are from the tree, and ``parent`` from which
    node of it. Edges to ``mate``, shape (n, d) and n for none, go before all others.
    """
    nobody = np.uint32(len(price))
    left = state[0]
    node = np.uint32(state[1])
    while left > 0 and work > 0:
        work -= left
        own = price[node]
        least = np.inf
        found = 0
        for k in range(left):
            other = outside[k]
            reach = distance(source, node, other) + own + price[other]
            if reach < key[k]:
                key[k] = reach
                parent[other] = node
            if key[k] < least:
                least = key[k]
                found = k
        for m in range(mate.shape[1]):
            other = mate[node, m]
            if other != nobody and place[other] != nobody:
                k = np.int64(place[other])
                key[k] = -np.inf
                parent[other] = node
                if least > -np.inf:
                    least = -np.inf
                    found = k
        node = outside[found]
        place[node] = nobody
        left -= 1
        if found != left:
            last = outside[left]
            outside[found] = last
            key[found] = key[left]
            place[last] = np.uint32(found)
    state[0] = left
    state[1] = np.int64(node)
