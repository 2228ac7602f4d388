"""Engines that PuLP cannot reach without further installations: SciPy's HiGHS, and CP-SAT."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.solvers.lp.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.lp.mip import Mip

LARGEST = 2**50
"""Coefficients of CP-SAT must be integers, and sums of them stay below 2^63."""


def solve_highs(mip: Mip, *, relaxed: bool, seconds: float | None) -> Answer:
    """Solve with the HiGHS that SciPy brings along."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    if not mip.gain:
        # SciPy takes no empty programmes.
        fits = all(a <= 0.0 <= b for a, b in zip(mip.least, mip.most, strict=True))
        return Answer(values=np.zeros(0) if fits else None, optimal=fits, infeasible=not fits)
    options = {"mip_rel_gap": 0.0}
    if seconds is not None:
        options["time_limit"] = max(0.01, seconds)
    found = milp(
        -np.array(mip.gain),
        constraints=LinearConstraint(mip.matrix(), mip.least, mip.most) if mip.least else None,
        integrality=None if relaxed else np.array(mip.integer, np.int64),
        bounds=Bounds(mip.lower, mip.upper),
        options=options,
    )
    dual = getattr(found, "mip_dual_bound", None)
    if found.status == 0 and dual is None:
        dual = found.fun
    return Answer(
        values=found.x,
        optimal=found.status == 0,
        infeasible=found.status == 2,
        bound=None if dual is None or not np.isfinite(dual) else -float(dual),
    )


def solve_cp_sat(mip: Mip, *, relaxed: bool, seconds: float | None) -> Answer:
    """Solve with OR-Tools CP-SAT, on one thread.

    Raises
    ------
    InputError
        The model has fractional coefficients or unlimited variables, or is to be relaxed.
    """
    from ortools.sat.python import cp_model

    value = np.array(mip.value)
    ends = np.array([x for x in (*mip.least, *mip.most) if np.isfinite(x)])
    integers = all(mip.integer) and not relaxed and np.isfinite(mip.upper).all()
    if not integers or any((x % 1.0).any() or (abs(x) > LARGEST).any() for x in (value, ends)):
        raise InputError("CP-SAT takes integer variables and coefficients only", where="engine")
    model = cp_model.CpModel()
    variables = [
        model.new_int_var(int(low), int(high), name)
        for low, high, name in zip(mip.lower, mip.upper, mip.names, strict=True)
    ]
    columns: list[list[int]] = [[] for _ in mip.least]
    values: list[list[int]] = [[] for _ in mip.least]
    for row, column, entry in zip(
        mip.row, mip.column, value.astype(np.int64).tolist(), strict=True
    ):
        columns[row].append(column)
        values[row].append(entry)
    for row, (least, most) in enumerate(zip(mip.least, mip.most, strict=True)):
        total = cp_model.LinearExpr.weighted_sum(
            [variables[column] for column in columns[row]], values[row]
        )
        low = int(least) if np.isfinite(least) else cp_model.INT_MIN
        high = int(most) if np.isfinite(most) else cp_model.INT_MAX
        model.add_linear_constraint(total, low, high)
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, mip.gain))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    if seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, seconds)
    status = solver.solve(model)
    solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    return Answer(
        values=np.array([solver.value(x) for x in variables], np.float64) if solved else None,
        optimal=status == cp_model.OPTIMAL,
        infeasible=status == cp_model.INFEASIBLE,
        bound=float(solver.best_objective_bound) if solved else None,
    )


NATIVE: dict[str, Callable[..., Answer]] = {"HiGHS": solve_highs, "CP-SAT": solve_cp_sat}
"""Engines of a `Mip` by name; all others are PuLP's."""
