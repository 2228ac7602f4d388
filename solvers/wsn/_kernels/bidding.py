"""Nodes that elect themselves by what they know: own battery, neighbours, announcements of heads.

Each node works out what its leading would save by a greedy step of facility location, with the
prices of its neighbours as they were when these led last. Whose bid is highest announces itself
first; all hear it and bid anew. Source of the greedy step: A. Kuehn, M. Hamburger, A heuristic
program for locating warehouses (Management Science 1963).
"""

from typing import NamedTuple

import numpy as np

from netroute.solvers.wsn._kernels.world import (
    DIRECT,
    charge,
    follow,
    goes_on,
    inner,
    lead,
    outer,
    pay,
)

STEEPEST = 30.0
"""Logarithms of prices are kept within this."""


class Surroundings(NamedTuple):
    """Neighbours of each node of B fields, who have told each other once where they are.

    Attributes
    ----------
    start : ndarray of int64, shape (B, n + 1)
        Neighbours of node i of field b are ``near[start[b, i]:start[b, i + 1]]``.
    near : ndarray of uint32, shape (m,)
    send : ndarray of float64, shape (m,)
        Joules of a report over that distance, in either direction.
    """

    start: np.ndarray
    near: np.ndarray
    send: np.ndarray


class Habits(NamedTuple):
    """Constants of the nodes; all float64 of shape (B, n).

    Attributes
    ----------
    worth : ndarray
        Joules at its own price that a node expects a round to cost it: more than that it does not
        bid for being served.
    first : ndarray
        Logarithm of the price of its energy at the start.
    steep, gain : ndarray
        The price grows by ``exp(steep * ahead + drift)``, the drift by ``gain * ahead``, where
        ``ahead`` is how much more of its battery the node has used than it believes others have.
    hear, ask : ndarray
        Share by which a node's belief moves towards those of heads, and a head's towards the mean
        of its cluster.
    jump : ndarray
        By how much the logarithm of a node's price is thought to rise once it has led.
    eager : ndarray
        What a node takes the savings of its neighbours times, as there may be others who save.
    usual : ndarray
        Share of its battery that a direct report costs a node's surroundings on average.
    """

    worth: np.ndarray
    first: np.ndarray
    steep: np.ndarray
    gain: np.ndarray
    hear: np.ndarray
    ask: np.ndarray
    jump: np.ndarray
    eager: np.ndarray
    usual: np.ndarray


class Minds(NamedTuple):
    """What nodes remember, shape (B, n), and room for one election, shape (n,); all float64.

    Attributes
    ----------
    belief : ndarray
        Share of their batteries that others have used.
    drift : ndarray
        See `Habits`.
    told : ndarray
        Logarithm of the price that others think a node has.
    served : ndarray
        Members of a node when it led last.
    price, known : ndarray
        Of a node's energy, by itself and by others.
    own, cost : ndarray
        Of the best head so far, at the one and the other price.
    most : ndarray
        What the node pays at most, at the known price.
    bid : ndarray
    open : ndarray
        1: a head.
    """

    belief: np.ndarray
    drift: np.ndarray
    told: np.ndarray
    served: np.ndarray
    price: np.ndarray
    known: np.ndarray
    own: np.ndarray
    cost: np.ndarray
    most: np.ndarray
    bid: np.ndarray
    open: np.ndarray


@inner
def _prepare(field, run, habits, minds, b):
    """Price the energy of all nodes, as they do themselves and as others do."""
    run.leading[b] = 0
    for i in range(field.x.shape[1]):
        minds.open[i] = 0.0
        minds.own[i] = np.inf
        minds.cost[i] = np.inf
        run.parent[b, i] = DIRECT
        if run.left[b, i] <= 0.0:
            continue
        ahead = 1.0 - run.left[b, i] / field.energy[b, i] - minds.belief[b, i]
        minds.drift[b, i] += habits.gain[b, i] * ahead
        level = habits.first[b, i] + minds.drift[b, i] + habits.steep[b, i] * ahead
        minds.price[i] = np.exp(min(STEEPEST, max(-STEEPEST, level))) / field.energy[b, i]
        told = min(STEEPEST, max(-STEEPEST, minds.told[b, i]))
        minds.known[i] = np.exp(told) / field.energy[b, i]


