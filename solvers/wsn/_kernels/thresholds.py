"""TEEN: the election of LEACH, but nodes report only what their thresholds make worth it."""

from typing import NamedTuple

import numpy as np

from netroute.solvers.wsn._kernels.rotation import elect
from netroute.solvers.wsn._kernels.world import (
    DIRECT,
    HEAD,
    IDLE,
    charge,
    goes_on,
    inner,
    join,
    outer,
    pay,
)

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Sensing(NamedTuple):
    """What nodes read, as in `netroute.problems.wsn.readings`, and what makes them report.

    Attributes
    ----------
    seed : ndarray of uint64, shape (B,)
    hard, soft : ndarray of float64, shape (B,)
        Thresholds.
    told : ndarray of float64, shape (B, n)
        What each node has reported last; NaN before.
    unit : float
        Of a reading, which is a whole number of 53 bits.
    """

    seed: np.ndarray
    hard: np.ndarray
    soft: np.ndarray
    told: np.ndarray
    unit: float


@inner
def mixed(state):
    """SplitMix64."""
    x = state + _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@inner
def sense(run, sensing, b):
    """Excuse the nodes that have nothing to report in the round at hand."""
    field_seed = mixed(mixed(sensing.seed[b]) + np.uint64(run.round[b]))
    for i in range(run.left.shape[1]):
        bits = mixed(field_seed + np.uint64(i)) >> np.uint64(11)
        value = np.float64(bits) * sensing.unit
        same = abs(value - sensing.told[b, i]) < sensing.soft[b]
        tells = value >= sensing.hard[b] and not same
        run.excused[b, i] = 0 if tells else 1
        if tells:
            sensing.told[b, i] = value


@inner
def excuse(field, run, b):
    """Silence who has nothing to report, and heads to whom nobody reports."""
    n = run.left.shape[1]
    for i in range(n):
        run.cost[b, i] = 0.0
    for i in range(n):
        parent = run.parent[b, i]
        if parent == HEAD:
            continue
        if run.excused[b, i] != 0:
            run.parent[b, i] = IDLE
        elif parent >= 0:
            run.cost[b, np.uint32(parent)] += 1.0
    for i in range(n):
        if run.parent[b, i] == HEAD and run.cost[b, i] == 0.0:
            if run.excused[b, i] != 0:
                run.parent[b, i] = IDLE
            elif field.tree != 0:
                run.parent[b, i] = DIRECT


@outer
def rotate_excused(field, run, log, rounds, share, epoch, sensing):
    """As `rotate`, but nodes without anything to report are silent."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            elect(run, b, share, epoch)
            join(field, run, b)
            sense(run, sensing, b)
            excuse(field, run, b)
            charge(field, run, b)
            pay(field, run, log, b)
