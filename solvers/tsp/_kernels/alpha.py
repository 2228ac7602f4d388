"""How much longer the shortest one-tree becomes that must have an edge."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def nearest_by_alpha(
    source,
    price,
    mate,
    root,
    longest,
    parent,
    bottleneck,
    order,
    most,
    mark,
    begin,
    end,
    near,
    alpha,
):
    """Fill rows ``begin`` to ``end`` of ``near`` with the nodes of the least alpha, in order.

    ``parent`` and ``bottleneck``, the length of the edge to it or less where it is fixed, are of
    the tree over all nodes but ``root``; ``order`` has its nodes, parents first. ``longest`` is the
    longer one of the two edges at the root, fixed ones left out. The ends of fixed edges, ``mate``,
    have an alpha of 0. ``most`` and ``mark`` are room; ``mark`` must not hold the numbers of these
    rows. Rows of ``alpha`` get the values; ties go to the shorter edge.

    Source: K. Helsgaun, An effective implementation of the Lin-Kernighan traveling salesman
    heuristic (European Journal of Operational Research 2000).
    """
    n = len(price)
    width = near.shape[1]
    first = order[0]
    for i in range(begin, end):
        node = np.uint32(i)
        if node != root:
            # The largest edge on the way from the node to each other one: up first, then down.
            most[node] = -np.inf
            mark[node] = i
            at = node
            while at != first:
                above = parent[at]
                most[above] = max(most[at], bottleneck[at])
                mark[above] = i
                at = above
            for k in range(1, len(order)):
                at = order[k]
                if mark[at] != i:
                    most[at] = max(most[parent[at]], bottleneck[at])
        filled = 0
        for j in range(n):
            other = np.uint32(j)
            if other == node:
                continue
            length = distance(source, node, other) + price[node] + price[other]
            gain = length - (longest if node == root or other == root else most[other])
            gain = max(0.0, gain)
            for m in range(mate.shape[1]):
                if mate[node, m] == other:
                    gain = 0.0
            if filled == width and gain > alpha[i, width - 1]:
                continue
            place = filled if filled < width else width
            while place > 0:
                rival = near[i, place - 1]
                if alpha[i, place - 1] < gain:
                    break
                apart = distance(source, node, rival) + price[node] + price[rival]
                if alpha[i, place - 1] == gain and apart <= length:
                    break
                if place < width:
                    near[i, place] = rival
                    alpha[i, place] = alpha[i, place - 1]
                place -= 1
            if place < width:
                near[i, place] = other
                alpha[i, place] = gain
            if filled < width:
                filled += 1
