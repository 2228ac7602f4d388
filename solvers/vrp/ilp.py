"""The reference ILP: two-index model with capacity cuts, by any engine that PuLP can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.ilp_cuts import Separator
from netroute.solvers.vrp.ilp_engine import Worker
from netroute.solvers.vrp.ilp_model import TwoIndexModel, two_index_model
from netroute.solvers.vrp.ilp_worker import Job
from netroute.solvers.vrp.nearest import NearestSolver

from netroute.core.errors import InfeasibleError, UnsupportedError
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.problems.vrp import VrpSolution

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance

SIZE_LIMIT = 250
"""Largest number of locations: the model has a variable for each pair."""

BOUND_SLACK = 1e-6
"""Relative: what an engine's tolerances may add to the value of a relaxation."""


@dataclass(frozen=True, kw_only=True)
class IlpSolver(VrpSolver):
    """Solve relaxations in rounds, adding violated capacity cuts, until none is violated.

    First the linear relaxation, then the integer program; each round is one iteration. The value of
    each relaxation is a bound, and once the integer program's optimum violates no cut it is optimal
    for the instance too. Proves optimality up to about 20 locations within a minute.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 3], [4, 3], [4, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> result = IlpSolver().solve(instance)
    >>> str(result.status), result.objective
    ('optimal', 18.0)
    """

    name: ClassVar[str] = "ilp"
    summary: ClassVar[str] = "two-index ILP with capacity cuts; proves small instances optimal"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet", "asymmetric distances"})

    engine: str = parameter(
        "PULP_CBC_CMD", "MIP engine by PuLP's name, such as PULP_CBC_CMD, HiGHS or GUROBI_CMD"
    )

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Alternate solving and separation."""
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'ilp' takes at most {SIZE_LIMIT} locations, instance "
                f"{instance.name!r} has {instance.size}; use 'auto'"
            )
        require_feasible_fleet(instance, seconds=min(20.0, recorder.clock.remaining() / 2))
        NearestSolver().construct(instance, recorder, seed=seed, start=start)
        model = two_index_model(instance)
        if instance.size == 1:
            recorder.bound(0.0)
        elif recorder.stop(0):
            return
        else:
            with Worker() as worker:
                self._rounds(instance, recorder, model, worker)
        if recorder.stopped_by is None and _proven(recorder):
            recorder.stopped_by = StoppedBy.PROOF

    def _rounds(
        self, instance: VrpInstance, recorder: Recorder, model: TwoIndexModel, worker: Worker
    ) -> None:
        separator = Separator(model)
        relaxed = True
        rounds = 0
        while not _proven(recorder):
            left = recorder.clock.remaining()
            job = Job(model, self.engine, relaxed, left if np.isfinite(left) else None)
            answer = worker.solve(job, recorder.stop)
            if answer is None:
                return
            if answer.infeasible:
                raise InfeasibleError(
                    "the capacity cuts prove that no plan exists",
                    report={"reason": "ilp", "cuts": len(model.cuts)},
                )
            if answer.values is None:
                return
            if answer.optimal:
                value = float(model.costs @ _exact(answer.values, relaxed))
                recorder.bound(_safe_bound(value, model.costs))
            cuts = separator.violated(answer.values)
            if not relaxed:
                self._offer(instance, recorder, model, answer.values, answer.optimal and not cuts)
                if not cuts:
                    return
            rounds += 1
            if recorder.stop(rounds):
                return
            model.cuts.update(cuts)
            relaxed = relaxed and bool(cuts)
            recorder.metrics["cuts"] = len(model.cuts)

    def _offer(
        self,
        instance: VrpInstance,
        recorder: Recorder,
        model: TwoIndexModel,
        values: np.ndarray,
        optimal: bool,
    ) -> None:
        """Record an integer solution if it is a plan, and as a proof if it is optimal."""
        routes = model.routes(values)
        if routes is None:
            return
        plan = VrpSolution.of(routes)
        evaluation = self.evaluate(instance, plan)
        if evaluation.feasible:
            recorder.incumbent(evaluation.objective, plan, vehicles=len(routes))
            if optimal and recorder.objective is not None:
                recorder.bound(min(recorder.objective, evaluation.objective))


def _exact(values: np.ndarray, relaxed: bool) -> np.ndarray:
    return values if relaxed else np.rint(values)


def _safe_bound(value: float, costs: np.ndarray) -> float:
    """Lower a relaxation's value by the engine's tolerances; round up where costs are integer."""
    lowered = value - BOUND_SLACK * max(1.0, abs(value))
    if np.array_equal(costs, np.rint(costs)):
        return float(np.ceil(lowered))
    return lowered


def _proven(recorder: Recorder) -> bool:
    return (
        recorder.objective is not None
        and recorder.best_bound is not None
        and recorder.objective - recorder.best_bound <= 1e-9 * max(1.0, abs(recorder.objective))
    )
