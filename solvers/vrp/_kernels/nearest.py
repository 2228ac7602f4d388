"""Nearest neighbour over all clients that are left."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def extend_nearest(source, left, demand, capacity, steps, flat, state):
    """Drive to the nearest client that fits, ``steps`` times.

    ``left[:state[0]]`` are the clients to serve, ``flat[:state[1]]`` what has been driven, where 0
    ends a route; ``state[2]`` is the load of the last route. Ties go to the smaller number.
    """
    depot = np.uint32(0)
    for _ in range(steps):
        count = state[0]
        if count == 0:
            return
        here = depot if state[1] == 0 else flat[state[1] - 1]
        best = np.inf
        place = np.int64(-1)
        for k in range(count):
            node = left[k]
            if state[2] + demand[node] > capacity:
                continue
            length = distance(source, here, node)
            if length < best or (length == best and node < left[place]):
                best = length
                place = np.int64(k)
        if place < 0:
            flat[state[1]] = depot
            state[1] += 1
            state[2] = 0
            continue
        flat[state[1]] = left[place]
        state[1] += 1
        state[2] += demand[left[place]]
        left[place] = left[count - 1]
        state[0] = count - 1
