"""A volunteer's dilemma: each node would rather have another one lead."""

from typing import NamedTuple

import numpy as np

from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, outer, play


class Dilemma(NamedTuple):
    """What the games of B fields need.

    Attributes
    ----------
    radius2 : float
        Squared radius within which a node is served.
    order : ndarray of uint32, shape (B, n)
        Nodes by falling residual energy, as of the last round.
    """

    radius2: float
    order: np.ndarray


@inner
def _sort(run, order, b):
    """Sort nodes by falling energy, equal ones by number; little changes from round to round."""
    for k in range(1, order.shape[1]):
        node = order[b, k]
        left, t = run.left[b, node], k
        while t > 0:
            before = order[b, t - 1]
            if run.left[b, before] > left or (run.left[b, before] == left and before < node):
                break
            order[b, t] = before
            t -= 1
        order[b, t] = node


@inner
def respond(field, run, game, b):
    """Let each node respond to those before it: it leads if none of them does within reach."""
    run.leading[b] = 0
    _sort(run, game.order, b)
    for k in range(game.order.shape[1]):
        i = game.order[b, k]
        if run.left[b, i] <= 0.0:
            break
        served = False
        for t in range(run.leading[b]):
            j = run.heads[b, t]
            dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
            if dx * dx + dy * dy <= game.radius2:
                served = True
                break
        if not served:
            lead(run, b, i)


@outer
def respond_rounds(field, run, log, rounds, game):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            respond(field, run, game, b)
            play(field, run, log, b)
