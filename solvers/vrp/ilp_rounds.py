"""Rounds of solving the two-index model and adding the capacity cuts that its answer violates."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InfeasibleError
from netroute.solvers.vrp.ilp_cuts import Separator

if TYPE_CHECKING:
    from netroute.solvers.vrp.ilp_model import TwoIndexModel
    from netroute.solvers.vrp.ilp_run import IlpRun


def two_index_rounds(run: IlpRun, model: TwoIndexModel, *, most_integer: float = np.inf) -> bool:
    """Close the linear relaxation, then the integer program; return whether work is left.

    Parameters
    ----------
    most_integer : float
        Give up after so many integer programs.

    Raises
    ------
    InfeasibleError
        The cuts leave no plan.
    """
    separator = Separator(model)
    relaxed = True
    integer = 0
    while not run.proven and integer < most_integer:
        answer = run.solve(model, relaxed=relaxed)
        if answer is None:
            return False
        if answer.infeasible:
            raise InfeasibleError(
                "the capacity cuts prove that no plan exists",
                report={"reason": "ilp", "cuts": len(model.cuts)},
            )
        if answer.values is None:
            return False
        values = answer.values if relaxed else np.rint(answer.values)
        if answer.optimal:
            run.bound(float(model.costs @ values))
        cuts = separator.violated(values)
        if not relaxed:
            integer += 1
            routes = model.routes(values)
            cost = None if routes is None else run.offer(routes)
            if not cuts:
                if answer.optimal and cost is not None:
                    run.optimal(cost)
                return False
        if run.count_round():
            return False
        model.cuts.update(cuts)
        relaxed = relaxed and bool(cuts)
        run.recorder.metrics["cuts"] = len(model.cuts)
    return not run.proven
