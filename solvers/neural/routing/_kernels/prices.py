"""Prices of whole instances, which those of every state begin with."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.tree import grow

STEPS = np.int64(50)
DECAY = 0.93
"""Of the ascent."""

# A literal True would be compiled once more.
_ROUTES = np.bool_(True)


@kernel(_nrt=False)
def settle_prices(tables, states, tree):
    """Fill ``tables.price`` for routes from the states at the begin of each instance."""
    for s in range(len(states.here)):
        b = states.instance[s]
        number = states.number[s]
        grow(tables, states, s, _ROUTES, number, STEPS, DECAY, tree)
        tables.price[b, states.here[s]] = 0.0
        for q in range(number):
            v = states.left[s, q]
            tables.price[b, v] = tree.price[v]
