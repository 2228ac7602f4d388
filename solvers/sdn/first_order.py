"""Prices by multiplicative weights on averaged loads: near-optimal within a hundred trees a source.

A row's price grows with the share by which its load exceeds its limit and shrinks with what is
free. The load is an exponential average over the past prices, as in the volume algorithm, whose
other half comes for free: the same average of the paths that were taken is a nearly feasible,
nearly optimal fractional solution.

Sources: S. Plotkin, D. Shmoys, E. Tardos, Fast approximation algorithms for fractional packing and
covering problems (Mathematics of Operations Research 1995); F. Barahona, R. Anbil, The volume
algorithm (Mathematical Programming 2000).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.sdn.lagrangian import Lagrangian
    from netroute.solvers.sdn.path_columns import PathColumns

STEP, COOLING = 0.7, 12.0
"""Exponent per relative excess at first, and the turns in which it halves, thirds, …"""

FASTER, SLOWER = 1.03, 0.85
"""Factors on a row's own step while its excess keeps its sign, and when it changes it."""

SLOWEST, FASTEST = 0.02, 5.0
"""Range of these steps."""

SHARE, FADING = 0.35, 40.0
"""Weight of the latest load in the average at first, and the turns in which it halves, …"""

RISE, FALL = 1.0, 1.5
"""Largest exponents of one turn, up and down."""

LEAST = 1e-9
"""Smallest price, relative to the first ones: from 0 none could grow again."""

SETTLED = 10
"""Turns after which the paths are worth keeping."""


class FirstOrder:
    """Improves prices turn by turn, without end.

    Attributes
    ----------
    best, best_prices
        Lowest Lagrangian value so far and where it is.
    turns : int
        Evaluations so far.
    """

    def __init__(self, lagrangian: Lagrangian, columns: PathColumns) -> None:
        self.lagrangian = lagrangian
        self.columns = columns
        # Without prices: whatever can be routed at all.
        self.best_prices = np.zeros(len(lagrangian.limit))
        lagrangian.evaluate(self.best_prices)
        self.best = lagrangian.value
        self.turns = 0
        self._first = self._scaled(_first_prices(lagrangian))
        self._prices = self._first.copy()
        self._load = np.zeros(len(self._prices))
        self._pace = np.ones(len(self._prices))
        self._sign = np.zeros(len(self._prices))
        self._scale = 1.0

    def turn(self, stop: Callable[[], bool]) -> bool:
        """Evaluate the prices and move them; return False when stopped before that."""
        lagrangian = self.lagrangian
        if not lagrangian.evaluate(self._prices, stop):
            return False
        self._see(self._prices)
        self.turns += 1
        share = max(SHARE / (1.0 + (self.turns - 1) / FADING), 1.0 / self.turns)
        self._load = (1.0 - share) * self._load + share * lagrangian.load
        if self.turns > SETTLED:
            self._record(share)
        excess = self._load / lagrangian.limit - 1.0
        sign = np.sign(excess)
        turned = sign * self._sign
        self._pace *= np.where(turned > 0.0, FASTER, np.where(turned < 0.0, SLOWER, 1.0))
        self._pace = np.clip(self._pace, SLOWEST, FASTEST)
        self._sign = sign
        step = STEP / (1.0 + (self.turns - 1) / COOLING) * self._pace
        moved = self._prices * np.exp(np.clip(step * excess, -FALL, RISE))
        self._prices = np.maximum(moved, LEAST * self._first)
        return True

    def finish(self) -> None:
        """Turn the amounts of the columns into bandwidth."""
        self.columns.arrays.amount[: self.columns.count] *= self._scale
        self._scale = 1.0

    def _see(self, prices: np.ndarray) -> None:
        if self.lagrangian.value < self.best:
            self.best, self.best_prices = self.lagrangian.value, prices

    def _scaled(self, prices: np.ndarray) -> np.ndarray:
        """Double the prices as long as that lowers the bound."""
        known = np.inf
        while prices.any():
            self.lagrangian.evaluate(prices)
            self._see(prices)
            if self.lagrangian.value >= known:
                return 0.5 * prices
            known = self.lagrangian.value
            prices = 2.0 * prices
        return prices

    def _record(self, share: float) -> None:
        """Average the paths: all amounts shrink by a common factor, which is kept apart."""
        if self.turns == SETTLED + 1:
            share = 1.0
        else:
            self._scale *= 1.0 - share
        if self._scale < 1e-100:
            self.finish()
        self.columns.add_demands(share / self._scale)


def _first_prices(lagrangian: Lagrangian) -> np.ndarray:
    """Prices at which the median flow just pays for a path of the usual number of arcs.

    Paths are those of the latest evaluation.
    """
    prices = np.zeros(len(lagrangian.limit))
    density = lagrangian.worth.density
    arcs = lagrangian.paths.split[np.isfinite(lagrangian.paths.cost)]
    if not len(arcs) or not density.any():
        return prices
    usual = float(np.median(density[density > 0.0])) / float(arcs.mean())
    prices[: lagrangian.arcs] = usual
    # An entry costs as much as an arc does for a flow of the usual bandwidth.
    bandwidth = lagrangian.worth.bandwidth[-1] / len(density)
    prices[lagrangian.arcs :] = usual * bandwidth
    return prices
