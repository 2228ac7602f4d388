"""The reference ILP: Dantzig, Fulkerson and Johnson's, by any engine that PuLP can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.lp.process import Worker
from netroute.solvers.lp.rounds import Rounds
from netroute.solvers.tsp.base import TspSolver
from netroute.solvers.tsp.greedy import GreedySolver
from netroute.solvers.tsp.ilp_cuts import subtours
from netroute.solvers.tsp.ilp_model import TourModel, tour_model

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance, TspSolution

SIZE_LIMIT = 200
"""Largest number of nodes: the model has a variable for each pair."""


@dataclass(frozen=True, kw_only=True)
class IlpSolver(TspSolver):
    """Solve the degree model in rounds, cutting off subtours, until none is left.

    First the linear relaxation, by connected components and smallest cuts; then the integer
    programme, whose cycles are cut off. Each round is one iteration. The value of each relaxation
    is a bound, and an integer solution without subtours is optimal.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [0, 1], [1, 0], [9, 9], [9, 8], [8, 9]])
    >>> result = IlpSolver().solve(instance)
    >>> str(result.status), round(result.objective, 3)
    ('optimal', 26.627)
    """

    name: ClassVar[str] = "ilp"
    summary: ClassVar[str] = "degree ILP with subtour cuts; proves small instances optimal"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    engine: str = parameter(
        "PULP_CBC_CMD", "MIP engine by PuLP's name, such as PULP_CBC_CMD, HiGHS or GUROBI_CMD"
    )

    def search(
        self, instance: TspInstance, recorder: Recorder, *, seed: int, start: TspSolution | None
    ) -> None:
        """Start from a greedy tour, and prove the optimum."""
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'ilp' takes at most {SIZE_LIMIT} nodes, instance {instance.name!r} has "
                f"{instance.size}"
            )
        self.offer_start(instance, recorder, start)
        tour = GreedySolver().build(instance, recorder, seed=seed)
        if tour is not None:
            self.offer(instance, recorder, tour)
        if not recorder.stop(0):
            with Worker() as worker:
                run = Rounds(self.engine, recorder, worker, integral=instance.integral())
                self._prove(instance, run, tour_model(instance))
        if recorder.stopped_by is None and recorder.best_bound == recorder.objective:
            recorder.stopped_by = StoppedBy.PROOF

    def _prove(self, instance: TspInstance, run: Rounds, model: TourModel) -> None:
        relaxed = True
        while not run.proven:
            answer = run.solve(model, relaxed=relaxed)
            if answer is None or answer.values is None:
                return
            if answer.optimal:
                run.bound(float(model.costs @ answer.values))
            values = answer.values if relaxed else np.rint(answer.values)
            tour = model.tour(values) if _is_integral(values) else None
            if tour is not None:
                length = self.offer(instance, run.recorder, tour)
                if answer.optimal:
                    # Of a relaxation too: no tour is shorter than its optimum.
                    run.optimal(length)
                    return
            cuts = subtours(model.joined(values)) - model.cuts
            if run.count_round() or not (cuts or relaxed):
                return
            relaxed = relaxed and bool(cuts)
            model.cuts |= cuts
            run.recorder.metrics["cuts"] = len(model.cuts)


def _is_integral(values: np.ndarray) -> bool:
    return bool(np.abs(values - np.rint(values)).max() < 1e-6)