@inner
def _bid(field, run, around, habits, minds, b, i, limit):
    """Return what node ``i`` would save by leading, in units of what that costs it."""
    price = minds.price[i]
    head = price * field.head[b, i]
    share = price * field.receive[b, i]
    own, gain = min(minds.own[i], price * limit[b, i]) - head, 0.0
    for e in range(around.start[b, i], around.start[b, i + 1]):
        k = around.near[e]
        saved = min(minds.cost[k], minds.most[k]) - minds.known[k] * around.send[e] - share
        # The dead have a cost of -1.
        if saved > 0.0:
            gain += saved
    return (own + habits.eager[b, i] * gain) / head


@inner
def _announce(field, run, minds, b, h):
    """Let all nodes hear of head ``h`` and of what joining it costs."""
    x, y = field.x[b, h], field.y[b, h]
    minds.open[h] = 1.0
    share = minds.price[h] * field.receive[b, h]
    for i in range(field.x.shape[1]):
        if run.left[b, i] <= 0.0 or minds.open[i] > 0.0:
            continue
        dx, dy = field.x[b, i] - x, field.y[b, i] - y
        d2 = dx * dx + dy * dy
        send = field.constant + (field.free * d2 if d2 < field.near else field.multi * d2 * d2)
        own = minds.price[i] * send + share
        if own < minds.own[i]:
            minds.own[i] = own
            run.parent[b, i] = np.int32(h)
        minds.cost[i] = min(minds.cost[i], minds.known[i] * send + share)
    minds.cost[h] = 0.0
    lead(run, b, h)


@inner
def _call(field, run, around, habits, minds, b, limit):
    """Let nodes with a bid above zero announce themselves, the highest one first."""
    n = field.x.shape[1]
    for i in range(n):
        minds.most[i] = minds.known[i] * limit[b, i] if run.left[b, i] > 0.0 else -1.0
    while True:
        best, highest = -1, 0.0
        for i in range(n):
            if minds.open[i] > 0.0 or run.left[b, i] <= 0.0:
                continue
            expected = field.head[b, i] + minds.served[b, i] * field.receive[b, i]
            if run.left[b, i] < expected:
                continue
            bid = _bid(field, run, around, habits, minds, b, i, limit)
            if bid > highest:
                best, highest = i, bid
        if best < 0:
            break
        _announce(field, run, minds, b, np.uint32(best))


@inner
def elect(field, run, around, habits, minds, b):
    """Choose heads, and name the head of each other node as its parent.

    After a first call, in which nodes hold out for the costs that they expect, a last one is for
    those who would otherwise report directly or from afar.
    """
    _prepare(field, run, habits, minds, b)
    _call(field, run, around, habits, minds, b, habits.worth)
    _call(field, run, around, habits, minds, b, field.direct)
    for i in range(field.x.shape[1]):
        if minds.own[i] >= minds.price[i] * field.direct[b, i]:
            run.parent[b, i] = DIRECT


@inner
def learn(field, run, habits, minds, b):
    """Change beliefs after a round: members hear heads, heads ask members."""
    n, heads = field.x.shape[1], run.leading[b]
    mean = 0.0
    for k in range(heads):
        h = run.heads[b, k]
        mean += minds.belief[b, h] / heads
        # Room of the election serves for the sums.
        minds.own[h] = 1.0 - run.left[b, h] / field.energy[b, h]
        minds.served[b, h] = 0.0
    for i in range(n):
        if run.left[b, i] <= 0.0 or minds.open[i] > 0.0:
            continue
        used = 1.0 - run.left[b, i] / field.energy[b, i]
        parent = run.parent[b, i]
        if parent >= 0:
            j = np.uint32(parent)
            minds.own[j] += used
            minds.served[b, j] += 1.0
        if heads > 0:
            minds.belief[b, i] += habits.hear[b, i] * (mean - minds.belief[b, i])
        else:
            # Nobody leads: all report directly, and each node knows what that costs others.
            usual = habits.usual[b, i]
            minds.belief[b, i] += usual
            own = field.direct[b, i] / field.energy[b, i]
            minds.told[b, i] += habits.steep[b, i] * (own - usual)
    for k in range(heads):
        h = run.heads[b, k]
        found = minds.own[h] / (1.0 + minds.served[b, h])
        minds.belief[b, h] += habits.ask[b, h] * (found - minds.belief[b, h])
        level = np.log(minds.price[h] * field.energy[b, h])
        minds.told[b, h] = level + habits.jump[b, h]


@outer
def bid_rounds(field, run, log, rounds, around, habits, minds):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            elect(field, run, around, habits, minds, b)
            follow(field, run, b)
            charge(field, run, b)
            pay(field, run, log, b)
            learn(field, run, habits, minds, b)
