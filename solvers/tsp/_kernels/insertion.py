"""Insertion of nodes into a growing tour."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def insert_cheapest(source, order, following, state, steps):
    """Insert ``steps`` nodes of ``order`` from place ``state[0]`` on, each where it costs least.

    ``following[v]`` is the node after v in the tour, which has ``order[0]``. Of equally good places
    the first one from there counts.
    """
    first = order[0]
    for _ in range(steps):
        place = state[0]
        if place == len(order):
            return
        node = order[place]
        best = np.inf
        after = first
        a = first
        while True:
            b = following[a]
            cost = distance(source, a, node) + distance(source, node, b) - distance(source, a, b)
            if cost < best:
                best = cost
                after = a
            a = b
            if a == first:
                break
        following[node] = following[after]
        following[after] = node
        state[0] = place + 1
