"""Nodes that learn by tables when to lead."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.world import HEAD, charge, goes_on, inner, join, lead, pay

STATES = 48
"""Four levels of energy, four of rounds since leading, three of how many led last."""

SCARCE = 10.0
"""Most that a joule of a poor node counts for, in joules of an average one."""


class Tables(NamedTuple):
    """What the nodes of B runs have learned.

    Attributes
    ----------
    value : ndarray of float64, shape (B, n, STATES, 2)
        Of following and of leading.
    state, action : ndarray of int64, shape (B, n)
        Of the last round; state -1 before the first one.
    reward : ndarray of float64, shape (B, n)
        Of the last round.
    share, rate, discount : float
        Share of nodes that lead before anything is learned, learning rate, discount.
    """

    value: np.ndarray
    state: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    share: float
    rate: float
    discount: float


@inner
def state_of(run, b, i, mean, share, wanted):
    """Return the state of a node: its energy, its last turn, and how many led last."""
    ratio = run.left[b, i] / mean
    energy = 0 if ratio < 0.95 else (1 if ratio < 1.0 else (2 if ratio < 1.05 else 3))
    turns = (run.round[b] - run.last[b, i]) * share
    since = 0 if turns < 0.5 else (1 if turns < 1.0 else (2 if turns < 2.0 else 3))
    if run.last[b, i] < 0:
        since = 3
    crowd = 0 if run.count[b] < 0.5 * wanted else (1 if run.count[b] <= 1.5 * wanted else 2)
    return np.int64((energy * 4 + since) * 3 + crowd)


@inner
def choose(run, tables, b, explore):
    """Learn from the last round, then choose who leads."""
    n, random = run.left.shape[1], run.random[b]
    mean = 0.0
    for i in range(n):
        mean += run.left[b, i]
    mean /= run.alive[b]
    wanted = tables.share * run.alive[b]
    for i in range(n):
        if run.left[b, i] <= 0.0:
            continue
        s = np.uint32(state_of(run, b, i, mean, tables.share, wanted))
        follow, leads = tables.value[b, i, s, 0], tables.value[b, i, s, 1]
        if tables.state[b, i] >= 0:
            before, did = np.uint32(tables.state[b, i]), np.uint32(tables.action[b, i])
            goal = tables.reward[b, i] + tables.discount * max(follow, leads)
            tables.value[b, i, before, did] += tables.rate * (
                goal - tables.value[b, i, before, did]
            )
            follow, leads = tables.value[b, i, s, 0], tables.value[b, i, s, 1]
        # Where both look alike, as before anything is known, and to explore: at random.
        if follow == leads or uniform(random) < explore:
            chosen = 1 if uniform(random) < tables.share else 0
        else:
            chosen = 1 if leads > follow else 0
        tables.state[b, i] = np.int64(s)
        tables.action[b, i] = chosen
    run.count[b] = 0
    for i in range(n):
        if run.left[b, i] > 0.0 and tables.action[b, i] == 1:
            lead(run, b, np.uint32(i))


@inner
def reward(field, run, tables, b):
    """Reward each node by what it saves against direct reports; a head by its members' too."""
    n = field.x.shape[1]
    mean, usual = 0.0, 0.0
    for i in range(n):
        if run.left[b, i] > 0.0:
            mean += run.left[b, i]
            usual += field.direct[b, i]
    mean /= run.alive[b]
    usual /= run.alive[b]
    for i in range(n):
        tables.reward[b, i] = 0.0
        if run.left[b, i] > 0.0:
            worth = min(SCARCE, mean / run.left[b, i])
            tables.reward[b, i] = worth * (field.direct[b, i] - run.cost[b, i]) / usual
    # Members come after all: what they pass on must be their own part alone.
    for i in range(n):
        if run.parent[b, i] >= 0:
            j = np.uint32(run.parent[b, i])
            if run.parent[b, j] == HEAD:
                tables.reward[b, j] += tables.reward[b, i]


@kernel(_nrt=False)
def learn_rounds(field, run, log, rounds, tables, explore):
    """Play ``rounds`` rounds of every run, exploring with probability ``explore``."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            choose(run, tables, b, explore)
            join(field, run, b)
            charge(field, run, b)
            reward(field, run, tables, b)
            pay(field, run, log, b)
