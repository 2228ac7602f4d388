"""A batch of sensor fields and of runs on them: who joins whom, and what a round costs.

Costs come as tables made by `netroute.problems.wsn.energy`, so that kernels know of no radio but
that a member pays ``constant + free * d**2``, or ``constant + multi * d**4`` from ``near`` on.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

# Wrappers that Python could call would take most of the time that compiling takes.
inner = kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Decorator of what only other kernels call."""

outer = kernel(_nrt=False, no_cfunc_wrapper=True)
"""Decorator of what Python calls."""

HEAD = -3
"""Parent of a cluster head, which reports to the base station."""
IDLE = -2
"""Parent of a node that is silent or dead."""
DIRECT = -1
"""Parent of a node that is no head and reports to the base station itself."""


class Field(NamedTuple):
    """B fields of n nodes under the same conventions; joules, metres.

    Attributes
    ----------
    x, y : ndarray of float64, shape (B, n)
        Positions.
    base : ndarray of float64, shape (B, n)
        Squared distances to the base station.
    energy : ndarray of float64, shape (B, n)
        At the start.
    empty : ndarray of float64, shape (B, n)
        Residual energy at or below which a node is dead: zero but for rounding.
    direct, head, receive : ndarray of float64, shape (B, n)
        What a direct report costs, a head without members, and the head for each member.
    constant, free, multi, near : float
        Of a member's costs; ``near`` is the squared distance at which they change.
    to_base : int
        1: a member uses the base station where that is nearer than every head.
    silent : int
        1: without a head nobody reports; 0: all do so directly.
    strict : int
        1: a round in which a node overspends is not one that it lived.
    tree : int
        1: heads without members count as direct.
    """

    x: np.ndarray
    y: np.ndarray
    base: np.ndarray
    energy: np.ndarray
    empty: np.ndarray
    direct: np.ndarray
    head: np.ndarray
    receive: np.ndarray
    constant: float
    free: float
    multi: float
    near: float
    to_base: int
    silent: int
    strict: int
    tree: int


class Run(NamedTuple):
    """State of B runs.

    Attributes
    ----------
    left : ndarray of float64, shape (B, n)
        Residual energies; 0 of dead nodes.
    cost : ndarray of float64, shape (B, n)
        Of the last round.
    parent : ndarray of int32, shape (B, n)
        Of the last round: a head, or one of the codes above.
    reach : ndarray of float64, shape (B, n)
        Squared distance to the parent, if that is a head.
    last : ndarray of int64, shape (B, n)
        Round in which the node led for the last time, -1 before.
    excused : ndarray of uint8, shape (B, n)
        1: the node has nothing to report in the round at hand.
    heads : ndarray of uint32, shape (B, n)
        Heads of the round at hand.
    leading, alive, round : ndarray of int64, shape (B,)
        Heads, living nodes, rounds gone.
    death : ndarray of int64, shape (B, 3)
        Rounds lived before the first, the half-way and the last death; -1 until then.
    full, packets, reports, led, mute : ndarray of int64, shape (B,)
        Rounds before the first death in which all reported; messages that reached the base
        station; reports of nodes; heads summed over the rounds; rounds without any report.
    random : ndarray of uint64, shape (B, 1)
        Generators.
    """

    left: np.ndarray
    cost: np.ndarray
    parent: np.ndarray
    reach: np.ndarray
    last: np.ndarray
    excused: np.ndarray
    heads: np.ndarray
    leading: np.ndarray
    alive: np.ndarray
    round: np.ndarray
    death: np.ndarray
    full: np.ndarray
    packets: np.ndarray
    reports: np.ndarray
    led: np.ndarray
    mute: np.ndarray
    random: np.ndarray


class Log(NamedTuple):
    """Room for the configurations of a run, repeated ones once; without rows nothing is kept.

    Attributes
    ----------
    parent : ndarray of int32, shape (K, n)
    rounds : ndarray of int64, shape (K,)
    used : ndarray of int64, shape (1,)
    """

    parent: np.ndarray
    rounds: np.ndarray
    used: np.ndarray


@inner
def goes_on(run, log, b):
    """Whether run ``b`` has living nodes and the log has room for one more row."""
    rows = log.rounds.shape[0]
    return run.alive[b] > 0 and (rows == 0 or log.used[0] < rows)


@inner
def lead(run, b, i):
    """Make node ``i`` a head of the round at hand."""
    run.heads[b, run.leading[b]] = i
    run.leading[b] += 1


