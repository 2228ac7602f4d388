"""LEACH-C: the base station anneals a set of heads near to all nodes."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import below, uniform
from netroute.solvers.wsn._kernels.eligible import eligible
from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, outer, play


class Annealing(NamedTuple):
    """State of one annealing, for one run after the other.

    Attributes
    ----------
    who : ndarray of uint32, shape (n,)
        Nodes that may lead; the first ones do.
    near : ndarray of float64, shape (2, n)
        Squared distance of each node to its nearest head, now and after a move.
    at : ndarray of uint32, shape (2, n)
        Place of that head.
    heads, moves : int
        How many to choose, and moves of a round.
    """

    who: np.ndarray
    near: np.ndarray
    at: np.ndarray
    heads: int
    moves: int


@inner
def nearest(field, state, b, i, count):
    """Return the squared distance from ``i`` to the nearest of ``count`` heads, and its place."""
    best, place = np.inf, 0
    for k in range(count):
        j = state.who[k]
        dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
        d2 = dx * dx + dy * dy
        if d2 < best:
            best, place = d2, k
    return best, place


@inner
def _moved(field, run, state, b, k, count):
    """Look at the head that has come to place ``k``; return the sum of squared distances."""
    j = state.who[k]
    x, y, total = field.x[b, j], field.y[b, j], 0.0
    for i in range(field.x.shape[1]):
        if run.left[b, i] <= 0.0:
            continue
        dx, dy = field.x[b, i] - x, field.y[b, i] - y
        best, place = state.near[0, i], np.int64(state.at[0, i])
        if place == k:
            best, place = nearest(field, state, b, i, count)
        elif dx * dx + dy * dy < best:
            best, place = dx * dx + dy * dy, k
        state.near[1, i] = best
        state.at[1, i] = place
        total += best
    return total


@inner
def anneal(field, run, state, b):
    """Choose heads; the temperature of move m is 1000 exp(-m / 20), in square metres."""
    random, n = run.random[b], field.x.shape[1]
    run.leading[b] = 0
    able = eligible(run, b, state.who)
    count = min(state.heads, able)
    for k in range(count):
        other = k + below(random, able - k)
        state.who[k], state.who[other] = state.who[other], state.who[k]
    now = 0.0
    for i in range(n):
        if run.left[b, i] > 0.0:
            best, place = nearest(field, state, b, i, count)
            state.near[0, i] = best
            state.at[0, i] = place
            now += best
    if able > count:
        for m in range(state.moves):
            k = below(random, count)
            other = count + below(random, able - count)
            state.who[k], state.who[other] = state.who[other], state.who[k]
            total = _moved(field, run, state, b, k, count)
            worse = total - now
            if worse <= 0.0 or uniform(random) < np.exp(-worse / (1000.0 * np.exp(-m / 20.0))):
                now = total
                for i in range(n):
                    state.near[0, i] = state.near[1, i]
                    state.at[0, i] = state.at[1, i]
            else:
                state.who[k], state.who[other] = state.who[other], state.who[k]
    for k in range(count):
        lead(run, b, state.who[k])


@outer
def centralise(field, run, log, rounds, state):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            anneal(field, run, state, b)
            play(field, run, log, b)
