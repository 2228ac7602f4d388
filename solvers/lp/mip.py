"""Mixed-integer programmes as plain data, for any engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.solvers.lp.engines import add_variable

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True, eq=False)
class Mip:
    """A programme to maximise, built variable by variable and row by row.

    Attributes
    ----------
    gain, lower, upper : list of float
        Objective and range of each variable.
    integer : list of bool
    least, most : list of float
        Range of each row, infinite where it is open.
    row, column, value : list
        Entries of the matrix.

    Examples
    --------
    >>> mip = Mip("knapsack")
    >>> first, second = mip.variable("first", 2.0), mip.variable("second", 3.0)
    >>> mip.constrain("room", [(first, 3.0), (second, 4.0)], most=5.0)
    0
    >>> problem, variables, _ = mip.to_pulp(relaxed=False)
    >>> problem.numVariables(), problem.numConstraints()
    (2, 1)
    """

    name: str
    gain: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    integer: list[bool] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)
    row_names: list[str] = field(default_factory=list)
    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def variable(
        self, name: str, gain: float = 0.0, *, upper: float = 1.0, integer: bool = True
    ) -> int:
        """Add a variable from 0 to ``upper``; return its number."""
        self.gain.append(gain)
        self.lower.append(0.0)
        self.upper.append(upper)
        self.integer.append(integer)
        self.names.append(name)
        return len(self.gain) - 1

    def constrain(
        self,
        name: str,
        terms: Iterable[tuple[int, float]],
        *,
        least: float = -np.inf,
        most: float = np.inf,
    ) -> int:
        """Add ``least <= sum of value * variable <= most``; return the row's number."""
        number = len(self.least)
        for variable, value in terms:
            self.row.append(number)
            self.column.append(variable)
            self.value.append(value)
        self.least.append(least)
        self.most.append(most)
        self.row_names.append(name)
        return number

    def without_rows(self, first: int) -> None:
        """Drop the rows from number ``first`` on."""
        entries = int(np.searchsorted(self.row, first))
        for values in (self.row, self.column, self.value):
            del values[entries:]
        for each in (self.least, self.most, self.row_names):
            del each[first:]

    def matrix(self) -> Any:
        """Return the rows' coefficients as a sparse SciPy array."""
        from scipy.sparse import csr_array

        shape = (len(self.least), len(self.gain))
        return csr_array((np.array(self.value, np.float64), (self.row, self.column)), shape=shape)

    def to_pulp(self, *, relaxed: bool) -> tuple[Any, list[Any], list[Any]]:
        """Return the PuLP problem, its variables and its rows; a range takes two of these."""
        import pulp

        problem = pulp.LpProblem(self.name, pulp.LpMaximize)
        variables = []
        for name, low, high, integer in zip(
            self.names, self.lower, self.upper, self.integer, strict=True
        ):
            kind = "Integer" if integer and not relaxed else "Continuous"
            variables.append(add_variable(problem, name, None if np.isinf(high) else high, kind))
            variables[-1].lowBound = low
        problem += pulp.lpSum(g * x for g, x in zip(self.gain, variables, strict=True) if g)
        terms: list[list[tuple[Any, float]]] = [[] for _ in self.least]
        for row, column, value in zip(self.row, self.column, self.value, strict=True):
            terms[row].append((variables[column], value))
        rows = []
        for name, least, most, entries in zip(
            self.row_names, self.least, self.most, terms, strict=True
        ):
            total = pulp.LpAffineExpression(entries)
            if least == most:
                rows.append(total == most)
                problem += rows[-1], name
                continue
            if np.isfinite(least):
                rows.append(total >= least)
                problem += rows[-1], name if np.isinf(most) else f"{name}_least"
            if np.isfinite(most):
                rows.append(total <= most)
                problem += rows[-1], name if np.isinf(least) else f"{name}_most"
        return problem, variables, rows
