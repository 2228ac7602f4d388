"""The relaxation for one class after the others: their admitted flows are kept by rewards.

A row that keeps as many flows of a class as are known to be possible is relaxed like the others:
each admitted flow of that class earns a reward, which is subtracted again as often as the row
demands. The bound holds for any rewards.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from netroute.solvers.sdn.bound.lp import improve
from netroute.solvers.sdn.path_lp import PathLpSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from netroute.core.bound import Certificate
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.choice_model import Kept
    from netroute.solvers.sdn.lexicographic import Stage

FACTORS = 2, 1, 4
"""How many flows of a class one of the class above it is worth, in turn."""

ROUNDING = 1e-6


class StageRelaxation:
    """The relaxation of one objective, where others are kept.

    Attributes
    ----------
    solver : PathLpSolver
        With the rewards among its weights.
    offset : float
        What these are worth at least, in all plans that keep what is to be kept.
    bound : float
        Of the objective itself.
    """

    def __init__(
        self,
        instance: SdnInstance,
        stage: Stage,
        kept: Kept,
        stop: Callable[[], bool],
        report: Callable[[Certificate], None] | None,
    ) -> None:
        self.bound = math.inf
        for factor in FACTORS if kept else FACTORS[:1]:
            weights, offset = stage.weights, 0.0
            for distance, (worth, least) in enumerate(reversed(kept), start=1):
                reward = float(factor) ** distance
                weights = weights + reward * worth
                offset += reward * least
            solver = PathLpSolver(instance, weights=weights)
            improve(solver, report or _ignore, stop)
            bound = min(solver.bound - offset, float(stage.weights.sum()))
            if bound < self.bound:
                self.solver, self.offset, self.bound = solver, offset, bound
            if stop():
                break
        if not (stage.weights % 1.0).any():
            self.bound = float(math.floor(self.bound + ROUNDING))
        self.weights: np.ndarray = self.solver.lagrangian.weights


def _ignore(certificate: Certificate) -> None:
    """Take no notice of bounds that hold on conditions only."""
