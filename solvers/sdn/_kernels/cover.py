"""Paths of single flows at prices with charges, and lifted cover inequalities."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import shortest_tree, walk


@kernel(_nrt=False)
def price_flows(graph, flows, price, charges, tree, heap, first, last, found):
    """Find the cheapest path of the flows from ``first`` up to ``last``.

    A flow pays ``price`` for each unit of its bandwidth and, on the arcs that ``charges`` names for
    it, a fixed amount on top.
    """
    arcs = len(price)
    for f in range(first, last):
        width = flows.bandwidth[f]
        for a in range(arcs):
            tree.length[a] = width * price[a] if flows.capacity[a] >= width else np.inf
        for k in range(charges.start[f], charges.start[f + 1]):
            tree.length[charges.arc[k]] += charges.amount[k]
        shortest_tree(graph, tree.length, flows.source[f], tree.distance, tree.parent, heap)
        found.cost[f] = tree.distance[flows.target[f]]
        found.size[f] = walk(graph, tree.parent, flows.target[f], found.arcs[f])


@kernel(_nrt=False)
def lifted_cover(width, capacity, order, last, fixed, least, coefficient):
    """Lift a minimal cover and return its right-hand side; -1 where there is none or no room.

    Items with mark 1 in ``fixed`` count as taken at first. Of the others, those first in ``order``
    are taken until they are too wide together, and those not needed are left out again, the last
    ones first. The rest is lifted in the order of ``last``: items with mark 0, then the fixed ones,
    then those with mark 2. ``least[v]`` is the least width of items that count v; its length limits
    the sum of coefficients.
    """
    count = len(width)
    room = capacity
    for i in range(count):
        coefficient[i] = 0
        if fixed[i] == 1:
            room -= width[i]
    if room < 0:
        return -1
    total = 0
    size = 0
    while size < count and total <= room:
        i = order[size]
        if fixed[i] != 1:
            coefficient[i] = 1
            total += width[i]
        size += 1
    if total <= room:
        return -1
    members = 0
    for k in range(size - 1, -1, -1):
        i = order[k]
        if coefficient[i] == 1:
            if total - width[i] > room:
                total -= width[i]
                coefficient[i] = 0
            else:
                members += 1
    least[0] = 0
    top = 0
    for k in range(size):
        if coefficient[order[k]] == 1:
            if top + 1 >= len(least):
                return -1
            top = insert(least, top, width[order[k]], 1)
    most = members - 1
    for stage in range(3):
        # Fractional ones, fixed ones, those not used.
        for k in range(count):
            i = last[k]
            if coefficient[i] > 0 or fixed[i] != stage or width[i] > capacity:
                continue
            if fixed[i] == 1:
                room += width[i]
                v = most
                while v < top and least[v + 1] <= room:
                    v += 1
                gain = v - most
                most = v
            else:
                v = most
                while v > 0 and least[v] > room - width[i]:
                    v -= 1
                gain = most - v
                if width[i] > room:
                    # It cannot be taken beside the fixed ones at all.
                    gain = most + 1
            if gain > 0:
                if top + gain >= len(least):
                    return -1
                coefficient[i] = gain
                top = insert(least, top, width[i], gain)
    return most


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def insert(least, top, width, gain):
    """Let an item of a width count ``gain``; return the new largest sum."""
    for v in range(top + gain, top, -1):
        least[v] = least[v - gain] + width if v >= gain else width
    for v in range(top, 0, -1):
        other = (least[v - gain] if v >= gain else 0) + width
        if other < least[v]:
            least[v] = other
    return top + gain
