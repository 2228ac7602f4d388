"""Nodes that learn by tables when to lead."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.world import charge, goes_on, inner, join, lead, outer, pay

STATES = 48
"""Four levels of energy, four of rounds since leading, three of how many led last."""

SCARCE = 10.0
"""Energy below the mean one over this is valued as if it were that."""


class Tables(NamedTuple):
    """What the nodes of B runs have learned.

    Attributes
    ----------
    value : ndarray of float64, shape (B, n, STATES, 2)
        Of following and of leading.
    state, action : ndarray of int64, shape (B, n)
        Of the last round; state -1 before the first one.
    reward, worth : ndarray of float64, shape (B, n)
        Of the last round, and what a joule of each node counted in it.
    share, rate, discount, temperature : float
        Probability to lead before anything is learned, learning rate, discount, and the difference
        in value that makes leading e times as likely.
    """

    value: np.ndarray
    state: np.ndarray
    action: np.ndarray
    reward: np.ndarray
    worth: np.ndarray
    share: float
    rate: float
    discount: float
    temperature: float


@inner
def state_of(run, b, i, mean, share, wanted):
    """Return the state of a node: its energy, its last turn, and how many led last."""
    ratio = run.left[b, i] / mean
    energy = 0 if ratio < 0.95 else (1 if ratio < 1.0 else (2 if ratio < 1.05 else 3))
    turns = (run.round[b] - run.last[b, i]) * share
    since = 0 if turns < 0.5 else (1 if turns < 1.0 else (2 if turns < 2.0 else 3))
    if run.last[b, i] < 0:
        since = 3
    crowd = 0 if run.leading[b] < 0.5 * wanted else (1 if run.leading[b] <= 1.5 * wanted else 2)
    return np.int64((energy * 4 + since) * 3 + crowd)


@inner
def choose(run, tables, b):
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
        # Boltzmann's choice: `share` where both look alike, as before anything is known.
        chance = tables.share * np.exp((leads - follow) / tables.temperature)
        chosen = 1 if uniform(random) < chance else 0
        tables.state[b, i] = np.int64(s)
        tables.action[b, i] = chosen
    run.leading[b] = 0
    for i in range(n):
        if run.left[b, i] > 0.0 and tables.action[b, i] == 1:
            lead(run, b, np.uint32(i))


@inner
def _instead(field, run, tables, b, i, head):
    """Return the least weighed cost of node ``i`` without ``head``."""
    best = tables.worth[b, i] * field.direct[b, i]
    x, y = field.x[b, i], field.y[b, i]
    for k in range(run.leading[b]):
        j = run.heads[b, k]
        if j == head:
            continue
        dx, dy = x - field.x[b, j], y - field.y[b, j]
        d2 = dx * dx + dy * dy
        send = field.constant + (field.free * d2 if d2 < field.near else field.multi * d2 * d2)
        best = min(best, tables.worth[b, i] * send + tables.worth[b, j] * field.receive[b, j])
    return best


@inner
def reward(field, run, tables, b):
    """Reward each head by what all would pay more without it, and nobody else."""
    n = field.x.shape[1]
    mean, usual = 0.0, 0.0
    for i in range(n):
        tables.reward[b, i] = 0.0
        if run.left[b, i] > 0.0:
            mean += run.left[b, i]
            usual += field.direct[b, i]
    mean /= run.alive[b]
    unit = run.alive[b] / usual
    for i in range(n):
        left = max(run.left[b, i], mean / SCARCE)
        tables.worth[b, i] = unit * (mean / left) ** 2
    for k in range(run.leading[b]):
        j = run.heads[b, k]
        saved = _instead(field, run, tables, b, np.int64(j), j)
        tables.reward[b, j] = saved - tables.worth[b, j] * run.cost[b, j]
    for i in range(n):
        if run.parent[b, i] >= 0:
            j = np.uint32(run.parent[b, i])
            saved = _instead(field, run, tables, b, i, j)
            # What the head pays for it is in the head's own costs.
            tables.reward[b, j] += saved - tables.worth[b, i] * run.cost[b, i]


@outer
def learn_rounds(field, run, log, rounds, tables):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            choose(run, tables, b)
            join(field, run, b)
            charge(field, run, b)
            reward(field, run, tables, b)
            pay(field, run, log, b)
