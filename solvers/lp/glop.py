"""GLOP on a programme that changes between solutions, with what it finds as arrays.

MathOpt's own `IncrementalSolver` turns each solution, its basis included, into dictionaries of
Python objects, which takes several times as long as GLOP for a programme that has changed little.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.math_opt.core.python import solver as core
from ortools.math_opt.python import callback, init_arguments, mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

if TYPE_CHECKING:
    from collections.abc import Callable

POLL_SECONDS = 0.1


class NoSolution(Exception):
    """GLOP has ended without an optimal solution."""


@dataclass(frozen=True, slots=True)
class Solution:
    """An optimal solution: its objective, and values and duals in order of MathOpt's ids."""

    objective: float
    values: np.ndarray
    duals: np.ndarray


class Glop:
    """Solves a MathOpt model by the dual simplex method, from where the last solution was.

    Parameters
    ----------
    model : mathopt.Model
        It may be changed between calls of `solve`.

    Examples
    --------
    >>> model = mathopt.Model()
    >>> x, y = model.add_variable(lb=0.0, ub=3.0), model.add_variable(lb=0.0)
    >>> row = model.add_linear_constraint(x + y >= 5.0)
    >>> model.minimize(x + 2.0 * y)
    >>> glop = Glop(model)
    >>> found = glop.solve(lambda: False)
    >>> found.objective, found.values.tolist(), found.duals.tolist()
    (7.0, [3.0, 2.0], [2.0])
    >>> y.upper_bound = 1.0
    >>> row.lower_bound = 3.0
    >>> glop.solve(lambda: False).values.tolist()
    [3.0, 0.0]
    """

    def __init__(self, model: mathopt.Model) -> None:
        self._model = model
        self._tracker = model.add_update_tracker()
        nothing: list[Any] = []
        self._parameters = mathopt.SolveParameters(
            presolve=mathopt.Emphasis.OFF, lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX
        ).to_proto()
        self._wanted = mathopt.ModelSolveParameters(
            variable_values_filter=mathopt.VariableFilter(skip_zero_values=True),
            dual_values_filter=mathopt.LinearConstraintFilter(skip_zero_values=True),
            reduced_costs_filter=mathopt.VariableFilter(filtered_items=nothing),
        ).to_proto()
        self._begin()

    def solve(self, stop: Callable[[], bool]) -> Solution:
        """Return an optimal solution.

        Raises
        ------
        NoSolution
            There is none, GLOP has failed, or ``stop()`` has become true.
        """
        update = self._tracker.export_update()
        if update is not None:
            if not self._solver.update(update):
                self._begin()
            self._tracker.advance_checkpoint()
        interrupter = SolveInterrupter()
        done = threading.Event()

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                if stop():
                    interrupter.interrupt()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            found = self._solver.solve(
                self._parameters,
                self._wanted,
                None,
                callback.CallbackRegistration().to_proto(),
                None,
                interrupter.pybind_interrupter,
            )
        except Exception as error:
            # MathOpt's core raises a type of its own that no public module names.
            raise NoSolution(str(error)) from error
        finally:
            done.set()
            watcher.join()
        if found.termination.reason != mathopt.TerminationReason.OPTIMAL.value:
            raise NoSolution(found.termination.detail or "no optimal solution")
        point = found.solutions[0]
        primal, dual = point.primal_solution, point.dual_solution
        return Solution(
            float(primal.objective_value),
            _dense(primal.variable_values, self._model.get_next_variable_id()),
            _dense(dual.dual_values, self._model.get_next_linear_constraint_id()),
        )

    def _begin(self) -> None:
        arguments = init_arguments.StreamableSolverInitArguments().to_proto()
        kind = mathopt.SolverType.GLOP.value
        self._solver = core.new(kind, self._model.export_model(), arguments)


def _dense(vector: Any, size: int) -> np.ndarray:
    found = np.zeros(size)
    found[np.array(vector.ids, np.int64)] = np.array(vector.values, np.float64)
    return found
