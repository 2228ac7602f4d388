"""The last rounds before a death, chosen together.

Each round in turn is chosen anew at prices that follow the loads of all others, with ever steeper
prices, until the loads are within what the batteries hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.wsn.location import make_clusters, passes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.wsn._kernels.prices import Stretch
    from netroute.solvers.wsn.price_play import PricePlay

SLICE = 4e6
"""Choices of nodes that one slice of a kernel may look at, about 20 ms."""

TURNS = 15
"""Times that each of the last rounds is chosen anew before an attempt is given up."""

GROWTH = 1.3
"""Factor of the potential's exponent from one time to the next."""

FIRST_BETA = 0.03
"""The exponent at first, times rounds in the stretch."""

ALLOWANCE = 0.05
"""By how much the potential may rise in the first turn, over the rounds of the stretch."""


class Ahead:
    """A stretch of rounds whose loads are kept within limits, by choosing them anew in turn.

    Attributes
    ----------
    first : array of uint32, shape (k, n)
        The configurations.
    costs : array, shape (k, n)
    """

    def __init__(self, play: PricePlay, limit: np.ndarray, first: np.ndarray) -> None:
        self._play = play
        # Never an empty battery: the load is divided by it.
        self._limit = np.maximum(limit, 1e-6 * play.instance.energy)
        self.first = first
        self.costs = play.costs(first)
        self._clusters = make_clusters(play.instance.size)

    def extend(self, stop: Callable[[], bool], *, effort: int) -> int:
        """Add rounds one by one while that goes; return how many were added."""
        gained = 0
        while not stop():
            spent, found = self._attempt(stop, effort)
            effort -= spent
            if found is None:
                break
            self.first, self.costs = found
            gained += 1
            if effort <= 0:
                break
        return gained

    def _attempt(
        self, stop: Callable[[], bool], effort: int
    ) -> tuple[int, tuple[np.ndarray, np.ndarray] | None]:
        """Try to fit in one round more; return the choices made, and the rounds if they fit."""
        from netroute.solvers.wsn._kernels.prices import Stretch, overload, sweep

        size = len(self.first) + 1
        copied = (size * 7919) % (size - 1)
        cost = np.concatenate([self.costs, self.costs[copied : copied + 1]])
        stretch: Stretch = Stretch(
            limit=self._limit,
            load=cost.sum(axis=0),
            cost=cost,
            first=np.concatenate([self.first, self.first[copied : copied + 1]]),
            trial=np.zeros(len(self._limit)),
        )
        field = self._play.field
        part = max(1, int(SLICE / max(1, 10 * len(field.near) + 100 * len(self._limit))))
        beta, spent = FIRST_BETA * size, 0
        for turn in range(TURNS):
            tolerance = ALLOWANCE * (1.0 - turn / TURNS) / size
            for begin in range(0, size, part):
                end = min(size, begin + part)
                sweep(
                    field, self._clusters, stretch, np.int64(begin), np.int64(end),
                    beta, tolerance, np.int64(passes_of(field)),
                )  # fmt: skip
                spent += end - begin
                if stop():
                    return spent, None
            # Sums of many rounds drift.
            stretch.load[:] = cost.sum(axis=0)
            if overload(stretch) <= 1.0:
                return spent, (stretch.first, stretch.cost)
            if spent >= effort:
                break
            beta *= GROWTH
        return spent, None
