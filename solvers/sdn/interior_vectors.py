"""The variables of the interior-point method."""

from __future__ import annotations

import numpy as np

from netroute.solvers.sdn._kernels.interior import Point


class Vectors:
    """Primal values, dual values and the pairs' worth: a point, a step or what it aims at.

    All primal values lie in one array and all dual ones in another, in the same order; columns come
    last, with room for more.

    Attributes
    ----------
    parts : Point
        Views of the arrays by name.
    """

    def __init__(self, flows: int, rows: int, pairs: int) -> None:
        self._sizes = (flows, rows)
        self.primal = np.zeros(2 * flows + rows)
        self.dual = np.zeros(2 * flows + rows)
        self._worth = np.zeros(pairs)
        self.fit(0)

    def fit(self, columns: int) -> None:
        """Make room for so many columns."""
        flows, rows = self._sizes
        fixed = 2 * flows + rows
        primal, dual = np.zeros(fixed + columns), np.zeros(fixed + columns)
        primal[: len(self.primal)] = self.primal
        dual[: len(self.dual)] = self.dual
        self.primal, self.dual = primal, dual
        cuts = (flows, 2 * flows, fixed)
        taken, left, free, amount = np.split(primal, cuts)
        lower, upper, price, slack = np.split(dual, cuts)
        self.parts = Point(taken, left, free, amount, lower, upper, price, slack, worth=self._worth)

    def move(self, step: Vectors, primal: float, dual: float) -> None:
        """Follow a step by these lengths."""
        self.primal += primal * step.primal
        self.dual += dual * step.dual
        self._worth += dual * step._worth
