"""The default solver."""

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
class AutoSolver(VrpSolver):
    """Annealed ruin and recreate whose routes are recombined by set partitioning.

    Up to `SMALL` clients most of the budget goes to hybrid genetic search, whose best plan the cold
    end of the annealing then polishes. An iteration is one ruin and recreate; an offspring of the
    genetic search counts as 200.
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "genetic search, then ruin and recreate with set partitioning"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet", "asymmetric distances"})

    threads: int = parameter(1, "threads that share the work", low=1, high=1024)

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Build a plan by savings and improve it until the budget ends."""
        from netroute.solvers.vrp.annealing import Annealing, Cooling
        from netroute.solvers.vrp.first_plan import first_plan
        from netroute.solvers.vrp.hgs_engine import compile_hgs
        from netroute.solvers.vrp.search_data import search_data
        from netroute.solvers.vrp.warmup import compile_annealing, compile_savings

        if not instance.clients:
            recorder.incumbent(0.0, VrpSolution(()))
            return
        data = search_data(instance, neighbours=100)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_savings(data)
        routes = first_plan(instance, data, recorder, start)
        if data.symmetric and len(instance.clients) <= SMALL:
            from netroute.solvers.vrp.breeding import breed

            routes = breed(
                instance, data, recorder, routes,
                seed=seed, threads=self.threads, share=BREEDING,
            )  # fmt: skip
        with recorder.clock.compiling():
            compile_annealing(data)
            if data.symmetric:
                compile_hgs(data)
        Annealing(
            instance,
            data.nearest(NEIGHBOURS),
            recorder,
            seed=seed,
            threads=self.threads,
            cooling=Cooling(hot=2.0, cold=0.1),
            combinations=(0.8, 0.9, 0.95),
        ).run(routes)


SMALL = 220
"""Up to this many clients genetic search comes first: at X-n157, X-n186 and X-n200 it leaves a
fifth of the gap that annealing leaves in 10 seconds, at X-n251 more."""

BREEDING = 0.9
"""Share of the budget that it gets there."""

NEIGHBOURS = 60
"""Nearest clients beside which one is inserted."""
