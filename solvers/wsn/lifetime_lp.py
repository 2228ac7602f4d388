"""The lifetime's linear programme by column generation: its configurations and its bound.

Prices of the nodes' energy are smoothed towards those of the best bound (P. Wentges, Weighted
Dantzig-Wolfe decomposition for linear mixed-integer programming, International Transactions in
Operational Research 1997); the cheapest round at these prices is a facility location.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.bound import Certificate
from netroute.problems.wsn.verify_bound import whole_rounds
from netroute.solvers.wsn.exact_location import cheapest
from netroute.solvers.wsn.lifetime_master import Master
from netroute.solvers.wsn.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn.price_play import PricePlay

SMOOTH = 0.7
"""Weight of the best prices."""

STARTS = 12
"""Configurations of the master from which the search begins at each turn, beside the last one."""

COLUMNS = 4
"""Configurations of a first schedule that the programme begins with, for each node."""

SMOOTH_EXACT = 0.5
"""Weight of the best prices where rounds are found by branching."""

BRANCHED = 60
"""Up to so many nodes rounds are found by branching; the checker's engine has to do the same."""

ENGINE = 2e-6
"""Relative: what the checker takes off the cheapest round where no duals prove it."""

CLOSED = 1e-7
"""Relative distance of the programme's value and bound at which it is solved."""


