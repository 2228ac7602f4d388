"""The path formulation by an interior-point method that generates columns at every step.

Pricing costs next to nothing beside a Newton step, so each step's prices are evaluated: this gives
a bound, and the paths that are cheaper than their pair is worth join the programme at once. Prices
of interior points lie in the middle of the optimal ones, which stabilises the generation of columns
(J. Gondzio, P. Gonzalez-Brevis, P. Munari, New developments in the primal-dual column generation
technique, European Journal of Operational Research 2013). The steps are predictor and corrector of
S. Mehrotra, On the implementation of a primal-dual interior point method (SIAM Journal on
Optimization 1992).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from netroute.solvers.sdn._kernels.interior import (
    Point,
    Work,
    assemble,
    centre,
    complete,
    right_side,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from netroute.solvers.sdn.lagrangian import Lagrangian
    from netroute.solvers.sdn.path_columns import PathColumns

SPREAD = 0.3
"""Complementarity of the first point, relative to the bound."""

TOLERANCE = 1e-6
"""Relative gap of the best bound and the programme's value at which all is done."""

ROUGH = 1e-3
"""Relative gap from which on the point is a better fractional solution than the one given."""

REACH = 0.97
"""Part of the way to the border that a step goes."""

CREDIT = 0.02
"""Slack of a new column, relative to the worth of its pair."""

TURNS = 200
"""Steps after which the method gives up; usual are 20 to 40."""

FEW = 5
"""New columns of a step that no longer matter."""

LEAST_CENTRING = 1e-3
"""Least part of the complementarity that a step aims at."""

HASTE, HOLD = 0.3, 0.7
"""While columns are missing and the complementarity is below ``HASTE`` of the gap, a step keeps
at least ``HOLD`` of it."""

SLICE = 2_000_000
"""Products of rows that one call of a kernel works on: about 20 ms."""


class Stopped(Exception):
    """The caller asked to stop within a step; the last point stays."""


