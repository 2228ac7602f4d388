"""2-opt on one tour, also where the two directions of an edge differ."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def two_opt_pass(source, tour, window):
    """Reverse each segment of at most ``window`` nodes where that shortens the tour; count them.

    ``tour`` begins and ends with the depot.
    """
    moves = 0
    last = tour.shape[0] - 1
    for i in range(1, last - 1):
        ahead = 0.0
        behind = 0.0
        into = distance(source, tour[i - 1], tour[i])
        for j in range(i + 1, min(last, i + window)):
            ahead += distance(source, tour[j - 1], tour[j])
            behind += distance(source, tour[j], tour[j - 1])
            out = distance(source, tour[j], tour[j + 1])
            before = into + ahead + out
            after = (
                distance(source, tour[i - 1], tour[j])
                + behind
                + distance(source, tour[i], tour[j + 1])
            )
            if after < before - 1e-9 * before:
                low = i
                high = j
                while low < high:
                    node = tour[low]
                    tour[low] = tour[high]
                    tour[high] = node
                    low += 1
                    high -= 1
                moves += 1
                into = distance(source, tour[i - 1], tour[i])
                ahead, behind = behind, ahead
    return np.int64(moves)