class LifetimeLp:
    """Improves configurations and bound turn by turn until they meet.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.

    Attributes
    ----------
    value : float
        Rounds of the best fractional schedule.
    bound : float
        No schedule, not even a fractional one, has more rounds.
    finished : bool

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> lp = LifetimeLp(generate_field(nodes=10, seed=1))
    >>> lp.run(lambda: False)
    >>> lp.bound - lp.value < 0.01
    True
    """

    def __init__(self, instance: WsnInstance, *, location: Location | None = None) -> None:
        self.instance = instance
        self.location = location or Location(instance)
        self.energy = instance.energy
        direct = self.location.field.direct
        self.master = Master(self.energy, float((self.energy / direct).mean()))
        self.parents: list[np.ndarray] = []
        self.heads: list[np.ndarray] = []
        self.bound = math.inf
        self.finished = False
        self.turns = 0
        self._known: set[bytes] = set()
        self._prices = np.ones(instance.size) / (self.energy.sum())
        # None: the bound was found by branching.
        self._duals: np.ndarray | None = np.zeros(instance.size)
        self._best: np.ndarray = self._prices
        self._smooth = SMOOTH
        self._stuck = False
        self.location.search(self._prices, np.zeros(0, np.int64))
        self._take()
        # One round of everyone by itself is always there.
        self._price(self._prices)

    @property
    def value(self) -> float:
        """Rounds of the best fractional schedule."""
        return float(self.master.value)

    def begin(self, play: PricePlay, *, columns: int) -> None:
        """Take over about so many configurations of a schedule's full rounds, and its prices."""
        first = play.configurations()
        first = first[(first != self.instance.size + 1).all(axis=1)]
        step = max(1, len(first) // columns)
        chosen = first[::-step][:columns]
        own = np.arange(self.instance.size, dtype=np.uint32)
        for row, cost in zip(chosen, play.costs(chosen), strict=True):
            parent = np.where((row == own) | (row == len(own)), -1, row.astype(np.int64))
            self._add(parent.astype(np.int32), np.flatnonzero(row == own), cost)
        self._price(play.prices())

    @property
    def prices(self) -> np.ndarray:
        """The prices of the best bound."""
        return self._best

    def choices(self, columns: np.ndarray) -> np.ndarray:
        """Return whom nodes report to in some configurations, as `PricePlay` takes it."""
        size = self.instance.size
        first = np.array([self.parents[k] for k in columns.tolist()], np.int64)
        first[first < 0] = size
        for row, k in zip(first, columns.tolist(), strict=True):
            row[self.heads[k]] = self.heads[k]
        return first.astype(np.uint32)

    def enrich(self, prices: np.ndarray, left: np.ndarray, *, starts: int) -> int:
        """Look for rounds that are worth it at prices and that ``left`` pays; return their number.

        For schedules in whole rounds: bound and value are of no meaning afterwards.
        """
        location, new = self.location, 0
        poor = left < location.field.head
        location.clusters.usable[:] = np.where(poor, 1, 2)
        used = np.argsort(-self.master.times)[:starts]
        for k in used.tolist():
            if self.master.times[k] <= 0.0:
                break
            heads = self.heads[k]
            location.search(prices, heads[~poor[heads]])
            cost = location.energy()
            if float(cost @ prices) < 1.0 - 1e-9 and (cost <= left).all():
                new += self._take()
        location.clusters.usable[:] = 2
        return new

    def turn(self, stop: Callable[[], bool] = lambda: False) -> None:
        """Solve the master, look for cheap rounds at smoothed prices, improve the bound."""
        self.turns += 1
        out = self.master.solve()
        out /= float(out @ self.energy)
        if self._closed():
            return
        if self._stuck:
            self._branch(out, stop)
            return
        new = 0
        smooth = self._smooth
        while not new:
            point = smooth * self._best + (1.0 - smooth) * out
            new = self._price(point, out)
            if self._closed():
                return
            if new == 0:
                if smooth < 1e-3:
                    # No search finds a round to add: what is left is for branching.
                    self._stuck = True
                    self.finished = self.instance.size > BRANCHED
                    return
                smooth = 0.5 * smooth if smooth > 0.05 else 0.0

    def run(self, stop: Callable[[], bool]) -> None:
        """Take turns until the programme is solved or ``stop()``."""
        while not self.finished and not stop():
            self.turn(stop)

    def certificate(self) -> Certificate:
        """Return the bound in whole rounds with its prices and duals."""
        value = whole_rounds(self.instance, self.bound, 1.0)
        top = float(self._best.max())
        data = {"prices": (self._best / top).tolist(), "fractional": self.bound}
        if self._duals is not None:
            data["duals"] = (self._duals / top).tolist()
        return Certificate("lifetime", value, data)

    def _closed(self) -> bool:
        self.finished |= self.bound - self.value <= CLOSED * self.bound
        return self.finished

    def _branch(self, out: np.ndarray, stop: Callable[[], bool]) -> None:
        """Find the cheapest round by branching, at smoothed prices or at the master's own."""
        for weight in (SMOOTH_EXACT, 0.0):
            point = weight * self._best + (1.0 - weight) * out
            found = cheapest(self.location, point, stop)
            new = self._take()
            # The checker's engine is less exact than this.
            bound = 1.0 / (found.least * (1.0 - ENGINE))
            if bound < self.bound * (1.0 - ENGINE):
                self.bound, self._best, self._duals = bound, point, None
                new = True
            if self._closed() or new or stop():
                return
        # Nothing is left but the engine's tolerance.
        self.finished = True

    def _price(self, point: np.ndarray, out: np.ndarray | None = None) -> int:
        """Search at a point from several starts; return how many rounds are new and of use."""
        location, new = self.location, 0
        starts: list[np.ndarray | None] = [None]
        if out is not None:
            used = np.argsort(-self.master.times)[:STARTS]
            starts += [self.heads[k] for k in used.tolist() if self.master.times[k] > 0.0]
        best, chosen = math.inf, np.zeros(0, np.int64)
        for start in starts:
            cost = location.search(point, start)
            if cost < best:
                best, chosen = cost, location.heads()
            if out is not None:
                worth = float(location.energy() @ out) * self.master.value
                if worth < 1.0 - 1e-9:
                    new += self._take()
        location.search(point, chosen)
        least = location.bound(point, best)
        if least > 0.0:
            bound = float(point @ self.energy) / least
            if bound < self.bound:
                self.bound = bound
                self._best, self._duals = point, location.duals.value.copy()
                # A better bound at this point is as good as a new round.
                new += 1
        return new

    def _take(self) -> bool:
        """Add the round found last to the master, if it is not there."""
        location = self.location
        return self._add(location.parent(), location.heads(), location.energy())

    def _add(self, parent: np.ndarray, heads: np.ndarray, cost: np.ndarray) -> bool:
        key = parent.tobytes()
        if key in self._known:
            return False
        self._known.add(key)
        self.parents.append(parent)
        self.heads.append(heads)
        self.master.add(cost)
        return True


def started(instance: WsnInstance, stop: Callable[[], bool]) -> tuple[LifetimeLp, PricePlay]:
    """Return a programme that knows the rounds of a schedule made at growing prices, and that."""
    from netroute.solvers.wsn.price_play import PricePlay

    lp = LifetimeLp(instance)
    play = PricePlay(instance, field=lp.location.field)
    play.run(stop, whole=True)
    if play.rounds:
        lp.begin(play, columns=COLUMNS * instance.size)
    return lp, play
