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

from netroute.solvers.sdn._kernels.cholesky import BLOCK, factor, solve
from netroute.solvers.sdn._kernels.interior import (
    Work,
    assemble,
    centre,
    complete,
    right_side,
)
from netroute.solvers.sdn.interior_vectors import Vectors

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


FACTORING = 100_000_000
"""Multiplications of one call that factors a matrix: about 20 ms."""


class Stopped(Exception):
    """The caller asked to stop within a step; the last point stays."""


class Degenerate(Exception):
    """Rounding errors have taken over."""


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
        flows, rows, pairs = lagrangian.instance.size, len(prices), len(self._active)
        self._matrix = np.zeros((rows, rows))
        self._point, self._step, self._target = (Vectors(flows, rows, pairs) for _ in range(3))
        self._work = _new_work(flows, rows, pairs)
        self._fit()
        self._mu = SPREAD * abs(best) / self._inequalities()
        self._start(prices)

    def turn(self, stop: Callable[[], bool]) -> bool:
        """Take one step and price at its end; return False when stopped before."""
        try:
            self._advance(stop)
        except Stopped:
            return False
        except Degenerate:
            # The best prices are as good as it gets.
            self.finished = True
            return True
        lagrangian, point, count = self.lagrangian, self._point.parts, self.columns.count
        self.value = _dot(lagrangian.worth.density, point.taken)
        if abs(self.best - self.value) <= ROUGH * abs(self.best):
            self.columns.arrays.amount[:count] = point.amount[:count]
        if not lagrangian.evaluate(point.price, stop):
            return False
        if lagrangian.value < self.best:
            self.best, self.best_prices = lagrangian.value, point.price.copy()
        self._new = self._add_columns()
        self.turns += 1
        least = TOLERANCE * abs(self.best)
        centred = self._new <= FEW and _dot(self._point.primal, self._point.dual) <= least
        self.finished = centred or abs(self.best - self.value) <= least or self.turns == TURNS
        return True

    def _start(self, prices: np.ndarray) -> None:
        """Put the point onto the central path, but for rows that are not in balance."""
        lagrangian, columns, point = self.lagrangian, self.columns, self._point.parts
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
            len(self._active),
        )

    def _advance(self, stop: Callable[[], bool]) -> None:
        """Move the point by a predictor and a corrector."""
        point, step, target = self._point, self._step, self._target
        self._factor(stop)
        now = _dot(point.primal, point.dual)
        mu = now / self._inequalities()
        target.primal[:] = 0.0
        primal, dual = self._direct(stop)
        share = max(LEAST_CENTRING, (_product(point, step, primal, dual) / now) ** 3)
        if self._new and now < HASTE * abs(self.best - self.value):
            # The programme still lacks columns: its own optimum is not worth coming closer to.
            share = max(share, HOLD)
        target.primal[:] = share * mu - step.primal * step.dual
        primal, dual = self._direct(stop)
        if not (math.isfinite(primal) and math.isfinite(dual)):
            raise Degenerate
        self._mu = share * mu
        point.move(step, min(1.0, REACH * primal), min(1.0, REACH * dual))

    def _factor(self, stop: Callable[[], bool]) -> None:
        """Factor the matrix of the system at the point."""
        lagrangian, point, count = self.lagrangian, self._point.parts, self.columns.count
        self._work.length[:count] = self.columns.lengths(point.price)
        matrix = self._matrix
        matrix[:] = 0.0
        matrix.ravel()[:: len(matrix) + 1] = point.free / point.price
        known = (lagrangian.arcs, lagrangian.pairs, self.columns.arrays)
        for first, last in self._slices(stop):
            assemble(*known, point, self._work, matrix, first, last)
        size, first = len(matrix), 0
        while first < size:
            if stop():
                raise Stopped
            rows = max(BLOCK, FACTORING // (size - first) ** 2 // BLOCK * BLOCK)
            last = min(size, first + rows)
            if not factor(matrix.ravel(), np.uint64(size), first, last):
                raise Degenerate
            first = last

    def _direct(self, stop: Callable[[], bool]) -> tuple[float, float]:
        """Compute the step to the targets; return how far it can be followed, 1 at most."""
        lagrangian, point, step = self.lagrangian, self._point.parts, self._step.parts
        target = self._target.parts
        aim = target.free / point.price
        right = aim - lagrangian.limit
        known = (lagrangian.arcs, lagrangian.pairs, self.columns.arrays, lagrangian.worth.density)
        for first, last in self._slices(stop):
            right_side(*known, point, self._work, target, right, first, last)
        solve(self._matrix.ravel(), np.uint64(len(right)), right)
        rise = right
        step.price[:] = rise
        step.free[:] = aim - point.free * (1.0 + rise / point.price)
        for first, last in self._slices(stop):
            complete(*known, point, self._work, target, rise, step, first, last)
        return (
            _reach(self._point.primal, self._step.primal),
            _reach(self._point.dual, self._step.dual),
        )

    def _inequalities(self) -> int:
        return max(1, self.columns.count + 2 * self._flows + len(self._matrix))

    def _add_columns(self) -> int:
        """Add the paths that are cheaper than their pair is worth, as points of their own."""
        before = self.columns.count
        limit = np.where(self._active, self._point.parts.worth, -np.inf)
        new = self.columns.add_cheaper(limit)
        self._fit()
        point, count = self._point.parts, self.columns.count
        worth = point.worth[self.columns.arrays.pair[before:count]]
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
        for vectors in (self._point, self._step, self._target):
            vectors.fit(room)
        self._work = self._work._replace(
            length=np.zeros(room), ratio=np.zeros(room), base=np.zeros(room)
        )

    def _slices(self, stop: Callable[[], bool]) -> Iterator[tuple[int, int]]:
        """Ranges of pairs; ends with `Stopped` where the caller asks to stop."""
        pairs = len(self._active)
        arrays, count = self.columns.arrays, self.columns.count
        rows = np.diff(arrays.start[: count + 1]).astype(np.float64)
        parts = min(pairs, 1 + int(2.0 * _dot(rows, rows) / SLICE))
        for part in range(parts):
            if stop():
                raise Stopped
            yield part * pairs // parts, (part + 1) * pairs // parts


def _reach(value: np.ndarray, change: np.ndarray) -> float:
    """Longest step, 1 at most, that keeps values from getting negative."""
    falling = np.flatnonzero(change < 0.0)
    return float((-value[falling] / change[falling]).min(initial=1.0))


def _product(point: Vectors, step: Vectors, primal: float, dual: float) -> float:
    """Sum of the products of primal and dual values so far along a step."""
    return _dot(point.primal + primal * step.primal, point.dual + dual * step.dual)


def _dot(left: np.ndarray, right: np.ndarray) -> float:
    """Inner product without a library, whose threads and digits depend on the machine."""
    return float(np.multiply(left, right).sum())


def _new_work(flows: int, rows: int, pairs: int) -> Work:
    return Work(
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
    )
