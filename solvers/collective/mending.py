"""Lower the most loaded link of a phase by moves of single flows."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.problems.collective import CollectiveInstance, Fabric, Placement
from netroute.problems.collective.loads import busiest, loads_of, totals

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective.phase import Phase
    from netroute.solvers.collective._kernels.mend import State

STEPS = 1000
"""Moves between two looks at the clock."""


class Mending:
    """A placement of whole flows in a leaf-spine fabric, and the search for a better one.

    Parameters
    ----------
    fabric : Fabric
        Of two tiers.
    phase : Phase
        The flows.
    counts : array, shape (s, R)
        Any placement on links that are up.
    seed : int
        Of the choices among equal moves.
    """

    def __init__(self, fabric: Fabric, phase: Phase, counts: np.ndarray, *, seed: int) -> None:
        from netroute.solvers.collective._kernels.mend import Rows

        self._fabric, self._phase = fabric, phase
        self.best = np.array(counts, np.int64)
        self.theta = self._theta(self.best)
        self._random = kernel_state(seed)
        into = np.argsort(phase.target, kind="stable").astype(np.uint32)
        leaves = np.arange(fabric.leaves + 1)
        self._rows = Rows(
            phase.source.astype(np.uint32),
            phase.target.astype(np.uint32),
            phase.size.astype(np.int64),
            np.searchsorted(phase.source, leaves).astype(np.uint32),
            np.searchsorted(phase.target[into], leaves).astype(np.uint32),
            into,
        )

    def reach(self, goal: Fraction, *, steps: int, stop: Callable[[], bool]) -> bool:
        """Try to get all links within ``goal``; keep the placement if that is a success."""
        if self.theta <= goal:
            return True
        counts = self._search(goal, steps=steps, stop=stop)
        if counts is None:
            return False
        self.best, self.theta = counts, self._theta(counts)
        return True

    def descend(
        self, low: Fraction, *, steps: int, rounds: int, stop: Callable[[], bool]
    ) -> Fraction:
        """Aim at the bound ``low`` first, then between it and what is reached; return theta."""
        self.reach(low, steps=steps, stop=stop)
        floor = low
        for _ in range(rounds):
            if self.theta <= low or self.theta - floor <= self.theta / 10**6 or stop():
                break
            goal = ((self.theta + floor) / 2).limit_denominator(10**9)
            if not self.reach(goal, steps=steps, stop=stop):
                floor = goal
        return self.theta

    def placement(self) -> Placement:
        """Return the best placement so far."""
        return Placement(counts=self.best)

    def _theta(self, counts: np.ndarray) -> Fraction:
        loads = loads_of(self._fabric, self._phase, Placement(counts=counts))
        return busiest(self._fabric, loads).time

    def _search(self, goal: Fraction, *, steps: int, stop: Callable[[], bool]) -> np.ndarray | None:
        """Return counts with which all links are within the goal, None without success."""
        from netroute.solvers.collective._kernels.mend import mend

        fabric, phase = self._fabric, self._phase
        counts = self.best.copy()
        up = totals(counts, phase.size, phase.source, fabric.leaves).T
        down = totals(counts, phase.size, phase.target, fabric.leaves).T
        capacity = np.concatenate([fabric.up.ravel(), fabric.down.T.ravel()])
        load = np.concatenate([up.ravel(), down.ravel()])
        state = self._state(counts, load, limits_of(capacity, goal))
        done = 0
        while state.number[0] and done < steps and not stop():
            size = min(STEPS, steps - done)
            done += mend(self._rows, state, np.uint32(fabric.planes), size, done, self._random)
        return None if state.number[0] else counts

    @staticmethod
    def _state(counts: np.ndarray, load: np.ndarray, limit: np.ndarray) -> State:
        """Return what the kernel works on, with the links in excess listed."""
        from netroute.solvers.collective._kernels.mend import State, note

        links = len(load)
        state = State(
            counts=counts,
            load=load,
            limit=limit,
            over=np.zeros(links, np.uint32),
            place=np.full(links, -1, np.int64),
            number=np.zeros(1, np.int64),
            barred=np.zeros(counts.shape, np.int64),
        )
        for link in range(links):
            note(state, np.uint32(link))
        return state


def limits_of(capacity: np.ndarray, goal: Fraction) -> np.ndarray:
    """Return the most bytes of each link within the goal, -1 if it has failed.

    Examples
    --------
    >>> limits_of(np.array([2, 0, 3]), Fraction(3, 2)).tolist()
    [3, -1, 4]
    """
    kinds, which = np.unique(capacity, return_inverse=True)
    most = [math.floor(goal * c) if c else -1 for c in kinds.tolist()]
    return np.array(most, np.int64)[which]


@cache
def compile_mending() -> None:
    """Compile the kernels on two flows that are in each other's way."""
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 1, 2, 1)])
    mending = Mending(fabric, instance.phases[0], np.array([[2], [0]]), seed=0)
    mending.reach(Fraction(1), steps=9, stop=lambda: False)
