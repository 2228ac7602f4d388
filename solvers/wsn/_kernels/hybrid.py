"""HEED: heads by residual energy, among which nodes take the cheapest one in reach."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.neighbourhood import forget
from netroute.solvers.wsn._kernels.world import charge, follow, goes_on, inner, lead, outer, pay

OUT, NONE, TENTATIVE, FINAL = -1, 0, 1, 2


class Hybrid(NamedTuple):
    """State of one election, for one run after the other; all of shape (n,).

    Attributes
    ----------
    chance, cost : ndarray of float64
        Probability to lead; mean squared distance to the nodes in reach, in any unit.
    state : ndarray of int64
        One of the codes above.
    best : ndarray of int64
        The cheapest head that the node has heard of, -1: none.
    heard : ndarray of uint32
        Nodes that have announced themselves in the iteration at hand.
    share, least : float
        Probability at full energy, and the least one.
    """

    chance: np.ndarray
    cost: np.ndarray
    state: np.ndarray
    best: np.ndarray
    heard: np.ndarray
    share: float
    least: float


@inner
def _hear(field, around, hybrid, b, j):
    """Let the nodes in reach of ``j`` take it as their head if it is cheaper than the one known."""
    x, y = field.x[b, j], field.y[b, j]
    for i in range(field.x.shape[1]):
        dx, dy = field.x[b, i] - x, field.y[b, i] - y
        if dx * dx + dy * dy > around.radius2:
            continue
        known = hybrid.best[i]
        if known < 0:
            hybrid.best[i] = np.int64(j)
            continue
        ours, theirs = hybrid.cost[j], hybrid.cost[np.uint32(known)]
        if ours < theirs or (ours == theirs and np.int64(j) < known):
            hybrid.best[i] = np.int64(j)


@inner
def _decide(hybrid, random, i, announced):
    """One iteration of node ``i``; return how many have announced themselves by now."""
    speaks = False
    if hybrid.best[i] >= 0:
        if hybrid.best[i] == i:
            final = hybrid.chance[i] >= 1.0
            speaks = final and hybrid.state[i] != FINAL
            hybrid.state[i] = FINAL if final else TENTATIVE
    elif hybrid.chance[i] >= 1.0:
        hybrid.state[i] = FINAL
        speaks = True
    elif uniform(random) <= hybrid.chance[i]:
        hybrid.state[i] = TENTATIVE
        speaks = True
    if speaks:
        hybrid.heard[announced] = np.uint32(i)
        announced += 1
    return announced


@inner
def elect(field, run, around, hybrid, b):
    """Choose heads, and name the head of each other node as its parent."""
    n = field.x.shape[1]
    random = run.random[b]
    run.leading[b] = 0
    most, waiting = 0.0, 0
    for i in range(n):
        most = max(most, field.energy[b, i])
    for i in range(n):
        hybrid.state[i] = OUT
        hybrid.best[i] = -1
        if run.left[b, i] <= 0.0:
            continue
        hybrid.state[i] = NONE
        waiting += 1
        hybrid.chance[i] = max(hybrid.share * run.left[b, i] / most, hybrid.least)
        seen = around.others[b, i]
        hybrid.cost[i] = around.squares[b, i] / seen if seen > 0 else 0.0
    while waiting > 0:
        announced = np.int64(0)
        for i in range(n):
            if hybrid.state[i] == OUT or hybrid.chance[i] > 1.0:
                continue
            announced = _decide(hybrid, random, i, announced)
            # Past 1 it has had its last iteration.
            if hybrid.chance[i] >= 1.0:
                hybrid.chance[i] = 2.0
                waiting -= 1
            else:
                hybrid.chance[i] = min(2.0 * hybrid.chance[i], 1.0)
        for k in range(announced):
            _hear(field, around, hybrid, b, hybrid.heard[k])
    for i in range(n):
        hybrid.best[i] = -1
    finals = 0
    for i in range(n):
        if hybrid.state[i] == FINAL:
            hybrid.heard[finals] = np.uint32(i)
            finals += 1
    for k in range(finals):
        _hear(field, around, hybrid, b, hybrid.heard[k])
    for i in range(n):
        if hybrid.state[i] == OUT:
            continue
        if hybrid.state[i] == FINAL or hybrid.best[i] < 0:
            lead(run, b, np.uint32(i))
        else:
            run.parent[b, i] = hybrid.best[i]


@outer
def negotiate(field, run, log, rounds, around, hybrid):
    """Play ``rounds`` rounds of every run."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            forget(field, run, around, b)
            elect(field, run, around, hybrid, b)
            follow(field, run, b)
            charge(field, run, b)
            pay(field, run, log, b)
