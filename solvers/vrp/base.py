"""What all vehicle-routing solvers have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netroute.core.solver import Solver
from netroute.problems.vrp.check import check

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.problems.vrp import VrpInstance, VrpSolution


@dataclass(frozen=True, kw_only=True)
class VrpSolver(Solver):
    """A solver whose answers the vehicle-routing checker judges."""

    def evaluate(self, instance: VrpInstance, solution: VrpSolution) -> Evaluation:
        """Check a solution independently of the kernels."""
        return check(instance, solution)
