"""Nearest neighbour over the nodes that are left."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def extend_nearest(source, near, mate, entered, left, place, tour, state, steps):
    """Go to the nearest node that is left, ``steps`` times.

    ``tour[:state[0]]`` has been visited and is not empty; ``left[:n - state[0]]`` are the other
    nodes, ``place`` their places in it and n for visited ones. Only if no node of the list ``near``
    is left are all looked at. A node of ``mate`` (n for none) that is left comes next in any case;
    other nodes only where they can be ``entered``. Ties go to the smaller number.
    """
    n = len(tour)
    nobody = np.uint32(n)
    for _ in range(steps):
        visited = state[0]
        if visited == n:
            return
        here = tour[visited - 1]
        best = np.inf
        following = nobody
        for k in range(2):
            other = mate[here, k]
            if other != nobody and place[other] != nobody and following == nobody:
                following = other
        if following == nobody:
            for k in range(near.shape[1]):
                other = near[here, k]
                if place[other] == nobody or not entered[other]:
                    continue
                length = distance(source, here, other)
                if length < best or (length == best and other < following):
                    best = length
                    following = other
        if following == nobody:
            for k in range(n - visited):
                other = left[k]
                if not entered[other]:
                    continue
                length = distance(source, here, other)
                if length < best or (length == best and other < following):
                    best = length
                    following = other
        last = left[n - visited - 1]
        left[place[following]] = last
        place[last] = place[following]
        place[following] = nobody
        tour[visited] = following
        state[0] = visited + 1
