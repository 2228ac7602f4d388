"""Cheapest insertion into routes that are linked lists."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def insert_cheapest(
    source, symmetric, order, demand, capacity, fewest, first, successor, load, count
):
    """Insert each node of ``order`` where it costs least; return the new number of routes.

    Route r starts at ``first[r]`` and follows ``successor`` until node 0, the depot. The first
    ``fewest`` nodes open a route each.
    """
    depot = np.uint32(0)
    for k in range(order.shape[0]):
        node = order[k]
        best = np.inf
        best_route = np.int64(-1)
        best_before = depot
        to_depot = distance(source, node, depot)
        from_depot = distance(source, depot, node)
        for route in range(count if count >= fewest else 0):
            if load[route] + demand[node] > capacity:
                continue
            before = depot
            to_node = from_depot
            after = first[route]
            while True:
                if after == depot:
                    onward = to_depot
                else:
                    onward = distance(source, node, after)
                cost = to_node + onward - distance(source, before, after)
                if cost < best:
                    best = cost
                    best_route = np.int64(route)
                    best_before = before
                if after == depot:
                    break
                to_node = onward if symmetric else distance(source, after, node)
                before = after
                after = successor[after]
        if best_route < 0:
            first[count] = node
            successor[node] = depot
            load[count] = demand[node]
            count += 1
            continue
        if best_before == depot:
            successor[node] = first[best_route]
            first[best_route] = node
        else:
            successor[node] = successor[best_before]
            successor[best_before] = node
        load[best_route] += demand[node]
    return count