@inner
def join(field, run, b):
    """Let each living node that is no head join the nearest one."""
    n, count = field.x.shape[1], run.leading[b]
    alone = DIRECT if field.silent == 0 or count > 0 else IDLE
    for i in range(n):
        run.parent[b, i] = alone
        run.reach[b, i] = field.base[b, i] if field.to_base != 0 else np.inf
    # Head by head, since that loop over the nodes runs on vectors.
    for k in range(count):
        h = run.heads[b, k]
        x, y = field.x[b, h], field.y[b, h]
        for i in range(n):
            dx, dy = field.x[b, i] - x, field.y[b, i] - y
            d2 = dx * dx + dy * dy
            nearer = d2 < run.reach[b, i]
            run.reach[b, i] = d2 if nearer else run.reach[b, i]
            run.parent[b, i] = np.int32(h) if nearer else run.parent[b, i]
    close(field, run, b)


@inner
def follow(field, run, b):
    """As `join`, but each node that is no head reports to the one that ``parent`` names."""
    n = field.x.shape[1]
    for i in range(n):
        parent = run.parent[b, i]
        if parent >= 0:
            j = np.uint32(parent)
            dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
            d2 = dx * dx + dy * dy
            run.reach[b, i] = d2
            if field.to_base != 0 and field.base[b, i] < d2:
                run.parent[b, i] = DIRECT
    close(field, run, b)


@inner
def close(field, run, b):
    """Give heads and dead nodes their codes; in a tree, heads are the nodes with members."""
    n = field.x.shape[1]
    for i in range(n):
        if run.left[b, i] <= 0.0:
            run.parent[b, i] = IDLE
    for k in range(run.leading[b]):
        run.parent[b, run.heads[b, k]] = HEAD if field.tree == 0 else DIRECT
    if field.tree != 0:
        for i in range(n):
            if run.parent[b, i] >= 0:
                run.parent[b, np.uint32(run.parent[b, i])] = HEAD


@inner
def charge(field, run, b):
    """Write what the round costs each node."""
    n = field.x.shape[1]
    for i in range(n):
        d2 = run.reach[b, i]
        run.cost[b, i] = field.constant + (
            field.free * d2 if d2 < field.near else field.multi * d2 * d2
        )
    for i in range(n):
        parent = run.parent[b, i]
        if parent < 0:
            own = field.direct[b, i] if parent == DIRECT else 0.0
            run.cost[b, i] = field.head[b, i] if parent == HEAD else own
    for i in range(n):
        parent = run.parent[b, i]
        if parent >= 0:
            j = np.uint32(parent)
            run.cost[b, j] += field.receive[b, j]


@inner
def pay(field, run, log, b):
    """Take the round's costs off, count, and note the configuration."""
    n = field.x.shape[1]
    reports, packets, deaths, overspent, missing = 0, 0, 0, 0, 0
    was = run.alive[b]
    for i in range(n):
        parent = run.parent[b, i]
        if parent == IDLE:
            if run.left[b, i] > 0.0 and run.excused[b, i] == 0:
                missing += 1
            continue
        reports += 1
        if parent < 0:
            packets += 1
        left = run.left[b, i] - run.cost[b, i]
        if left <= field.empty[b, i]:
            deaths += 1
            if left < -field.empty[b, i]:
                overspent += 1
            left = 0.0
        run.left[b, i] = left
    gone = run.round[b]
    for k in range(run.leading[b]):
        run.last[b, run.heads[b, k]] = gone
    run.led[b] += run.leading[b]
    run.reports[b] += reports
    run.packets[b] += packets
    if reports == 0:
        run.mute[b] += 1
    # Those who could not pay had died before the round's end.
    early = field.strict != 0 and overspent > 0
    if was == n and missing == 0 and not early:
        run.full[b] += 1
    for k in range(3):
        # As many dead as count for the first, the half-way and the last death.
        needed = 1 if k == 0 else ((n + 1) // 2 if k == 1 else n)
        if run.death[b, k] < 0 and n - was + deaths >= needed:
            strictly = field.strict != 0 and n - was + overspent >= needed
            run.death[b, k] = gone if strictly else gone + 1
    run.alive[b] = was - deaths
    run.round[b] = gone + 1
    note(run, log, b)


@inner
def note(run, log, b):
    """Add the configuration to the log, or one round to the last row if that is the same."""
    if log.rounds.shape[0] == 0:
        return
    n, row = run.parent.shape[1], log.used[0]
    if row > 0:
        same = True
        for i in range(n):
            if log.parent[row - 1, i] != run.parent[b, i]:
                same = False
                break
        if same:
            log.rounds[row - 1] += 1
            return
    for i in range(n):
        log.parent[row, i] = run.parent[b, i]
    log.rounds[row] = 1
    log.used[0] = row + 1


@inner
def play(field, run, log, b):
    """Play the round of the heads that were elected."""
    join(field, run, b)
    charge(field, run, b)
    pay(field, run, log, b)
