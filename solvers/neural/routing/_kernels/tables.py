"""What the kernels of the routing policy know of a number of instances."""

import math
from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Tables(NamedTuple):
    """I instances of at most N nodes each, the depot of routes first.

    ``x`` and ``y``, float64 (I, N); ``matrix``, float32 (I, N, N), distances that are used in their
    place, of shape (I, 0, 0) where there are none; ``price``, float64 (I, N), multipliers of the
    Held-Karp bound; ``alpha``, float32 (I, N, N), what a tree with an edge is longer than the
    shortest one, with prices; ``demand``, float64 (I, N), shares of a vehicle's capacity.

    Where there are demands: ``pairs``, uint32 (I, L, P, 2), pairs of clients in several orders, by
    their savings first, then zeros; ``saved``, float64 (I, L, P), what it saves to serve them one
    after the other; ``turn``, float64 (I, N), direction seen from the depot, and ``around``, int32
    (I, N - 1), clients by direction, then -1. Of no length where there are none.
    """

    x: np.ndarray
    y: np.ndarray
    matrix: np.ndarray
    price: np.ndarray
    alpha: np.ndarray
    demand: np.ndarray
    pairs: np.ndarray
    saved: np.ndarray
    turn: np.ndarray
    around: np.ndarray


class States(NamedTuple):
    """S partial solutions, each of one of the instances.

    ``instance``, ``here``, ``goal``: int64 (S,), the instance, the node where the walk is, and that
    where it must end. ``left``, int64 (S, R), begins with the ``number``, int64 (S,), nodes that
    are to be visited. ``room``, float64 (S,), is what the vehicle can still take; ``mass``, float64
    (S,), the demand of the nodes that are left.
    """

    instance: np.ndarray
    here: np.ndarray
    goal: np.ndarray
    left: np.ndarray
    number: np.ndarray
    room: np.ndarray
    mass: np.ndarray


@kernel(_nrt=False)
def distance(tables, b, i, j):
    """Distance from node ``i`` to node ``j`` of instance ``b``."""
    if tables.matrix.shape[1] > 0:
        return np.float64(tables.matrix[b, i, j])
    dx = tables.x[b, i] - tables.x[b, j]
    dy = tables.y[b, i] - tables.y[b, j]
    return math.sqrt(dx * dx + dy * dy)
