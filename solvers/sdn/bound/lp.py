"""The bound of the linear relaxation over paths."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.bound import BoundMethod, Certificate
from netroute.solvers.sdn.path_lp import PathLpSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

PROGRESS = 1e-4
"""Relative improvement that is worth a report before the end."""


class LpBound(BoundMethod):
    """The Lagrangian bound at ever better prices, see `PathLpSolver`.

    With the lexicographic objective it bounds the number of admitted flows of the highest class.
    """

    name: ClassVar[str] = "lp"
    summary: ClassVar[str] = "linear relaxation over paths, by prices of the arcs; for every size"

    def run(
        self,
        instance: SdnInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Improve the prices until they are optimal or ``stop()``."""
        improve(PathLpSolver(instance), report, stop)


def improve(
    solver: PathLpSolver, report: Callable[[Certificate], None], stop: Callable[[], bool]
) -> None:
    """Run the relaxation to its end or until ``stop()``; report what improves the bound."""
    reported = math.inf
    while not solver.finished and not stop():
        solver.turn(stop)
        if solver.bound <= (1.0 - PROGRESS) * reported:
            reported = solver.bound
            report(solver.certificate())
    if solver.bound < reported:
        report(solver.certificate())
