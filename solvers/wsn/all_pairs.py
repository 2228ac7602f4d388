"""The lifetime's bound over all pairs of nodes: prices and duals are improved together.

The bound ``sum_i p_i E_i / z`` is least where ``z``, bounded from below by duals, is greatest among
all prices of the same worth; both are concave in prices and duals at once, so that steps along a
subgradient lead there (B. Polyak, USSR Computational Mathematics and Mathematical Physics 9(3),
1969). A step costs work that grows with the square of the nodes.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.wsn.energy import member_costs, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.all_pairs import Offers, Plane

MOST_HEADS = 128
"""Of a round that is looked at for what it costs."""

SLICE = 2e7
"""Pairs that one call of a kernel looks at, less than 50 ms."""

LEAST_PRICE = 1e-3
"""Of a battery, over the average."""

WINDOW = 25
"""Steps after which the average of the points is tried, too."""

AHEAD, LEAST_AHEAD = 0.16, 0.005
"""Relative rise that steps aim at, at first and in the end."""

LENGTH, SHORTER = 0.5, 0.75
"""Share of the way there that a step goes at first, and what it is shortened by later."""

GAIN = 1e-5
"""Relative rise in a window for which steps stay as long as they are."""

LOST = 1e-3
"""Back to the best point where the average is by so much below it, relatively."""

SHORTEST, SLOWER, PATIENCE = 1e-3, 0.85, 25
"""Steps at fixed prices: least length, and how it falls after so many without success."""

FRESH, CLOSE = 0.3, 0.005
"""Share of the newest direction; relative distance to a known round that is close enough."""


class AllPairs:
    """Best prices and duals found so far.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.

    Attributes
    ----------
    least : float
        A round costs at least this at the best prices, at which all batteries are worth 1.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> pairs = AllPairs(generate_field(nodes=30, seed=1))
    >>> pairs.ascend(lambda: False, steps=400)
    >>> 1600 < 1.0 / pairs.least < 1750
    True
    """

    def __init__(self, instance: WsnInstance, *, stop: Callable[[], bool] | None = None) -> None:
        n = instance.size
        self.instance = instance
        self.plane = make_plane(instance)
        self._offers = make_offers(n)
        self._unit = self.plane.direct / instance.energy
        self._ahead, self._length = AHEAD, LENGTH
        self.least = -math.inf
        # Worth of each battery, and what its node keeps of what reporting directly costs.
        worth = np.full(n, 1.0 / n)
        self._worth, self._kept = worth, worth
        # Who offers no more than what a report over no distance costs offers nothing to others.
        safe = np.minimum(1.0, self.plane.radio[0] / self.plane.direct)
        for share in (safe, 0.7, 0.9):
            self._try(worth, (1.0 - share) * worth, stop or (lambda: False))

    def prices(self) -> np.ndarray:
        """Return the best prices: shape (n,)."""
        return np.asarray(self._worth / self.instance.energy)

    def duals(self) -> np.ndarray:
        """Return the best duals: shape (n,)."""
        return np.asarray((self._worth - self._kept) * self._unit)

    def offer(self, prices: np.ndarray, duals: np.ndarray, stop: Callable[[], bool]) -> None:
        """Take prices and duals if they are better."""
        total = float(prices @ self.instance.energy)
        worth = prices * self.instance.energy / total
        kept = np.clip(worth - duals / (total * self._unit), 0.0, worth)
        known = self.least
        self._try(worth, kept, stop)
        if self.least > known:
            self._ahead, self._length = LEAST_AHEAD, LENGTH

    def ascend(self, stop: Callable[[], bool], *, steps: int) -> None:
        """Make steps from the best point, fewer once ``stop()``."""
        worth, kept = self._worth, self._kept
        sums = np.zeros((2, len(worth)))
        known, stale = self.least, 0
        for step in range(1, steps + 1):
            found = self._try(worth, kept, stop)
            if stop():
                return
            worth, kept = self._step(worth, kept, found)
            sums += worth, kept
            if step % WINDOW == 0:
                found = self._try(sums[0] / WINDOW, sums[1] / WINDOW, stop)
                sums[:] = 0.0
                stale = 0 if self.least > known * (1.0 + GAIN) else stale + 1
                if self._ahead > LEAST_AHEAD:
                    if self.least < known * (1.0 + 0.5 * self._ahead):
                        self._ahead = max(LEAST_AHEAD, 0.5 * self._ahead)
                        worth, kept = self._worth, self._kept
                elif stale > 1 or found < self.least * (1.0 - LOST):
                    self._length *= SHORTER
                    worth, kept, stale = self._worth, self._kept, 0
                known = self.least

    def settle(self, upper: float, stop: Callable[[], bool], *, steps: int) -> None:
        """Improve the duals at the best prices, from far away; a round costs at most ``upper``.

        The direction of a step is an average of the last ones' (F. Barahona, R. Anbil,
        Mathematical Programming 2000).
        """
        worth = self._worth
        kept, step = 0.1 * worth, np.zeros(len(worth))
        length, stale, known = 1.0, 0, -math.inf
        for _ in range(steps):
            found = self._try(worth, kept, stop)
            if stop() or length < SHORTEST or found > upper * (1.0 - CLOSE):
                return
            stale = 0 if found > known + GAIN * (upper - known) else stale + 1
            known = max(known, found)
            if stale > PATIENCE:
                length, stale = SLOWER * length, 0
            self._relax()
            step *= 1.0 - FRESH
            step += FRESH * (1.0 - self._offers.served)
            free = step[(step <= 0.0) | (kept > 0.0)]
            norm = float(free @ free)
            if norm <= 0.0:
                return
            # Steps of the duals in joules, kept in units of the batteries.
            kept = kept - length * (upper * (1.0 + CLOSE) - found) / norm * step / self._unit
            kept = np.clip(kept, 0.0, worth)

    def _step(
        self, worth: np.ndarray, kept: np.ndarray, found: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the next point; the last one looked at is this one."""
        energy, offers = self.instance.energy, self._offers
        self._relax()
        free = (1.0 - offers.served) * self._unit
        up = offers.spent / energy + free
        up -= up.mean()
        down = np.where((kept <= 0.0) & (free > 0.0), 0.0, -free)
        norm = float(up @ up + down @ down)
        if norm <= 0.0:
            return worth, kept
        target = self.least + self._ahead * abs(self.least)
        length = self._length * (target - found) / norm
        worth = np.maximum(LEAST_PRICE / len(worth), worth + length * up)
        kept = kept + length * down
        total = worth.sum()
        worth = worth / total
        return worth, np.clip(kept / total, 0.0, worth)

    def round_cost(self, stop: Callable[[], bool]) -> float:
        """Return what the best of some rounds costs at the best prices; heads are spread evenly."""
        prices, n = self.prices(), self.instance.size
        costs = tables(self.instance)
        direct = prices * costs.direct
        best, number = float(direct.sum()), 1
        while number <= min(n, MOST_HEADS) and not stop():
            heads = np.unique(np.linspace(0, n - 1, number).astype(np.int64))
            least = direct.copy()
            for j in heads.tolist():
                send = member_costs(self.instance, np.arange(n), np.array([j]))[:, 0]
                np.minimum(least, prices * send + prices[j] * costs.receive[j], out=least)
            least[heads] = prices[heads] * costs.head[heads]
            best = min(best, float(least.sum()))
            number *= 2
        return best

    def _try(self, worth: np.ndarray, kept: np.ndarray, stop: Callable[[], bool]) -> float:
        found = self._value(worth, kept, stop)
        if found > self.least:
            self.least, self._worth, self._kept = found, worth.copy(), kept.copy()
        return found

    def _value(self, worth: np.ndarray, kept: np.ndarray, stop: Callable[[], bool]) -> float:
        """Return the bound on the cost of a round at a point, -inf if there is no time for it."""
        from netroute.solvers.wsn._kernels.all_pairs import begin, least, offer

        self._offers.price[:] = worth / self.instance.energy
        self._offers.value[:] = (worth - kept) * self._unit
        begin(self.plane, self._offers)
        n = len(worth)
        part = int(max(1.0, SLICE / n))
        for first in range(0, n, part):
            offer(self.plane, self._offers, np.int64(first), np.int64(min(n, first + part)))
            if first + part < n and stop():
                return -math.inf
        return float(least(self._offers))

    def _relax(self) -> None:
        """Fill in what each node does and pays in the relaxed round of the last point."""
        from netroute.solvers.wsn._kernels.all_pairs import count

        offers, n = self._offers, self.instance.size
        offers.spent[:] = 0.0
        heads = np.flatnonzero(offers.slack < 0.0).astype(np.uint32)
        part = int(max(1.0, SLICE / (4 * max(1, len(heads)))))
        for first in range(0, n, part):
            count(self.plane, offers, heads, np.int64(first), np.int64(min(n, first + part)))


def make_plane(instance: WsnInstance) -> Plane:
    """Lay out where nodes are and what reports cost."""
    from netroute.solvers.wsn._kernels.all_pairs import Plane

    costs = tables(instance)
    bits = instance.message_bits + instance.control_bits
    per_bit = bits + instance.control_bits
    radio = (
        per_bit * instance.electronics,
        bits * instance.free_space,
        bits * instance.multipath,
        instance.crossover**2,
    )
    x, y, direct, head, receive = (
        np.array(part, np.float64, order="C")
        for part in (*instance.position.T, costs.direct, costs.head, costs.receive)
    )
    return Plane(x, y, direct, head, receive, np.array(radio))


def make_offers(size: int) -> Offers:
    """Return prices and duals of 0."""
    from netroute.solvers.wsn._kernels.all_pairs import Offers

    return Offers(*(np.zeros(size) for _ in Offers._fields))


@cache
def compile_pairs() -> None:
    """Compile the kernels on three nodes."""
    from netroute.problems.wsn import WsnInstance

    net = WsnInstance(
        position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=1, field=[99, 99]
    )
    AllPairs(net).ascend(lambda: False, steps=2)
