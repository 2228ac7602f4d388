"""The lifetime's bound in large fields: prices of a long play, without a linear programme.

Prices and duals are improved over all pairs of nodes, see `netroute.solvers.wsn.all_pairs`. Where
all pairs fit into memory, a play finds better ones to go on from. Its batteries are thought of as
many times as large, which makes the steps of the prices small. Any prices prove a bound; averages
of those of a play converge to the best ones (N. Garg, J. Könemann, SIAM Journal on Computing 2007).
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.bound import Certificate
from netroute.problems.wsn.verify_bound import whole_rounds
from netroute.solvers.wsn import location as rooms
from netroute.solvers.wsn.all_pairs import AllPairs
from netroute.solvers.wsn.price_play import PricePlay

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance

COARSE, FINE = 0.5, 0.1
"""Step of a logarithmic price in a round of a head, at first and in the end."""

SHARE = 2.0
"""Time of the play between two bounds, over that which a bound takes."""

ETA, GAIN = 15.0, 0.1
STEEPER = 4.0
"""How prices follow the batteries, and by how much more at most."""

MOST = 500
"""Configurations of the first phase, at most."""

CYCLES = 5
"""How often each node is a head in the first phase."""

STEPS = 400
SETTLING = 600
"""First steps at fixed prices, where there is no play."""

ASCENT = 50
"""Steps over all pairs in a turn."""

FEWEST = 20
"""Configurations between two bounds, at least."""


class PriceBound:
    """Improves the bound turn by turn.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.

    Attributes
    ----------
    bound : float
        No schedule has more rounds, up to rounding.
    value : float
        Rounds of the best fractional schedule; 0 where none is made.
    turns : int

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> prices = PriceBound(generate_field(nodes=10, seed=1))
    >>> for _ in range(20):
    ...     prices.turn(lambda: False)
    >>> prices.bound < 1.05 * prices.value
    True
    """

    def __init__(
        self,
        instance: WsnInstance,
        *,
        location: rooms.Location | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        self.instance = instance
        self.value = 0.0
        self.turns = 0
        self.pairs = AllPairs(instance, stop=stop)
        self._play: PricePlay | None = None
        if instance.size > rooms.COMPLETE:
            return
        self.location = location or rooms.Location(instance)
        self._step = COARSE
        self._mean = np.ones(instance.size) / float(instance.energy.sum())
        self._play = self._begin()
        self._seconds = 0.0
        self._price(self._mean, stop or (lambda: False))

    @property
    def bound(self) -> float:
        """No schedule has more rounds, up to rounding."""
        return 1.0 / self.pairs.least if self.pairs.least > 0.0 else math.inf

    def turn(self, stop: Callable[[], bool]) -> None:
        """Play on for a while, bound at the prices of it, and go on from the best."""
        self.turns += 1
        if self._play is not None:
            self._play_on(self._play, stop)
        elif self.turns == 1:
            self.pairs.settle(self.pairs.round_cost(stop), stop, steps=SETTLING)
        self.pairs.ascend(stop, steps=ASCENT)

    def _play_on(self, play: PricePlay, stop: Callable[[], bool]) -> None:
        """Play on for a while, then bound at the average of the prices and at those of now."""
        until, began = 2 * play.rounds, time.perf_counter()
        while not stop() and play.alive == self.instance.size:
            play.run(stop, last=play.rounds + FEWEST, whole=True)
            if time.perf_counter() - began > SHARE * self._seconds or play.rounds >= until:
                break
        if play.rounds == 0:
            return
        used = (1.0 - play.batteries.left / play.batteries.full).max()
        self.value = max(self.value, play.rounds / float(used) / self._scale)
        self._mean = play.mean_prices()
        began = time.perf_counter()
        self._price(self._mean, stop)
        self._price(play.prices(), stop)
        self._seconds = time.perf_counter() - began
        if play.alive < self.instance.size or play.rounds >= self._turnover:
            # Prices have moved far: go on from their average in smaller steps.
            self._step = max(FINE, 0.5 * self._step)
            self._play = self._begin()

    def certificate(self) -> Certificate:
        """Return the best bound in whole rounds, as the checker's side computes it."""
        prices = self.pairs.prices()
        top = float(prices.max())
        data = {
            "prices": (prices / top).tolist(),
            "duals": (self.pairs.duals() / top).tolist(),
            "fractional": self.bound,
        }
        return Certificate("lifetime", whole_rounds(self.instance, self.bound, 1.0), data)

    def _begin(self) -> PricePlay:
        """Return a play on large batteries, from the average of the prices so far."""
        field, energy = self.location.field, self.instance.energy
        self.location.search(self._mean, np.zeros(0, np.int64))
        dearest = float((self.location.energy() / energy).max())
        wanted = ETA * dearest / self._step
        self._scale = max(1.0, wanted)
        # Where a round takes little of any battery, the prices are made steeper instead.
        steeper = min(STEEPER, max(1.0, 1.0 / wanted))
        large = self.instance.replace(energy=energy * self._scale)
        play = PricePlay(large, field=field, eta=ETA * steeper, gain=GAIN * steeper, tries=0)
        play.start_at(self._mean)
        # In so many rounds each node is a head once.
        cycle = self.instance.size / max(1, len(self.location.heads()))
        turnover = min(MOST, CYCLES * cycle) * COARSE / self._step
        self._turnover = int(max(10 * FEWEST, turnover))
        return play

    def _price(self, point: np.ndarray, stop: Callable[[], bool]) -> None:
        cost = self.location.search(point)
        self.location.bound(point, cost, steps=STEPS, stop=stop)
        self.pairs.offer(point, self.location.duals.value, stop)
