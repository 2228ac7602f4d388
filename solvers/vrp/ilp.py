"""The reference ILP: two-index model with capacity cuts, by any engine that PuLP can reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.solvers.lp.process import Worker
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.ilp_model import two_index_model
from netroute.solvers.vrp.ilp_partition import partition_rounds
from netroute.solvers.vrp.ilp_rounds import two_index_rounds
from netroute.solvers.vrp.ilp_routes import CLIENT_LIMIT
from netroute.solvers.vrp.ilp_run import IlpRun
from netroute.solvers.vrp.nearest import NearestSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance, VrpSolution

SIZE_LIMIT = 250
"""Largest number of locations: the model has a variable for each pair."""

SHORT_ROUTES = 5.0
"""Clients a route below which capacity cuts are weak, and few routes are worth costing."""

INTEGER_ROUNDS = {True: 3, False: 20}
"""Integer programs of the two-index model before ``auto`` turns to all routes, by short routes."""


@dataclass(frozen=True, kw_only=True)
class IlpSolver(VrpSolver):
    """Solve a two-index model in rounds, adding violated capacity cuts, until none is violated.

    First the linear relaxation, then the integer program; each round is one iteration. The value of
    each relaxation is a bound, and once the integer program's optimum violates no cut it is optimal
    for the instance too. Tightly packed vehicles take many rounds. With up to 20 clients a set
    partitioning model over all routes then finishes the proof, within seconds.

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

    model: str = parameter(
        "auto",
        "two-index; routes: set partitioning, up to 20 clients; auto: the one, then the other",
        choices=("auto", "two-index", "routes"),
    )

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Start from a nearest-neighbour plan, and prove the optimum."""
        clients = len(instance.clients)
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'ilp' takes at most {SIZE_LIMIT} locations, instance "
                f"{instance.name!r} has {instance.size}; use 'auto'"
            )
        if self.model == "routes" and clients > CLIENT_LIMIT:
            raise UnsupportedError(
                f"solver 'ilp' with model=routes takes at most {CLIENT_LIMIT} clients, instance "
                f"{instance.name!r} has {clients}"
            )
        require_feasible_fleet(instance, seconds=min(20.0, recorder.clock.remaining() / 2))
        NearestSolver().construct(instance, recorder, seed=seed, start=start)
        if clients == 0:
            recorder.bound(0.0)
        elif not recorder.stop(0):
            with Worker() as worker:
                self._prove(IlpRun(self, self.engine, instance, recorder, worker))
        if recorder.stopped_by is None and recorder.best_bound == recorder.objective:
            recorder.stopped_by = StoppedBy.PROOF

    def _prove(self, run: IlpRun) -> None:
        model = two_index_model(run.instance)
        enumerable = len(run.instance.clients) <= CLIENT_LIMIT
        if self.model != "routes":
            both = self.model == "auto" and enumerable
            short = len(run.instance.clients) < SHORT_ROUTES * model.fewest
            most = INTEGER_ROUNDS[short] if both else float("inf")
            unfinished = two_index_rounds(run, model, most_integer=most)
            if not (both and unfinished):
                return
        partition_rounds(run, model)
