"""The linear programme over edges: each node twice, and cuts that come and go."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.math_opt.python import mathopt

from netroute.solvers.lp.glop import Glop, NoSolution

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Cut = tuple[tuple[int, ...], ...]
"""One set of nodes, or a handle and its teeth; nodes in order."""

DIGITS = 10
"""Of the first edges' mean length as the engine, whose tolerances are fixed, sees it."""

IDLE = 12
"""Solutions in a row at which a cut is slack before it leaves the programme."""


def limit(cut: Cut) -> int:
    """Return how many edges tours have at most within the sets of a cut.

    Examples
    --------
    >>> limit(((0, 1, 2),)), limit(((0, 1, 2), (0, 3), (1, 4), (2, 5)))
    (2, 4)
    """
    total, teeth = sum(map(len, cut)), len(cut) - 1
    return total - 1 if teeth == 0 else total - (3 * teeth + 1) // 2


@dataclass(frozen=True, slots=True)
class Point:
    """A solution: values of the edges, prices of nodes and of cuts."""

    objective: float
    values: np.ndarray
    nodes: np.ndarray
    cuts: dict[Cut, float]


class CutLp:
    """The programme of some edges; solved again and again with other cuts and ranges of edges.

    All rows can be broken at a price, so that it always has a solution.

    Parameters
    ----------
    size : int
        Number of nodes.
    tail, head, length : ndarray
        The edges.
    penalty : float
        The price of breaking a row by 1.
    """

    def __init__(
        self,
        size: int,
        tail: np.ndarray,
        head: np.ndarray,
        length: np.ndarray,
        *,
        penalty: float,
        stop: Callable[[], bool],
    ) -> None:
        mean = float(np.abs(length).mean()) if len(length) else 0.0
        # A power of two, so that prices stay exact.
        self._unit = 2.0 ** (math.frexp(mean or 1.0)[1] - DIGITS)
        self.size, self._penalty, self._stop = size, penalty / self._unit, stop
        self.tail, self.head, self.length = tail, head, length
        self.lower = np.zeros(len(tail))
        self.upper = np.ones(len(tail))
        self.cuts: dict[Cut, Any] = {}
        self._idle: dict[Cut, int] = {}
        self._variables: list[Any] = []
        self._build()

    def set_ranges(self, lower: np.ndarray, upper: np.ndarray) -> None:
        """Let each edge be from ``lower`` to ``upper``."""
        changed = np.flatnonzero((lower != self.lower) | (upper != self.upper))
        for k in changed.tolist():
            self._variables[k].lower_bound = float(lower[k])
            self._variables[k].upper_bound = float(upper[k])
        self.lower, self.upper = lower.copy(), upper.copy()

    def add_edges(self, tail: np.ndarray, head: np.ndarray, length: np.ndarray) -> None:
        """Add edges that are not there yet, from 0 to 1."""
        begin = len(self.tail)
        self.tail = np.concatenate([self.tail, tail])
        self.head = np.concatenate([self.head, head])
        self.length = np.concatenate([self.length, length])
        self.lower = np.concatenate([self.lower, np.zeros(len(tail))])
        self.upper = np.concatenate([self.upper, np.ones(len(tail))])
        self._add_variables(begin)
        for cut, row in self.cuts.items():
            self._fill(cut, row, begin)

    def keep_edges(self, kept: np.ndarray) -> None:
        """Drop all edges but those for which ``kept`` is true."""
        for k in np.flatnonzero(~kept).tolist():
            self._model.delete_variable(self._variables[k])
        self._variables = [self._variables[k] for k in np.flatnonzero(kept).tolist()]
        self.tail, self.head, self.length = self.tail[kept], self.head[kept], self.length[kept]
        self.lower, self.upper = self.lower[kept], self.upper[kept]

    def add_cuts(self, cuts: Iterable[Cut]) -> int:
        """Add the cuts that are not there yet; return their number."""
        before = len(self.cuts)
        for cut in cuts:
            if cut not in self.cuts:
                self._add_row(cut)
        return len(self.cuts) - before

    def purge(self, point: Point) -> None:
        """Drop cuts that have had no price in several solutions."""
        for cut in list(self.cuts):
            self._idle[cut] = 0 if cut in point.cuts else self._idle.get(cut, 0) + 1
            if self._idle[cut] > IDLE:
                row, slack = self.cuts.pop(cut), self._slack.pop(cut)
                del self._idle[cut]
                self._model.delete_linear_constraint(row)
                self._model.delete_variable(slack)

    def solve(self) -> Point | None:
        """Return the solution; None when stopped before, or where the engine fails."""
        try:
            return self._solved()
        except NoSolution:
            if self._stop():
                return None
            # GLOP fails now and then after changes; from scratch the same programme is solved.
            self._build()
        try:
            return self._solved()
        except NoSolution:
            return None

    def _build(self) -> None:
        self._model = mathopt.Model()
        self._nodes = [self._model.add_linear_constraint(lb=2.0, ub=2.0) for _ in range(self.size)]
        for row in self._nodes:
            for sign in (1.0, -1.0):
                row.set_coefficient(self._broken(), sign)
        self._variables = []
        self._add_variables(0)
        self._slack: dict[Cut, Any] = {}
        for cut in list(self.cuts):
            self._add_row(cut)
        self._glop = Glop(self._model)

    def _broken(self) -> Any:
        variable = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(variable, self._penalty)
        return variable

    def _add_variables(self, begin: int) -> None:
        for k in range(begin, len(self.tail)):
            variable = self._model.add_variable(lb=float(self.lower[k]), ub=float(self.upper[k]))
            self._model.objective.set_linear_coefficient(
                variable, float(self.length[k]) / self._unit
            )
            for end in (self.tail[k], self.head[k]):
                self._nodes[end].set_coefficient(variable, 1.0)
            self._variables.append(variable)

    def _add_row(self, cut: Cut) -> None:
        row = self._model.add_linear_constraint(ub=float(limit(cut)))
        self._slack[cut] = self._broken()
        row.set_coefficient(self._slack[cut], -1.0)
        self.cuts[cut] = row
        self._fill(cut, row, 0)

    def _fill(self, cut: Cut, row: Any, begin: int) -> None:
        within = inside(self.size, cut, self.tail[begin:], self.head[begin:])
        for k in np.flatnonzero(within).tolist():
            row.set_coefficient(self._variables[begin + k], float(within[k]))

    def _solved(self) -> Point:
        found = self._glop.solve(self._stop)
        values = found.values[[variable.id for variable in self._variables]]
        nodes = found.duals[[row.id for row in self._nodes]]
        # The dual of a cut's row is at most 0; its price is the opposite.
        prices = {c: -float(found.duals[row.id]) for c, row in self.cuts.items()}
        used = {c: q * self._unit for c, q in prices.items() if q > 1e-12}
        return Point(found.objective * self._unit, values, nodes * self._unit, used)


def inside(size: int, cut: Cut, tail: np.ndarray, head: np.ndarray) -> np.ndarray:
    """Return how many sets of a cut hold both ends of each edge."""
    total = np.zeros(len(tail), np.int64)
    for members in cut:
        mask = np.zeros(size, bool)
        mask[list(members)] = True
        total += mask[tail] & mask[head]
    return total


def lowest(
    size: int,
    point: Point,
    tail: np.ndarray,
    head: np.ndarray,
    length: np.ndarray,
    must: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Return the bound that a point's prices prove over some edges, and their reduced costs.

    Parameters
    ----------
    must : ndarray of bool
        Edges that count in any case.
    """
    reduced = length - point.nodes[tail] - point.nodes[head]
    total = 2.0 * float(point.nodes.sum())
    for cut, price in point.cuts.items():
        reduced += price * inside(size, cut, tail, head)
        total -= price * limit(cut)
    return total + float(reduced[must | (reduced < 0.0)].sum()), reduced
