"""The default solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution


@dataclass(frozen=True, kw_only=True)
class AutoSolver(SdnSolver):
    """Greedy admission."""

    name: ClassVar[str] = "auto"
    summary: ClassVar[str] = "greedy admission"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit the flows with the most weight per bandwidth first."""
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_residual

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        recorder.stop(1)
