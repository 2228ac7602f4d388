"""The restricted master: as many rounds as the batteries allow, of the configurations known."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from ortools.math_opt.python import mathopt

if TYPE_CHECKING:
    from typing import Any


class Master:
    """``max sum_x t_x`` such that ``sum_x t_x e_i(x) <= E_i``, solved again as columns come.

    Parameters
    ----------
    energy : ndarray of float64, shape (n,)
        Joules that each node has.
    scale : float
        About the most rounds; rows are scaled by it.

    Attributes
    ----------
    columns : list of ndarray
        What each configuration costs the nodes.
    times : ndarray
        Rounds of each column in the last solution.
    value : float
        Their sum.

    Examples
    --------
    >>> master = Master(np.array([1.0, 2.0]), 2.0)
    >>> master.add(np.array([1.0, 0.5]))
    >>> master.add(np.array([0.25, 1.0]))
    >>> prices = master.solve()
    >>> round(master.value, 6), prices.round(6).tolist()
    (2.285714, [0.571429, 0.857143])
    """

    def __init__(self, energy: np.ndarray, scale: float) -> None:
        self.energy = self.left = energy
        self.columns: list[np.ndarray] = []
        self.times: np.ndarray = np.zeros(0)
        self.value = 0.0
        self._scale = scale
        self._variables: list[Any] = []
        self._parameters = mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF)
        self._build()

    def add(self, cost: np.ndarray) -> None:
        """Add a configuration by what it costs each node: shape (n,)."""
        self.columns.append(cost)
        self._variables.append(self._column(cost))

    def solve(self) -> np.ndarray:
        """Solve and return prices of the nodes' energy; `times` and `value` are set."""
        try:
            return self._solved()
        except Exception:
            # GLOP ends as ABNORMAL now and then after changes, which MathOpt's Python layer turns
            # into errors of various types; from scratch the same programme is solved.
            self._build()
            return self._solved()

    def limit(self, left: np.ndarray) -> np.ndarray:
        """Let nodes have only so much left, and use only what they can pay then, even once.

        Returns
        -------
        ndarray of bool
            The columns of use.
        """
        self.left = left
        fits = np.array([bool((cost <= left).all()) for cost in self.columns])
        for row, share in zip(self._rows, (left / self.energy).tolist(), strict=True):
            row.upper_bound = share
        for variable, fit in zip(self._variables, fits.tolist(), strict=True):
            variable.upper_bound = math.inf if fit else 0.0
        return fits

    def _build(self) -> None:
        self._model = mathopt.Model()
        self._model.objective.is_maximize = True
        shares = (self.left / self.energy).tolist()
        self._rows = [self._model.add_linear_constraint(ub=share) for share in shares]
        self._variables = [self._column(cost) for cost in self.columns]
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def _column(self, cost: np.ndarray) -> Any:
        variable = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(variable, 1.0)
        for row, share in zip(self._rows, (cost / self.energy * self._scale).tolist(), strict=True):
            row.set_coefficient(variable, share)
        return variable

    def _solved(self) -> np.ndarray:
        result = self._solver.solve(params=self._parameters)
        self.times = np.array(result.variable_values(self._variables)) * self._scale
        # Rounding must not let the columns spend more than there is.
        spent = np.zeros(len(self.energy))
        for time, cost in zip(self.times, self.columns, strict=True):
            if time > 0.0:
                spent += time * cost
        self.times = np.maximum(self.times, 0.0) / max(1.0, float((spent / self.left).max()))
        self.value = float(self.times.sum())
        duals = np.maximum(np.array(result.dual_values(self._rows)), 0.0)
        return np.asarray(duals * self._scale / self.energy)
