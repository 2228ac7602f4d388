"""Column generation: the linear relaxation over paths, and plans rounded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution

RESERVE = 0.2
"""Part of the time that is kept for rounding."""


@dataclass(frozen=True, kw_only=True)
class ColgenSolver(SdnSolver):
    """Solves the relaxation to optimality: proven bounds, and plans rounded from it.

    The bound comes first. All plans together count as one iteration.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[3, 3, 4],
    ... )
    >>> result = ColgenSolver().solve(net)
    >>> result.objective, result.bound
    (6.0, 6.0)
    """

    name: ClassVar[str] = "colgen"
    summary: ClassVar[str] = "column generation: the bound of the relaxation, plans rounded from it"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Report ever better bounds, then the plan."""
        from netroute.solvers.sdn.bound.lp import improve
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.path_lp import PathLpSolver
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.rounding import RoundingSolver
        from netroute.solvers.sdn.warmup import compile_lp, compile_residual, compile_rounding

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_lp(instance)
            compile_rounding()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        recorder.phase("relaxation")
        solver = PathLpSolver(instance)
        reserve = RESERVE * recorder.clock.remaining()

        def report(certificate: Certificate) -> None:
            recorder.bound(certificate.value, certificate.to_dict())

        improve(solver, report, lambda: halted(recorder) or recorder.clock.remaining() < reserve)
        if halted(recorder):
            return
        recorder.phase("rounding")
        for plan in RoundingSolver().plans(instance, recorder, solver.solution(), seed):
            offer(instance, recorder, to_solution(instance, plan))
            if halted(recorder):
                break
        improve(solver, report, lambda: halted(recorder))
        recorder.stop(1)
