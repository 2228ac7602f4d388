"""Flows put onto the paths of a fractional plan, in turn, as long as there is room."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import uniform

LEAST = 1e-9
"""Bandwidth with which a column that is used up is still drawn, where others are full."""


class Fraction(NamedTuple):
    """The columns of a fractional plan.

    Attributes
    ----------
    pair : ndarray of int64, shape (F,)
        The pair of each flow.
    first : ndarray of int64, shape (K + 1,)
        The columns of pair k are ``first[k]`` to ``first[k + 1] - 1``.
    start : ndarray of int64, shape (P + 1,)
        The arcs of column p are ``arc[start[p]:start[p + 1]]``.
    arc : ndarray of uint32
    tail : ndarray of uint32, shape (m,)
        The node that each arc leaves.
    """

    pair: np.ndarray
    first: np.ndarray
    start: np.ndarray
    arc: np.ndarray
    tail: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _shift(fraction, room, column, bandwidth, entries):
    """Take what a column needs; return whether nothing is short of it."""
    enough = True
    for k in range(fraction.start[column], fraction.start[column + 1]):
        a = fraction.arc[k]
        v = fraction.tail[a]
        room.capacity[a] -= bandwidth
        room.entries[v] -= entries
        enough &= room.capacity[a] >= 0 and room.entries[v] >= 0
    return enough


@kernel(_nrt=False)
def place(fraction, room, bandwidth, flows, left, random, rng, key, chosen):
    """Put ``flows``, in this order, onto columns of their pairs that have room.

    The column with the most of its fractional bandwidth left is tried first; with ``random``,
    columns are drawn one after the other with odds in proportion to it. By exponential keys:
    P. Efraimidis, P. Spirakis, Weighted random sampling with a reservoir (Information Processing
    Letters 2006).

    Parameters
    ----------
    left : ndarray of float64, shape (P,)
        Bandwidth of each column in the plan, which is used up.
    random : bool
    rng : ndarray of uint64, shape (1,)
    key : ndarray of float64, shape (P,)
        Working space.
    chosen : ndarray of int64, shape (F,)
        Gets the column of each flow that is placed.
    """
    for i in range(len(flows)):
        flow = flows[i]
        low, high = fraction.first[fraction.pair[flow]], fraction.first[fraction.pair[flow] + 1]
        for c in range(low, high):
            key[c] = left[c]
            if random:
                key[c] = np.log(1.0 - uniform(rng)) / max(left[c], LEAST)
        for _ in range(low, high):
            best = low
            for c in range(low + 1, high):
                if key[c] > key[best]:
                    best = c
            if _shift(fraction, room, best, bandwidth[flow], 1):
                left[best] -= bandwidth[flow]
                chosen[flow] = best
                break
            _shift(fraction, room, best, -bandwidth[flow], -1)
            key[best] = -np.inf
