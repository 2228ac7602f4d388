"""Nodes that may lead where the base station chooses: those with at least average energy."""

import numpy as np

from netroute.solvers.wsn._kernels.world import inner


@inner
def eligible(run, b, who):
    """Write the living nodes with at least the mean residual energy of them; return how many.

    The richest one is among them, whatever rounding does to the mean.
    """
    n, most = run.left.shape[1], 0.0
    mean = 0.0
    for i in range(n):
        mean += run.left[b, i]
        most = max(most, run.left[b, i])
    mean = min(mean / run.alive[b], most)
    count = 0
    for i in range(n):
        if run.left[b, i] >= mean and run.left[b, i] > 0.0:
            who[count] = np.uint32(i)
            count += 1
    return count
