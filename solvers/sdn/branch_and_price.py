"""The exact solver: the relaxation over paths, then all plans within the gap."""

from __future__ import annotations

import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.status import StoppedBy
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.lp.process import Worker
    from netroute.solvers.sdn.choice_model import Kept
    from netroute.solvers.sdn.lexicographic import Stage
    from netroute.solvers.sdn.path_lp import PathLpSolver
    from netroute.solvers.sdn.stage_relaxation import StageRelaxation

CONSTRAINED = frozenset(
    {"delay limits", "hop limits", "flow tables", "arc protection", "node protection"}
)
"""Features with which flows cannot be told apart by scarce arcs alone."""

ANNEALING = 0.1
"""Part of the time for finding a first good plan."""

AGAIN = 0.15
"""Part of what is left for better ones, where a question stays open or its answer no plan."""

COOL, COOLING = 0.4, 20.0
"""First temperature, in that of the default solver, and its ratio to the last one.

At light load plans are so close to the relaxation that heat leads away from it.
"""


@dataclass(frozen=True, kw_only=True)
class BranchAndPriceSolver(SdnSolver):
    """Proves plans optimal where the load is light enough for few arcs to be scarce.

    The relaxation gives prices and a bound, a short annealing run a plan close to it. Then it is
    asked whether a plan as good as the bound exists: only the scarce arcs tell paths apart, so
    that all plans within the gap are solutions of a small programme, which HiGHS solves. If there
    is none, the bound falls by one; else the plan's flows are routed, or more arcs become scarce.
    Each question is an iteration. A bound lower than the relaxation's is the solver's claim, as it
    has no certificate.

    With limits, flow tables or protection, the relaxation's columns alone are searched, which
    proves only plans that reach its bound. With the lexicographic objective the classes follow
    each other; ``metrics["stages"]`` has the gap of each.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[3, 3, 4], priority=[3, 3, 4],
    ... )
    >>> result = BranchAndPriceSolver().solve(net)
    >>> str(result.status), result.objective
    ('optimal', 4.0)
    """

    name: ClassVar[str] = "branch-and-price"
    summary: ClassVar[str] = "proves optimality where few arcs are scarce; else bound and plan"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Take the objectives in turn: solve the relaxation, search, close the gap."""
        from netroute.solvers.sdn.greedy import halted
        from netroute.solvers.sdn.greedy_density import density_order
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import (
            compile_lp,
            compile_negotiation,
            compile_residual,
            compile_search,
        )

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
            compile_lp(instance)
            compile_search("flow tables" in instance.features())
            compile_negotiation()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(density_order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        if not halted(recorder):
            with ExitStack() as stack:
                _Run(instance, recorder, stack, seed).run()


class _Run:
    """All objectives of one run; the engine's process starts with the first question."""

    def __init__(
        self, instance: SdnInstance, recorder: Recorder, stack: ExitStack, seed: int
    ) -> None:
        self.instance, self.recorder, self.seed = instance, recorder, seed
        self._stack = stack
        self._worker: Worker | None = None
        self._kept: Kept = []
        self._until = math.inf
        self._searches = 0

    def worker(self) -> Worker:
        """Return the running process."""
        from netroute.solvers.lp.process import Worker

        if self._worker is None:
            self._worker = self._stack.enter_context(Worker())
        return self._worker

    def run(self) -> None:
        """Take the objectives in turn, each in its share of the time that is left."""
        from netroute.solvers.sdn.lexicographic import stage_report, stages_of

        recorder, stages = self.recorder, stages_of(self.instance)
        bounds: list[tuple[Stage, float]] = []
        for number, stage in enumerate(stages):
            share = recorder.clock.remaining() / (len(stages) - number)
            self._until = recorder.clock.elapsed() + share
            bound = self._stage(stage)
            bounds.append((stage, bound))
            self._kept.append((stage.weights, self._value(stage)))
            if recorder.stop():
                break
        proven = len(bounds) == len(stages)
        reports: list[dict[str, Any]] = []
        for stage, bound in bounds:
            value = self._value(stage)
            proven &= bound - value <= 1e-9 * max(1.0, abs(bound))
            reports.append(stage_report(stage, value, bound if math.isfinite(bound) else None))
        if stages[0].priority is not None:
            recorder.metrics["stages"] = reports
        if proven:
            recorder.proven = True
            recorder.stopped_by = recorder.stopped_by or StoppedBy.PROOF

    def _value(self, stage: Stage) -> float:
        return float(stage.weights[self.recorder.solution.admitted].sum())

    def _stop(self) -> bool:
        return self.recorder.stop() or self.recorder.clock.elapsed() >= self._until

    def _stage(self, stage: Stage) -> float:
        """Solve for one objective; return its bound."""
        instance, recorder = self.instance, self.recorder
        recorder.phase("relaxation")
        relaxation = self._relax(stage)
        bound, solver = relaxation.bound, relaxation.solver
        if self._kept:
            # All above is kept: the bound of this class holds under that condition.
            report = _ignore
        else:
            report = recorder.bound
        if self._stop() or bound <= self._value(stage):
            return bound
        self._anneal(stage, relaxation, share=ANNEALING)
        if recorder.stop(recorder.iterations + 1) or bound <= self._value(stage):
            return bound
        recorder.phase("closing the gap")
        if instance.features() & CONSTRAINED or not solver.finished:
            self._choose_columns(stage, solver)
            return bound
        return self._close(stage, relaxation, report)

    def _anneal(
        self,
        stage: Stage,
        relaxation: StageRelaxation,
        *,
        share: float,
        enough: Callable[[], bool] = lambda: False,
    ) -> None:
        """Search among the relaxation's paths in a share of the time that is left.

        Short searches one after the other, until ``enough()``: at light load longer ones come no
        closer to the bound.
        """
        from netroute.solvers.sdn.brief_annealing import anneal_briefly
        from netroute.solvers.sdn.lexicographic import filled
        from netroute.solvers.sdn.schedule import Schedule

        instance, recorder = self.instance, self.recorder
        clock = recorder.clock
        end = clock.elapsed() + share * (self._until - clock.elapsed())
        relaxed = relaxation.solver.solution(least=-1.0)
        hot = COOL * Schedule.of(instance, relaxed).hot
        while not self._stop() and clock.elapsed() < end:
            recorder.phase("annealing")
            plan = anneal_briefly(
                instance,
                relaxed,
                recorder.solution,
                weights=relaxation.weights,
                seed=self.seed + self._searches,
                clock=clock,
                seconds=end - clock.elapsed(),
                stop=self._stop,
                schedule=Schedule(hot=hot, cold=hot / COOLING),
            )
            offer(instance, recorder, filled(instance, plan, stage))
            self._searches += 1
            if math.isinf(end) or relaxation.bound <= self._value(stage) or enough():
                break

    def _relax(self, stage: Stage) -> StageRelaxation:
        from netroute.solvers.sdn.stage_relaxation import StageRelaxation

        def report(certificate: Certificate) -> None:
            self.recorder.bound(certificate.value, certificate.to_dict())
            self.recorder.metrics["relaxation_bound"] = certificate.value

        return StageRelaxation(
            self.instance, stage, self._kept, self._stop, None if self._kept else report
        )

    def _close(self, stage: Stage, relaxation: StageRelaxation, report: Any) -> float:
        from netroute.solvers.sdn.closing import Closing

        offset = relaxation.offset
        closing = Closing(
            self.instance,
            self.recorder,
            relaxation.solver,
            stage=stage,
            kept=self._kept,
            bound=relaxation.bound + offset,
            report=lambda bound: report(bound - offset),
            until=self._until,
            improve=lambda: self._anneal(
                stage, relaxation, share=AGAIN, enough=lambda: closing.closed
            ),
        )
        closing.run(self.worker)
        if closing.reason:
            self.recorder.metrics["open"] = closing.reason
            self._anneal(stage, relaxation, share=1.0)
        return closing.bound - offset

    def _choose_columns(self, stage: Stage, solver: PathLpSolver) -> None:
        """Look for the best plan among the columns of the relaxation."""
        from netroute.core.errors import UnsupportedError
        from netroute.solvers.lp.worker import Job
        from netroute.solvers.sdn.column_model import column_model
        from netroute.solvers.sdn.lexicographic import filled

        try:
            model = column_model(self.instance, solver.solution(least=-1.0), stop=self._stop)
        except UnsupportedError as error:
            self.recorder.metrics["open"] = str(error)
            return
        if model is None:
            self.recorder.metrics["open"] = "the time ran out"
            return
        model.aim(stage.weights, self._kept)
        left = self._until - self.recorder.clock.elapsed()
        seconds = 0.9 * left if math.isfinite(left) else None
        job = Job(model.mip, "HiGHS", relaxed=False, seconds=seconds)
        answer = self.worker().solve(job, self._stop, grace=0.0)
        if answer is not None and answer.values is not None:
            plan = model.read(answer.values)
            offer(self.instance, self.recorder, filled(self.instance, plan, stage))
        self.recorder.metrics["open"] = "columns beyond those of the relaxation are not searched"


def _ignore(value: float) -> None:
    """Take no notice of a bound that holds on conditions only."""
