"""PEGASIS: all nodes in one chain, along which reports are fused towards a leader."""

from typing import NamedTuple

import numpy as np

from netroute.solvers.wsn._kernels.world import DIRECT, HEAD, IDLE, goes_on, inner, outer, pay


class Chain(NamedTuple):
    """Chains of B runs.

    Attributes
    ----------
    order : ndarray of uint32, shape (B, n)
        Nodes from one end to the other.
    length : ndarray of int64, shape (B,)
        0 before the first round.
    leads : ndarray of uint32, shape (B, n)
        Places of the nodes that lead, in turn.
    leaders : ndarray of int64, shape (B,)
        How many there are.
    spread : float
        Longest link of a leader, in mean links of its chain.
    """

    order: np.ndarray
    length: np.ndarray
    leads: np.ndarray
    leaders: np.ndarray
    spread: float


@inner
def string(field, run, chain, b):
    """Begin with the node farthest from the base station; go to the nearest one left each time."""
    n = field.x.shape[1]
    length, farthest, at = 0, -1.0, 0
    for i in range(n):
        if run.left[b, i] <= 0.0:
            continue
        if field.base[b, i] > farthest:
            farthest = field.base[b, i]
            at = length
        chain.order[b, length] = i
        length += 1
    chain.length[b] = length
    for k in range(length):
        # The chain reaches up to k; behind it are the nodes left, in any order.
        chain.order[b, k], chain.order[b, at] = chain.order[b, at], chain.order[b, k]
        node = chain.order[b, k]
        x, y, nearest = field.x[b, node], field.y[b, node], np.inf
        for t in range(k + 1, length):
            j = chain.order[b, t]
            dx, dy = x - field.x[b, j], y - field.y[b, j]
            d2 = dx * dx + dy * dy
            if d2 < nearest:
                nearest = d2
                at = t
    _permit(field, chain, b)


@inner
def _permit(field, chain, b):
    """Keep nodes with a long link from leading, unless that would leave no leader."""
    length, total, before = chain.length[b], 0.0, 0.0
    for k in range(1, length):
        total += np.sqrt(_apart(field, b, chain.order[b, k - 1], chain.order[b, k]))
    longest = chain.spread * total / max(1, length - 1)
    leaders = 0
    for k in range(length):
        after = 0.0
        if k + 1 < length:
            after = np.sqrt(_apart(field, b, chain.order[b, k], chain.order[b, k + 1]))
        if max(before, after) <= longest:
            chain.leads[b, leaders] = k
            leaders += 1
        before = after
    if leaders == 0:
        leaders = length
        for k in range(length):
            chain.leads[b, k] = k
    chain.leaders[b] = leaders


@inner
def _apart(field, b, i, j):
    """Squared distance of two nodes."""
    dx, dy = field.x[b, i] - field.x[b, j], field.y[b, i] - field.y[b, j]
    return dx * dx + dy * dy


@inner
def _link(field, run, b, i, parent):
    """Let node ``i`` report to a neighbour of the chain."""
    d2 = _apart(field, b, i, parent)
    run.parent[b, i] = parent
    run.cost[b, i] += field.constant + (
        field.free * d2 if d2 < field.near else field.multi * d2 * d2
    )
    # Of what a head pays, the parent pays all but the way to the base station, and once only.
    if run.reach[b, parent] == 0.0:
        run.cost[b, parent] += field.head[b, parent] - field.direct[b, parent]
    run.reach[b, parent] += 1.0
    run.cost[b, parent] += field.receive[b, parent]


@inner
def pass_on(field, run, chain, b):
    """Pass reports along the chain from both ends to the leader, who is the next one each round."""
    length = chain.length[b]
    at = np.int64(chain.leads[b, run.round[b] % chain.leaders[b]])
    for i in range(field.x.shape[1]):
        run.parent[b, i] = IDLE
        run.cost[b, i] = 0.0
        run.reach[b, i] = 0.0
    for k in range(at):
        _link(field, run, b, chain.order[b, k], chain.order[b, k + 1])
    for k in range(at + 1, length):
        _link(field, run, b, chain.order[b, k], chain.order[b, k - 1])
    leader = chain.order[b, at]
    run.cost[b, leader] += field.direct[b, leader]
    run.parent[b, leader] = HEAD if length > 1 else DIRECT
    run.heads[b, 0] = leader
    run.leading[b] = 1


@outer
def gather(field, run, log, rounds, chain):
    """Play ``rounds`` rounds of every run; a death makes for a new chain."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            if chain.length[b] != run.alive[b]:
                string(field, run, chain, b)
            pass_on(field, run, chain, b)
            pay(field, run, log, b)
