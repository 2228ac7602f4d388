"""The exact solver: the relaxation over paths, then all plans within the gap."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.recorder import closes_gap
from netroute.core.status import StoppedBy
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.lp.process import Worker

SUPPORTED = frozenset({"fractional weights"})


@dataclass(frozen=True, kw_only=True)
class BranchAndPriceSolver(SdnSolver):
    """Proves plans optimal where the load is light enough for few arcs to be scarce."""

    name: ClassVar[str] = "branch-and-price"
    summary: ClassVar[str] = "proves optimality where few arcs are scarce; else bound and plan"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = SUPPORTED
    proves: ClassVar[bool] = True

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Solve the relaxation, round it, close the gap."""
        from netroute.solvers.lp.process import Worker
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.closing import Closing
        from netroute.solvers.sdn.colgen import round_paths
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_lp, compile_residual

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_lp()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        recorder.phase("relaxation")
        relaxation = PathLpSolver(instance)

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        improve(relaxation, report, lambda: halted(recorder))
        if halted(recorder) or not relaxation.finished:
            return
        routes = round_paths(instance, relaxation.solution())
        offer(instance, recorder, to_solution(instance, routes))
        if recorder.stop(1):
            return
        recorder.metrics["relaxation_bound"] = relaxation.bound
        recorder.phase("closing the gap")
        closing = Closing(
            instance,
            recorder,
            relaxation,
            kept=[],
            bound=relaxation.bound,
            report=recorder.bound,
        )
        with ExitStack() as stack:
            running: list[Worker] = []

            def worker() -> Worker:
                # The process starts with the first question.
                if not running:
                    running.append(stack.enter_context(Worker()))
                return running[0]

            closing.run(worker)
        if closing.reason:
            recorder.metrics["open"] = closing.reason
        if closes_gap(recorder.objective, recorder.best_bound, -1.0):
            recorder.stopped_by = recorder.stopped_by or StoppedBy.PROOF
