"""Slack induction by string removals as a solver of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.base import VrpSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance


@dataclass(frozen=True, kw_only=True)
class SisrSolver(VrpSolver):
    """Ruin and recreate under simulated annealing over the whole budget.

    An iteration is one ruin and recreate. Temperatures are in mean client-client edges of the
    first plan.

    Source: J. Christiaens, G. Vanden Berghe, Slack induction by string removals for vehicle routing
    problems (Transportation Science 2020).

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 3], [4, 3], [4, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> SisrSolver().solve(instance, budget=Budget(iterations=100)).objective
    18.0
    """

    name: ClassVar[str] = "sisr"
    summary: ClassVar[str] = "ruin and recreate by string removals, annealed; any size"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet", "asymmetric distances"})

    hot: float = parameter(2.0, "first temperature, in mean edges", low=1e-6, high=1e6)
    cold: float = parameter(0.1, "last temperature, in mean edges", low=1e-9, high=1e6)
    neighbours: int = parameter(40, "nearest clients beside which one is inserted", low=1, high=500)
    threads: int = parameter(1, "threads that share the work", low=1, high=1024)

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Anneal until the budget ends."""
        from netroute.solvers.vrp.annealing import Annealing, Cooling
        from netroute.solvers.vrp.first_plan import first_plan
        from netroute.solvers.vrp.search_data import search_data
        from netroute.solvers.vrp.warmup import compile_annealing, compile_savings

        if not instance.clients:
            recorder.incumbent(0.0, VrpSolution(()))
            return
        data = search_data(instance, neighbours=max(self.neighbours, 100))
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_savings(data)
        routes = first_plan(instance, data, recorder, start)
        with recorder.clock.compiling():
            compile_annealing(data)
        Annealing(
            instance,
            data.nearest(self.neighbours),
            recorder,
            seed=seed,
            threads=self.threads,
            cooling=Cooling(hot=self.hot, cold=self.cold),
        ).run(routes)
