"""The linear relaxation over paths: its prices, its bound and a fractional solution, at any time.

Rows are the arcs and, with limited flow tables, nodes; columns are paths of source-target pairs.
`FirstOrder` finds prices and paths within a fraction of a percent of the optimum in a hundred
turns; `InteriorPoint` then solves the programme, where it is not too large for that.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn.first_order import FirstOrder
from netroute.solvers.sdn.interior_point import InteriorPoint
from netroute.solvers.sdn.lagrangian import Lagrangian
from netroute.solvers.sdn.path_columns import PathColumns
from netroute.solvers.sdn.path_solution import LEAST_AMOUNT, extract
from netroute.solvers.sdn.path_solution import PathLp as PathLp

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.bound import Certificate
    from netroute.problems.sdn import SdnInstance

FIRST_TURNS = (40, 100)
"""Turns of the first-order method before the interior-point method takes over: the more where its
first steps, which improve nothing yet, take seconds."""

SLOW = 1e6
"""Nodes and arcs visited by one turn, from which on it is the larger number."""

MANY = 10_000
"""Columns above which those of little use are not handed over."""

WORTH, NEAR = 0.1, 1e-4
"""Share of its pair's bandwidth, or relative excess over its pair's cost, that makes a column
useful."""

LARGE = 3e10
"""Multiplications of one interior-point step from which on only the first-order method is used."""

STILL = 1e-6
"""Relative progress within `PATIENCE` turns below which the first-order method ends."""

PATIENCE = 200


class PathLpSolver:
    """Improves prices, bound and columns turn by turn until nothing is left to gain.

    Parameters
    ----------
    instance : SdnInstance
    weights : ndarray of float64, shape (F,), optional
        Other weights than the instance's own.

    Attributes
    ----------
    finished : bool

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> solver = PathLpSolver(net)
    >>> solver.run(lambda: False)
    >>> solver.bound, solver.solution().flow_value.round(3).tolist()
    (2.0, [1.0, 0.5])
    """

    def __init__(self, instance: SdnInstance, *, weights: np.ndarray | None = None) -> None:
        self.lagrangian = Lagrangian(instance, weights=weights)
        self._columns = PathColumns(self.lagrangian)
        self._first = FirstOrder(self.lagrangian, self._columns)
        self._inner: InteriorPoint | None = None
        self._mark = math.inf
        visited = len(self.lagrangian.pairs.tree_start) * (len(instance.nodes) + len(instance.tail))
        self._first_turns = FIRST_TURNS[visited > SLOW]
        # Nothing of any weight can be routed.
        self.finished = self._first.best <= 0.0

    @property
    def value(self) -> float:
        """Lowest Lagrangian value so far: a bound up to rounding errors."""
        return (self._inner or self._first).best

    @property
    def bound(self) -> float:
        """Proven upper bound, rounded down where all weights are integers."""
        return self.lagrangian.proven(self.value)

    @property
    def gap(self) -> float:
        """Estimate of how much the bound can still fall, relative to it; infinite at first."""
        if self.finished:
            return 0.0
        if self._inner is None or not math.isfinite(self._inner.value):
            return math.inf
        return abs(self.value - self._inner.value) / self.value

    @property
    def prices(self) -> np.ndarray:
        """Prices of the arcs at which the bound is proven, shape (m,)."""
        return self._rows()[: self.lagrangian.arcs]

    def certificate(self) -> Certificate:
        """Return the bound with the prices that prove it."""
        return self.lagrangian.certificate(self._rows(), self.value)

    def run(self, stop: Callable[[], bool]) -> None:
        """Take turns until the end or until ``stop()``, which is asked every 50 ms or so."""
        while not self.finished and not stop():
            self.turn(stop)

    def turn(self, stop: Callable[[], bool]) -> None:
        """Take one step; where ``stop()`` comes true within it, leave all as it was before."""
        if self.finished:
            return
        if self._inner is not None:
            self._inner.turn(stop)
            self.finished = self._inner.finished
        elif self._first.turns < self._first_turns or self._is_large():
            if self._first.turn(stop) and self._first.turns % PATIENCE == 0:
                self.finished = self._first.best >= (1.0 - STILL) * self._mark
                self._mark = self._first.best
        else:
            self._enter(stop)

    def solution(self, *, least: float = LEAST_AMOUNT) -> PathLp:
        """Return the latest fractional solution, of columns with more than ``least`` bandwidth."""
        if self._inner is None:
            self._first.finish()
        return extract(self.lagrangian, self._columns, self._rows(), bound=self.bound, least=least)

    def _enter(self, stop: Callable[[], bool]) -> None:
        """Hand the prices and paths over to the interior-point method."""
        self._first.finish()
        lagrangian, columns = self.lagrangian, self._columns
        if not lagrangian.evaluate(self._first.best_prices, stop):
            return
        if columns.count > MANY:
            self._clean_up()
        columns.add_cheaper(np.where(columns.arrays.first < 0, np.inf, -np.inf))
        self._inner = InteriorPoint(lagrangian, columns, self._first.best_prices, self._first.best)

    def _clean_up(self) -> None:
        """Drop paths that were hardly used and are dearer than others by now."""
        columns, arrays, count = self._columns, self._columns.arrays, self._columns.count
        pair, amount = arrays.pair[:count], arrays.amount[:count]
        carried = np.bincount(pair, amount, minlength=len(arrays.first))
        least = (1.0 + NEAR) * self.lagrangian.paths.cost[pair]
        near = columns.lengths(self._first.best_prices) <= least
        columns.keep(near | (amount > WORTH * carried[pair]))
        pair, amount = arrays.pair[: columns.count], arrays.amount[: columns.count]
        kept = np.bincount(pair, amount, minlength=len(arrays.first))[pair]
        # What ran on the others goes onto these.
        amount *= np.divide(carried[pair], kept, out=np.zeros(len(kept)), where=kept > 0.0)

    def _is_large(self) -> bool:
        rows = float(len(self.lagrangian.limit))
        count = self._columns.count
        each = np.diff(self._columns.arrays.start[: count + 1]).astype(np.float64)
        return rows**3 / 3.0 + 4.0 * float((each * each).sum()) > LARGE

    def _rows(self) -> np.ndarray:
        return (self._inner or self._first).best_prices