class InteriorPoint:
    """Solves the path formulation from prices that are near the optimum.

    Attributes
    ----------
    best, best_prices
        Lowest Lagrangian value so far and where it is.
    value : float
        What the point is worth as a fractional solution; it is feasible but for a residual that
        vanishes with the gap. Below `ROUGH` it is in ``columns.arrays.amount``.
    finished : bool
        Whether nothing is left to gain.
    """

    def __init__(
        self, lagrangian: Lagrangian, columns: PathColumns, prices: np.ndarray, best: float
    ) -> None:
        self.lagrangian = lagrangian
        self.columns = columns
        self.best, self.best_prices = best, prices
        self.value = -math.inf
        self.finished = False
        self.turns = 0
        self._new = 0
        # Pairs without a path stay out, so that their flows stay at 0.
        self._active = columns.arrays.first >= 0
        self._flows = int(np.diff(lagrangian.pairs.start)[self._active].sum())
        rows, flows, pairs = len(prices), lagrangian.instance.size, len(lagrangian.pairs.source)
        self._matrix = np.zeros((rows, rows))
        self._work = Work(
            length=np.zeros(0),
            ratio=np.zeros(0),
            base=np.zeros(0),
            flow_ratio=np.zeros(flows),
            of_flows=np.zeros(pairs),
            of_columns=np.zeros(pairs),
            missing=np.zeros(pairs),
            mean=np.zeros(rows),
            difference=np.zeros(rows),
            inside=np.zeros(rows, bool),
            touched=np.zeros(rows, np.int64),
            reach=np.zeros(2),
        )
        self._point, self._step = _zeros(rows, flows, pairs), _zeros(rows, flows, pairs)
        self._fit()
        self._mu = SPREAD * abs(best) / max(1, self._inequalities())
        point = self._point
        # A lower price would leave more of a row free than there is.
        point.price[:] = np.maximum(prices, self._mu / lagrangian.limit)
        point.free[:] = self._mu / point.price
        self._work.length[: columns.count] = columns.lengths(point.price)
        centre(
            lagrangian.pairs,
            columns.arrays,
            lagrangian.worth.density,
            np.diff(lagrangian.worth.bandwidth),
            point,
            self._work.length,
            self._mu,
            0,
            pairs,
        )

    def turn(self, stop: Callable[[], bool]) -> bool:
        """Take one step and price at its end; return False when stopped before."""
        try:
            self._advance(stop)
        except Stopped:
            return False
        except LinAlgError:
            # Rounding errors have taken over: the best prices are as good as it gets.
            self.finished = True
            return True
        lagrangian, point = self.lagrangian, self._point
        self.value = float(lagrangian.worth.density @ point.taken)
        if abs(self.best - self.value) <= ROUGH * abs(self.best):
            self.columns.arrays.amount[: self.columns.count] = point.amount[: self.columns.count]
        if not lagrangian.evaluate(point.price, stop):
            return False
        if lagrangian.value < self.best:
            self.best, self.best_prices = lagrangian.value, point.price.copy()
        self._new = self._add_columns()
        self.turns += 1
        least = TOLERANCE * abs(self.best)
        centred = self._new <= FEW and self._complementarity(0.0, 0.0) <= least
        self.finished = centred or abs(self.best - self.value) <= least or self.turns == TURNS
        return True

    def _advance(self, stop: Callable[[], bool]) -> None:
        """Move the point by a predictor and a corrector."""
        point, step, count = self._point, self._step, self.columns.count
        self._work.length[:count] = self.columns.lengths(point.price)
        matrix = self._matrix
        matrix[:] = 0.0
        matrix.ravel()[:: len(matrix) + 1] = point.free / point.price
        for first, last in self._slices(stop):
            assemble(
                self.lagrangian.arcs,
                self.lagrangian.pairs,
                self.columns.arrays,
                point,
                self._work,
                matrix,
                first,
                last,
            )
        factor = cho_factor(matrix.T, lower=True, overwrite_a=True, check_finite=False)
        inequalities = self._inequalities()
        now = self._complementarity(0.0, 0.0)
        mu = now / inequalities
        primal, dual = self._direct(factor, 0.0, 0.0, stop)
        after = self._complementarity(min(1.0, primal), min(1.0, dual)) / inequalities
        share = max(LEAST_CENTRING, (after / mu) ** 3)
        if self._new and now < HASTE * abs(self.best - self.value):
            # The programme still lacks columns: its own optimum is not worth coming closer to.
            share = max(share, HOLD)
        primal, dual = self._direct(factor, 1.0, share * mu, stop)
        primal, dual = min(1.0, REACH * primal), min(1.0, REACH * dual)
        if not (math.isfinite(primal) and math.isfinite(dual)):
            raise LinAlgError("the step is not a number")
        self._mu = share * mu
        point.amount[:count] += primal * step.amount[:count]
        point.slack[:count] += dual * step.slack[:count]
        point.taken[:] += primal * step.taken
        point.left[:] -= primal * step.taken
        point.lower[:] += dual * step.lower
        point.upper[:] += dual * step.upper
        point.price[:] += dual * step.price
        point.free[:] += primal * step.free
        point.worth[:] += dual * step.worth

    def _direct(
        self, factor: tuple[np.ndarray, bool], second: float, mu: float, stop: Callable[[], bool]
    ) -> tuple[float, float]:
        """Compute the step to complementarity ``mu``; return how far it can be followed."""
        lagrangian, point, step = self.lagrangian, self._point, self._step
        target = mu - second * step.free * step.price
        right = target / point.price - lagrangian.limit
        known = (lagrangian.arcs, lagrangian.pairs, self.columns.arrays, lagrangian.worth.density)
        for first, last in self._slices(stop):
            right_side(*known, point, self._work, step, second, float(mu), right, first, last)
        rise = cho_solve(factor, right, check_finite=False)
        step.price[:] = rise
        step.free[:] = target / point.price - point.free * (1.0 + rise / point.price)
        self._work.reach[:] = _reach(point.free, step.free), _reach(point.price, rise)
        for first, last in self._slices(stop):
            complete(*known, point, self._work, step, second, float(mu), rise, first, last)
        return float(self._work.reach[0]), float(self._work.reach[1])

    def _complementarity(self, primal: float, dual: float) -> float:
        """Sum of the products of primal and dual values so far along the step."""
        point, step, n = self._point, self._step, self.columns.count
        total = (point.amount[:n] + primal * step.amount[:n]) @ (
            point.slack[:n] + dual * step.slack[:n]
        )
        total += (point.taken + primal * step.taken) @ (point.lower + dual * step.lower)
        total += (point.left - primal * step.taken) @ (point.upper + dual * step.upper)
        total += (point.free + primal * step.free) @ (point.price + dual * step.price)
        return float(total)

    def _inequalities(self) -> int:
        return self.columns.count + 2 * self._flows + len(self._point.price)

    def _add_columns(self) -> int:
        """Add the paths that are cheaper than their pair is worth, as points of their own."""
        before = self.columns.count
        new = self.columns.add_cheaper(np.where(self._active, self._point.worth, -np.inf))
        self._fit()
        point, count = self._point, self.columns.count
        pair = self.columns.arrays.pair[before:count]
        worth = point.worth[pair]
        cost = self.columns.lengths(point.price)[before:]
        point.slack[before:count] = np.maximum(cost - worth, 0.0) + CREDIT * np.abs(worth) + 1e-9
        point.amount[before:count] = self._mu / point.slack[before:count]
        return new

    def _fit(self) -> None:
        """Give each column its place in the arrays."""
        count = self.columns.count
        if count <= len(self._work.length):
            return
        room = count + count // 4 + 1000
        self._point = self._point._replace(
            amount=np.resize(self._point.amount, room), slack=np.resize(self._point.slack, room)
        )
        self._step = self._step._replace(amount=np.zeros(room), slack=np.zeros(room))
        self._work = self._work._replace(
            length=np.zeros(room), ratio=np.zeros(room), base=np.zeros(room)
        )

    def _slices(self, stop: Callable[[], bool]) -> Iterator[tuple[int, int]]:
        """Ranges of pairs; ends with `Stopped` where the caller asks to stop."""
        pairs = len(self._point.worth)
        arrays, count = self.columns.arrays, self.columns.count
        rows = np.diff(arrays.start[: count + 1]).astype(np.float64)
        parts = min(pairs, 1 + int(2.0 * (rows @ rows) / SLICE))
        for part in range(parts):
            if stop():
                raise Stopped
            yield part * pairs // parts, (part + 1) * pairs // parts


def _reach(value: np.ndarray, change: np.ndarray) -> float:
    """Longest step that keeps values positive; infinite if there is none."""
    falling = change < 0.0
    return float((-value[falling] / change[falling]).min(initial=np.inf))


def _zeros(rows: int, flows: int, pairs: int) -> Point:
    return Point(
        amount=np.zeros(0),
        slack=np.zeros(0),
        taken=np.zeros(flows),
        left=np.zeros(flows),
        lower=np.zeros(flows),
        upper=np.zeros(flows),
        price=np.zeros(rows),
        free=np.zeros(rows),
        worth=np.zeros(pairs),
    )
