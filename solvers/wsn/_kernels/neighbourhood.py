"""What each node has around it within a radius, kept up as nodes die."""

from typing import NamedTuple

import numpy as np

from netroute.solvers.wsn._kernels.world import inner, outer

UNIT = 4294967296.0
"""Parts of a radius, and of its square, in which distances are counted."""


class Around(NamedTuple):
    """Living nodes other than itself within the radius of each node of B fields.

    Attributes
    ----------
    radius2 : float
        Squared radius.
    others : ndarray of int64, shape (B, n)
        How many there are.
    total, squares : ndarray of int64, shape (B, n)
        Sums of their distances, and of these squared, in radii over 2**32, so that sums are exact
        whatever their order.
    gone : ndarray of uint8, shape (B, n)
        1: the node is dead and counted out.
    alive : ndarray of int64, shape (B,)
        Nodes counted in.
    """

    radius2: float
    others: np.ndarray
    total: np.ndarray
    squares: np.ndarray
    gone: np.ndarray
    alive: np.ndarray


@inner
def _count(field, around, b, j, sign):
    """Count node ``j`` in or out at all others."""
    x, y = field.x[b, j], field.y[b, j]
    for i in range(field.x.shape[1]):
        dx, dy = field.x[b, i] - x, field.y[b, i] - y
        d2 = dx * dx + dy * dy
        if d2 <= around.radius2 and i != j:
            around.others[b, i] += sign
            if d2 > 0.0:
                share = d2 / around.radius2
                around.total[b, i] += sign * np.int64(np.sqrt(share) * UNIT)
                around.squares[b, i] += sign * np.int64(share * UNIT)


@outer
def survey(field, around, first, last):
    """Count nodes ``first`` to ``last`` - 1 in, in all fields."""
    for b in range(field.x.shape[0]):
        for j in range(first, last):
            _count(field, around, b, j, np.int64(1))
        around.alive[b] = last


@inner
def forget(field, run, around, b):
    """Count out who has died since."""
    if around.alive[b] == run.alive[b]:
        return
    for j in range(field.x.shape[1]):
        if around.gone[b, j] == 0 and run.left[b, j] <= 0.0:
            around.gone[b, j] = 1
            _count(field, around, b, j, np.int64(-1))
    around.alive[b] = run.alive[b]
