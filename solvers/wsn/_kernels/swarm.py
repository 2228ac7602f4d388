"""PSO-C: the base station chooses heads by a particle swarm."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import below, uniform
from netroute.solvers.wsn._kernels.eligible import eligible
from netroute.solvers.wsn._kernels.world import goes_on, inner, lead, outer, play


class Swarm(NamedTuple):
    """State of one swarm of P particles of k places, for one run after the other.

    Attributes
    ----------
    who : ndarray of uint32, shape (n,)
        Nodes that may lead.
    spot, speed, best : ndarray of float64, shape (P, k, 2)
        Positions, velocities, and the best position of each particle.
    cost : ndarray of float64, shape (P,)
        Of the best positions.
    heads : ndarray of uint32, shape (2, k)
        Nodes nearest to the position at hand, and to the best one of all.
    far : ndarray of float64, shape (k,)
        Sum of distances of the members of each head.
    size : ndarray of int64, shape (k,)
        Members of each head.
    iterations : int
    balance : float
        Weight of distances against energies.
    """

    who: np.ndarray
    spot: np.ndarray
    speed: np.ndarray
    best: np.ndarray
    cost: np.ndarray
    heads: np.ndarray
    far: np.ndarray
    size: np.ndarray
    iterations: int
    balance: float


@inner
def snap(field, swarm, b, p, able):
    """Write the eligible node nearest to each place of particle ``p``; return distinct ones."""
    count = 0
    for k in range(swarm.spot.shape[1]):
        best, node = np.inf, swarm.who[0]
        for t in range(able):
            j = swarm.who[t]
            dx, dy = field.x[b, j] - swarm.spot[p, k, 0], field.y[b, j] - swarm.spot[p, k, 1]
            d2 = dx * dx + dy * dy
            if d2 < best:
                best, node = d2, j
        known = False
        for t in range(count):
            known = known or swarm.heads[0, t] == node
        if not known:
            swarm.heads[0, count] = node
            count += 1
    return count


@inner
def fitness(field, run, swarm, b, count):
    """Return the cost of the heads at hand, lower is better.

    The largest mean distance of members to their head, in metres, and the energy of all nodes over
    that of the heads, weighed.
    """
    all_left, head_left = 0.0, 0.0
    for k in range(count):
        swarm.far[k] = 0.0
        swarm.size[k] = 0
        head_left += run.left[b, swarm.heads[0, k]]
    for i in range(field.x.shape[1]):
        left = run.left[b, i]
        if left <= 0.0:
            continue
        all_left += left
        best, place = np.inf, 0
        for k in range(count):
            j = swarm.heads[0, k]
            dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
            d2 = dx * dx + dy * dy
            if d2 < best:
                best, place = d2, k
        swarm.far[place] += np.sqrt(best)
        swarm.size[place] += 1
    widest = 0.0
    for k in range(count):
        widest = max(widest, swarm.far[k] / max(1, swarm.size[k]))
    return swarm.balance * widest + (1.0 - swarm.balance) * all_left / head_left


@inner
def _remember(field, run, swarm, b, p, able, known):
    """Judge particle ``p``; return the number of the best heads of all, from ``known``."""
    count = snap(field, swarm, b, p, able)
    cost = fitness(field, run, swarm, b, count)
    leader = np.inf
    for q in range(swarm.cost.shape[0]):
        leader = min(leader, swarm.cost[q])
    if cost < swarm.cost[p]:
        swarm.cost[p] = cost
        for k in range(swarm.spot.shape[1]):
            swarm.best[p, k, 0] = swarm.spot[p, k, 0]
            swarm.best[p, k, 1] = swarm.spot[p, k, 1]
    if cost < leader:
        for k in range(count):
            swarm.heads[1, k] = swarm.heads[0, k]
        return count
    return known


@inner
def fly(field, run, swarm, b):
    """Choose heads; inertia falls from 0.9 to 0.4, both pulls are 2."""
    random = run.random[b]
    particles, places = swarm.spot.shape[0], swarm.spot.shape[1]
    run.leading[b] = 0
    able = eligible(run, b, swarm.who)
    count = np.int64(0)
    for p in range(particles):
        swarm.cost[p] = np.inf
    for p in range(particles):
        for k in range(places):
            j = swarm.who[below(random, able)]
            swarm.spot[p, k, 0] = field.x[b, j]
            swarm.spot[p, k, 1] = field.y[b, j]
            swarm.speed[p, k, 0] = 0.0
            swarm.speed[p, k, 1] = 0.0
        count = _remember(field, run, swarm, b, p, able, count)
    for turn in range(swarm.iterations):
        inertia = 0.9 - 0.5 * turn / swarm.iterations
        leader = 0
        for p in range(particles):
            if swarm.cost[p] < swarm.cost[leader]:
                leader = p
        for p in range(particles):
            for k in range(places):
                for axis in range(2):
                    at = swarm.spot[p, k, axis]
                    own = 2.0 * uniform(random) * (swarm.best[p, k, axis] - at)
                    pull = 2.0 * uniform(random) * (swarm.best[leader, k, axis] - at)
                    swarm.speed[p, k, axis] = inertia * swarm.speed[p, k, axis] + own + pull
                    swarm.spot[p, k, axis] = at + swarm.speed[p, k, axis]
            count = _remember(field, run, swarm, b, p, able, count)
    for k in range(count):
        lead(run, b, swarm.heads[1, k])


@outer
def swarm_rounds(field, run, log, rounds, swarm):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            fly(field, run, swarm, b)
            play(field, run, log, b)
