"""Rounds chosen at prices that grow with what each node has spent, and their refinement.

Sources: N. Garg, J. Könemann, Faster and simpler algorithms for multicommodity flow and other
fractional packing problems (SIAM Journal on Computing 2007); S. Arora, E. Hazan, S. Kale, The
multiplicative weights update method (Theory of Computing 2012).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.wsn._kernels.facility import assign, close_head, improve, spend

STEEPEST = 300.0
"""Exponents are kept within this, so that prices stay positive and finite."""


class Batteries(NamedTuple):
    """What nodes have and how they are priced; all float64 of shape (n,).

    Attributes
    ----------
    full, left : ndarray
        Joules at the start and now.
    edge : ndarray
        Joules below which a node is dead.
    drift : ndarray
        Sum of how far each node has been ahead of the average, times the gain of the integral part.
    spent : ndarray
        What the last round cost.
    average : ndarray
        Sum of all prices so far, each round's scaled to a worth of 1 of all full batteries.
    """

    full: np.ndarray
    left: np.ndarray
    edge: np.ndarray
    drift: np.ndarray
    spent: np.ndarray
    average: np.ndarray


class Rule(NamedTuple):
    """How prices follow the batteries.

    Attributes
    ----------
    eta, gain : float
        Prices grow by ``exp(eta * (used - mean) + drift)``; the drift by ``gain * (used - mean)``.
    hold : int
        Rounds that a configuration is kept.
    tries : int
        Attempts to find a round that everybody can pay.
    strict : bool
        Whether a round that a node cannot pay ends the life.
    """

    eta: float
    gain: float
    hold: int
    tries: int
    strict: bool


class Log(NamedTuple):
    """The configurations played.

    Attributes
    ----------
    first : ndarray of uint32, shape (m, n)
        Whom each node reports to: n is the base station, n + 1 nobody; heads report to themselves.
    rounds : ndarray of int64, shape (m,)
    cursor : ndarray of int64, shape (3,)
        Configurations, rounds, and full rounds so far.
    """

    first: np.ndarray
    rounds: np.ndarray
    cursor: np.ndarray


@kernel(_nrt=False)
def set_prices(clusters, batteries, rule):
    """Price the energy of the living by what they have used; return how many they are."""
    n = batteries.full.shape[0]
    mean, worth, alive = 0.0, 0.0, 0
    for i in range(n):
        if clusters.usable[i]:
            mean += 1.0 - batteries.left[i] / batteries.full[i]
            alive += 1
    mean /= max(1, alive)
    for i in range(n):
        if clusters.usable[i]:
            ahead = 1.0 - batteries.left[i] / batteries.full[i] - mean
            batteries.drift[i] += rule.hold * rule.gain * ahead
            rise = batteries.drift[i] + rule.eta * ahead
            rise = min(STEEPEST, max(-STEEPEST, rise))
            clusters.price[i] = np.exp(rise) / batteries.full[i]
            worth += np.exp(rise)
    for i in range(n):
        if clusters.usable[i]:
            batteries.average[i] += clusters.price[i] / worth
    return alive


@kernel(_nrt=False)
def choose(field, clusters, passes):
    """Find cheap heads from those of the last round on."""
    assign(field, clusters)
    most = 0.0
    for i in range(clusters.price.shape[0]):
        if clusters.usable[i]:
            most += clusters.price[i] * field.direct[i]
    improve(field, clusters, 1e-9 * most, passes)


@kernel(_nrt=False)
def bar_poor(field, clusters, batteries):
    """Let nodes that cannot pay for a round as a head be members only."""
    for i in range(clusters.price.shape[0]):
        if clusters.usable[i] == 0:
            continue
        clusters.usable[i] = 2
        if batteries.left[i] < field.head[i]:
            clusters.usable[i] = 1
            if clusters.open[i]:
                close_head(field, clusters, np.uint32(i))


@kernel(_nrt=False)
def affordable(clusters, batteries):
    """Tell whether everyone can pay; raise the prices of those who cannot."""
    fine = True
    for i in range(clusters.price.shape[0]):
        if batteries.spent[i] > batteries.left[i] + 0.5 * batteries.edge[i]:
            fine = False
            clusters.price[i] *= 1.5
    return fine


@kernel(_nrt=False)
def settle(field, clusters, batteries, rule, log, asked):
    """Play the round chosen for up to ``asked`` rounds, to the first death at most."""
    n = batteries.full.shape[0]
    count = asked
    for i in range(n):
        if clusters.usable[i] and batteries.spent[i] > 0.0:
            able = np.floor((batteries.left[i] + batteries.edge[i]) / batteries.spent[i])
            rest = batteries.left[i] - able * batteries.spent[i]
            if rest > batteries.edge[i]:
                able += 1.0
            if able < count:
                count = np.int64(able)
    row = log.cursor[0]
    whole, short = True, False
    for i in range(n):
        log.first[row, i] = clusters.first[i]
        if clusters.usable[i] == 0:
            log.first[row, i] = np.uint32(n + 1)
            whole = False
    for i in range(n):
        if clusters.usable[i] == 0:
            continue
        cost = count * batteries.spent[i]
        if cost > batteries.left[i] + batteries.edge[i]:
            short = True
        batteries.left[i] = max(0.0, batteries.left[i] - cost)
        if batteries.left[i] <= batteries.edge[i]:
            clusters.usable[i] = 0
            if clusters.open[i]:
                close_head(field, clusters, np.uint32(i))
    log.rounds[row] = count
    log.cursor[0] += 1
    log.cursor[1] += count
    if whole:
        log.cursor[2] += count
        if short and rule.strict:
            log.cursor[2] -= 1
    return count


@kernel(_nrt=False)
def play(field, clusters, batteries, rule, log, passes, configurations, last):
    """Choose and play configurations; return how many nodes were alive before the last one.

    It ends after ``configurations`` of them, after round ``last``, or when all nodes are dead.
    """
    alive = 1
    for _ in range(configurations):
        left = last - log.cursor[1]
        if left <= 0:
            break
        alive = set_prices(clusters, batteries, rule)
        if alive == 0:
            break
        # Once a node is dead, no effort is made for the next one.
        tries = rule.tries if alive == clusters.price.shape[0] else 0
        bar_poor(field, clusters, batteries)
        fine = False
        for _ in range(tries + 1):
            choose(field, clusters, passes)
            spend(field, clusters, batteries.spent)
            fine = affordable(clusters, batteries)
            if fine:
                break
        settle(field, clusters, batteries, rule, log, min(left, rule.hold))
    return alive


class Stretch(NamedTuple):
    """Rounds that are chosen together, within what the batteries hold.

    Attributes
    ----------
    limit : ndarray of float64, shape (n,)
        Joules for all of them.
    load : ndarray of float64, shape (n,)
        What they cost now.
    cost : ndarray of float64, shape (k, n)
        The same of each.
    first : ndarray of uint32, shape (k, n)
        Whom each node reports to.
    trial : ndarray of float64, shape (n,)
    """

    limit: np.ndarray
    load: np.ndarray
    cost: np.ndarray
    first: np.ndarray
    trial: np.ndarray


@kernel(_nrt=False)
def overload(stretch):
    """Return the largest load over limit."""
    worst = 0.0
    for i in range(stretch.limit.shape[0]):
        worst = max(worst, stretch.load[i] / stretch.limit[i])
    return worst


@kernel(_nrt=False)
def rechoose(field, clusters, stretch, row, beta, tolerance, passes):
    """Choose one round anew, against the others; return whether it was changed.

    The potential is the sum of ``exp(beta * load / limit)``; it may rise by the tolerance.
    """
    n = stretch.limit.shape[0]
    worst = 0.0
    for i in range(n):
        stretch.load[i] -= stretch.cost[row, i]
        worst = max(worst, (stretch.load[i] + stretch.cost[row, i]) / stretch.limit[i])
    count = 0
    for i in range(n):
        # Half of what it pays now is a fair guess of what it will pay.
        share = (stretch.load[i] + 0.5 * stretch.cost[row, i]) / stretch.limit[i]
        clusters.price[i] = np.exp(max(-STEEPEST, beta * (share - worst))) / stretch.limit[i]
        clusters.open[i] = 0
        if stretch.first[row, i] == i:
            clusters.open[i] = 1
            clusters.heads[count] = np.uint32(i)
            count += 1
    clusters.number[0] = count
    choose(field, clusters, passes)
    spend(field, clusters, stretch.trial)
    before, after = 0.0, 0.0
    for i in range(n):
        share = (stretch.load[i] + stretch.cost[row, i]) / stretch.limit[i]
        before += np.exp(beta * (share - worst))
        share = (stretch.load[i] + stretch.trial[i]) / stretch.limit[i]
        after += np.exp(beta * (share - worst))
    better = after < before * (1.0 + tolerance)
    for i in range(n):
        if better:
            stretch.cost[row, i] = stretch.trial[i]
            stretch.first[row, i] = clusters.first[i]
        stretch.load[i] += stretch.cost[row, i]
    return better


@kernel(_nrt=False)
def sweep(field, clusters, stretch, begin, end, beta, tolerance, passes):
    """Choose the rounds from ``begin`` to ``end`` anew, one after the other; count the changes."""
    changes = 0
    for row in range(begin, end):
        if rechoose(field, clusters, stretch, row, beta, tolerance, passes):
            changes += 1
    return changes
