"""What sensors read, and when they have to report it: the thresholds of TEEN.

Readings are independent and uniform from 0 to `RANGE`, a hash of seed, node and round, so that
checker and solvers know the same ones. In the first round in which a node reads at least the hard
threshold it reports; after that whenever it reads at least that, and something that differs from
what it has reported last by at least the soft threshold. Which nodes have to report in a round is
thus known beforehand, whatever is done.

A. Manjeshwar, D. P. Agrawal: TEEN: a routing protocol for enhanced efficiency in wireless sensor
networks. IPDPS 2001. The hash is SplitMix64: G. L. Steele, D. Lea, C. H. Flood: Fast splittable
pseudorandom number generators. OOPSLA 2014.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance

RANGE = 200.0
"""Largest reading; TEEN's authors think of degrees Fahrenheit, with thresholds of 100 and 2."""


class Reports:
    """Tells round after round who has to report.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [9, 0]], base_station=[0, 0], energy=1, field=[9, 9],
    ...     hard_threshold=100, soft_threshold=2,
    ... )
    >>> reports = Reports(net)
    >>> reports.next(3).tolist(), reports.next(1).tolist()
    ([[False, False], [True, True], [False, True]], [[False, False]])
    """

    def __init__(self, instance: WsnInstance) -> None:
        self._instance = instance
        self._round = 0
        self._last = np.full(instance.size, np.nan)

    def next(self, count: int) -> np.ndarray:
        """Return for each of the next ``count`` rounds who has to report: bool, (count, n)."""
        instance = self._instance
        if instance.hard_threshold is None:
            self._round += count
            return np.ones((count, instance.size), bool)
        found = np.zeros((count, instance.size), bool)
        for row in range(count):
            value = readings(instance, self._round)
            # Nothing was reported before the first time: NaN compares false.
            same = np.abs(value - self._last) < instance.soft_threshold
            found[row] = (value >= instance.hard_threshold) & ~same
            self._last[found[row]] = value[found[row]]
            self._round += 1
        return found


def readings(instance: WsnInstance, number: int) -> np.ndarray:
    """Return what each node reads in a round, counted from 0: shape (n,)."""
    with np.errstate(over="ignore"):
        node = np.arange(instance.size, dtype=np.uint64)
        seed = _mix(np.full(1, instance.readings_seed, np.uint64))
        bits = _mix(_mix(seed + np.uint64(number)) + node)
    return np.asarray((bits >> np.uint64(11)).astype(np.float64) * (RANGE / 2.0**53))


def _mix(state: np.ndarray) -> np.ndarray:
    state = state + np.uint64(0x9E3779B97F4A7C15)
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)))
