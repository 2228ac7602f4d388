"""Chained local search: kick a few neighbouring edges, mend, keep what is not worse.

Source: O. Martin, S. Otto, E. Felten, Large-step Markov chains for the TSP incorporating local
search heuristics (Operations Research Letters 1992). The kick is a double bridge whose edges lie
close together on the tour, as in D. Applegate, W. Cook, A. Rohe, Chained Lin-Kernighan for large
traveling salesman problems (INFORMS Journal on Computing 2003).
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import below
from netroute.solvers.tsp._kernels.lin_kernighan import descend
from netroute.solvers.tsp._kernels.tour import after, flip, pop, push, take_back


@kernel(_nrt=False)
def kick(tour, source, queue, rng, reach):
    """Let two neighbouring paths of up to ``reach`` nodes change places; return the loss.

    The tour has eight nodes or more.
    """
    n = tour.order.size
    most = min(reach, (n - 2) // 2)
    at = below(rng, np.int64(n))
    first = 1 + below(rng, most)
    second = 1 + below(rng, most)
    a = tour.order[at]
    b = tour.order[(at + 1) % n]
    c = tour.order[(at + first) % n]
    d = tour.order[(at + first + 1) % n]
    e = tour.order[(at + first + second) % n]
    f = tour.order[(at + first + second + 1) % n]
    loss = distance(source, a, d) + distance(source, e, b) + distance(source, c, f)
    loss -= distance(source, a, b) + distance(source, c, d) + distance(source, e, f)
    # a [b .. c] [d .. e] f becomes a [d .. e] [b .. c] f.
    # A literal True would be a type, and a signature, of its own.
    flip(tour, b, e, after(tour, a) == b)
    flip(tour, e, d, after(tour, a) == e)
    flip(tour, c, b, after(tour, a) == d)
    push(queue, a)
    push(queue, b)
    push(queue, c)
    push(queue, d)
    push(queue, e)
    push(queue, f)
    return loss


@kernel(_nrt=False)
def kick_and_mend(tour, source, moves, queue, rng, reach, kicks):
    """Make ``kicks`` kicks, each taken back unless the tour gets no longer; return the gain."""
    total = 0.0
    for _ in range(kicks):
        tour.logged[0] = 0
        loss = kick(tour, source, queue, rng, reach)
        gain = descend(tour, source, moves, queue)
        while queue.ends[1] > 0:
            pop(queue)
        if gain < loss - 0.1 * moves.least[0]:
            take_back(tour, np.int64(0))
        else:
            total += gain - loss
    tour.logged[0] = 0
    return total
