"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution

QUICK = 20_000
"""So many flows are admitted greedily within a tenth of a second."""

RELAXING = 0.5
"""Share of the seconds that the relaxation may take."""

HASTY, GAP = 0.1, 1e-4
"""Share of the seconds from which on the relaxation ends at this relative gap of its own."""


@dataclass(frozen=True, kw_only=True)
class AutoSolver(SdnSolver):
    """The relaxation's prices and paths, then an annealed search over the flows' choices of paths.

    Greedy plans come first; no answer is worse than they are. On small networks without further
    limits, lifted covers lower the relaxation's bound before the annealing begins. An iteration is
    one step of the annealing, a change of one flow's path with the ejections that it leads to.
    """

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "relaxation with a proven bound, then annealing with ejection chains"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    threads: int = parameter(1, "threads that search side by side", low=1, high=1024)

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Bound, round and improve until the budget ends."""
        from netroute.solvers.sdn.annealing import PathAnnealing
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.cover_cuts import cuts_apply, tighten
        from netroute.solvers.sdn.greedy import GreedySolver, halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.path_set import path_set
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.schedule import Schedule
        from netroute.solvers.sdn.warmup import (
            compile_cuts,
            compile_lp,
            compile_residual,
            compile_search,
        )

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
        self.offer_start(instance, recorder, start)
        for order in (density_order(instance), GreedySolver().order(instance)):
            # However late it is, half a plan would be a poor answer.
            whole = instance.size <= QUICK and recorder.solution is None
            stop = None if whole else lambda: halted(recorder)
            routes = Residual(instance).admit(order, stop=stop)
            offer(instance, recorder, to_solution(instance, routes))
        if halted(recorder):
            return
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_lp(instance)
        if instance.objective == "lexicographic":
            from netroute.solvers.sdn.class_by_class import ClassByClass

            with recorder.clock.compiling():
                compile_search("flow tables" in instance.features())
            recorder.phase("search")
            run = ClassByClass(instance, recorder, seed=seed, threads=self.threads)
            run.run(lambda: halted(recorder))
            return
        recorder.phase("relaxation")
        solver = PathLpSolver(instance)
        left = recorder.clock.remaining()

        def enough() -> bool:
            spent = left - recorder.clock.remaining()
            return spent > RELAXING * left or (spent > HASTY * left and solver.gap < GAP)

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        improve(solver, report, lambda: halted(recorder) or enough())
        if halted(recorder):
            return
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_search("flow tables" in instance.features())
        relaxed = solver.solution(least=-1.0)
        if cuts_apply(instance):
            recorder.phase("compiling")
            with recorder.clock.compiling():
                compile_cuts()
            recorder.phase("relaxation")
            tighten(
                instance,
                relaxed,
                recorder.solution,
                seed=seed,
                clock=recorder.clock,
                report=report,
                stop=lambda: halted(recorder),
            )
        recorder.phase("search")
        fastest = None
        if instance.protection == "none":
            pricer, free = solver.lagrangian.pricer, np.zeros(len(instance.nodes))
            fastest = pricer.price(np.array(instance.delay), free, lambda: halted(recorder))
        paths = path_set(relaxed, recorder.solution, one_each=fastest)
        PathAnnealing(
            instance,
            recorder,
            relaxed,
            paths,
            schedule=Schedule.of(instance, relaxed),
            seed=seed,
            threads=self.threads,
        ).run()
