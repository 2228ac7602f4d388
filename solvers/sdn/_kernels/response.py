"""What flows take at given prices: the inner problem of the Lagrangian."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Worth(NamedTuple):
    """Flows in the order of the pairs.

    Attributes
    ----------
    density : ndarray of float64, shape (F,)
        Weight per bandwidth, falling within a pair.
    weight, bandwidth : ndarray of float64, shape (F + 1,)
        Sums over all flows before.
    """

    density: np.ndarray
    weight: np.ndarray
    bandwidth: np.ndarray


@kernel(_nrt=False)
def respond(pairs, worth, cost, demand):
    """Fill the bandwidth that each pair takes at its cost; return what it gains by that in all."""
    total = 0.0
    for k in range(len(cost)):
        first = pairs.start[k]
        low, high = first, pairs.start[k + 1]
        price = cost[k]
        while low < high:
            middle = (low + high) >> 1
            if worth.density[middle] > price:
                low = middle + 1
            else:
                high = middle
        demand[k] = 0.0
        if low > first:
            demand[k] = worth.bandwidth[low] - worth.bandwidth[first]
            total += worth.weight[low] - worth.weight[first] - price * demand[k]
    return total


@kernel(_nrt=False)
def add_loads(graph, node_row, pairs, paths, demand, load):
    """Add what the pairs' demands take of each row: bandwidth of arcs, entries of tables."""
    for k in range(len(demand)):
        if demand[k] > 0.0:
            entries = demand[k] * pairs.unit[k]
            for at in range(paths.start[k], paths.start[k + 1]):
                arc = paths.arc[at]
                load[arc] += demand[k]
                row = node_row[graph.tail[arc]]
                if row >= 0:
                    load[row] += entries
