"""Cheapest tour through every set of few clients, by dynamic programming over subsets."""

import numpy as np

from netroute.core.jit import kernel


@kernel(_nrt=False)
def extend_tours(distance, fits, begin, end, path, tour):
    """Settle the subsets ``begin`` to ``end``; bit k of a subset stands for location k + 1.

    ``path[s, j]`` is the cheapest way from the depot through all of s that ends at client j, and
    ``tour[s]`` the cheapest round trip; infinite where ``fits[s]`` is false.
    """
    count = distance.shape[0] - 1
    for s in range(begin, end):
        if not fits[s]:
            continue
        best = np.inf
        for j in range(count):
            here = path[s, j]
            if here == np.inf:
                continue
            best = min(best, here + distance[j + 1, 0])
            for k in range(count):
                t = s | (1 << k)
                if t != s and fits[t]:
                    there = here + distance[j + 1, k + 1]
                    if there < path[t, k]:
                        path[t, k] = there
        tour[s] = best
