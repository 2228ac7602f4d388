"""The reference programmes, by any engine that PuLP can reach, by HiGHS or by CP-SAT."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.ilp_model import FlowModel


@dataclass(frozen=True, kw_only=True)
class IlpSolver(SdnSolver):
    """Hands a whole programme over to an engine in a process of its own.

    It begins with the greedy plan by weight per bandwidth, so that there is an answer whenever the
    time ends. With the lexicographic objective each class is one programme, and one iteration; the
    time that is left is divided among them evenly. Once all is proven, a last programme finds the
    plan with the least bandwidth times delay among the optimal ones.
    """

    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES

    engine: str = parameter(
        "PULP_CBC_CMD",
        "HiGHS (SciPy's), CP-SAT (OR-Tools'), or a MIP engine by PuLP's name, such as GUROBI_CMD",
    )

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit flows greedily, then solve the programme."""
        from netroute.solvers.lp.process import Worker
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.ilp_run import IlpRun
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_residual

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        if recorder.stop(0):
            return
        recorder.phase("building the programme")
        model = self.model(instance, recorder.clock.expired)
        if model is None:
            recorder.metrics["open"] = "the time ran out before the programme was built"
            recorder.stop()
            return
        recorder.phase("solving the programme")
        with Worker() as worker:
            IlpRun(self, self.engine, instance, recorder, worker, model).run()

    @abstractmethod
    def model(self, instance: SdnInstance, stop: Callable[[], bool]) -> FlowModel | None:
        """Build the programme; None if ``stop()`` came true before that."""
