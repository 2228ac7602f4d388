"""Keeps a running solver's best answer, its trace and its reasons to stop."""

from __future__ import annotations

import logging
import math
from typing import TYPE_CHECKING, Any

from netroute.core.errors import NetrouteError, NoAnswerError
from netroute.core.event import Event, EventKind
from netroute.core.result import Result, TracePoint, versions
from netroute.core.status import Status, StoppedBy

if TYPE_CHECKING:
    from netroute.core.budget import Budget, Clock
    from netroute.core.event import Observer
    from netroute.core.solver import Solver

_LOG = logging.getLogger(__name__)

GAP_TOLERANCE = 1e-9
"""Relative difference of objective and bound below which an answer counts as proven optimal."""

CONTRADICTION = 1e-6
"""Relative excess of a bound over an objective that rounding errors do not explain."""


def closes_gap(objective: float | None, bound: float | None, sign: float) -> bool:
    """Whether ``bound`` proves ``objective`` optimal; ``sign`` is 1 for min, -1 for max."""
    if objective is None or bound is None or contradicts(objective, bound, sign):
        return False
    return sign * (objective - bound) <= GAP_TOLERANCE * max(1.0, abs(objective))


def contradicts(objective: float | None, bound: float | None, sign: float) -> bool:
    """Whether a checked objective is better than the bound allows: the bound is wrong."""
    if objective is None or bound is None:
        return False
    return not sign * (bound - objective) <= CONTRADICTION * max(1.0, abs(objective))


def has_several_objectives(instance: Any) -> bool:
    """Whether the bound on the objective leaves further objectives open."""
    return bool(getattr(instance, "objectives", 1) > 1)


class Recorder:
    """The solver's side of a run: it reports here and asks here whether to go on.

    A solver calls `incumbent` and `bound` as it finds them, and `stop` between slices of at most
    about 50 ms; once `stop` is true it returns.

    An answer may come with a ``rank``, a tuple in the order of the problem's sense that begins with
    the objective: it breaks ties, and it ranks the answers of an instance that has several
    objectives, one after the other (``instance.objectives``, 1 where it is left out). Of these the
    bound is about the first one only, so that the solver must say itself when all are `proven`.
    """

    def __init__(
        self, solver: Solver, instance: Any, budget: Budget, *, seed: int, observe: Observer | None
    ) -> None:
        self.clock: Clock = budget.start()
        self.iterations = 0
        self.objective: float | None = None
        self.solution: Any = None
        self.best_bound: float | None = None
        self.certificate: dict[str, Any] | None = None
        self.stopped_by: StoppedBy | None = None
        self.trace: list[TracePoint] = []
        self.metrics: dict[str, Any] = {}
        self.proven = False
        self._rank: tuple[float, ...] | None = None
        self._solver = solver
        self._instance = instance
        self._seed = seed
        self._observe = observe
        self._sign = 1.0 if solver.sense == "min" else -1.0

    @property
    def budget(self) -> Budget:
        """The budget of this run."""
        return self.clock.budget

    def better(self, objective: float, rank: tuple[float, ...] | None = None) -> bool:
        """Whether ``objective``, or where it is given ``rank``, beats the incumbent."""
        if self.objective is None:
            return True
        if rank is None or self._rank is None:
            return self._sign * (objective - self.objective) < 0.0
        return rank < self._rank if self._sign > 0.0 else rank > self._rank

    def incumbent(
        self,
        objective: float,
        solution: Any,
        *,
        rank: tuple[float, ...] | None = None,
        **info: Any,
    ) -> bool:
        """Record a feasible answer; return whether it is the best so far."""
        if not self.better(objective, rank):
            return False
        self.objective = objective
        self.solution = solution
        self._rank = rank
        self._trace()
        self._emit("incumbent", info=info or None)
        return True

    def bound(self, value: float, certificate: dict[str, Any] | None = None) -> None:
        """Record a proven bound with what is needed to recompute it."""
        if not math.isfinite(value):
            return
        if self.best_bound is None or self._sign * (value - self.best_bound) > 0.0:
            self.best_bound = value
            self.certificate = certificate
            self._trace()
            self._emit("bound")

    def phase(self, message: str) -> None:
        """Announce a stage, such as compilation or set partitioning."""
        self._emit("phase", message=message)

    def stop(self, iterations: int | None = None) -> bool:
        """Whether to end now; also reports ``iterations`` and keeps the observer alive."""
        if iterations is not None:
            self.iterations = iterations
        if self.stopped_by is None:
            self._emit("tick")
        if self.stopped_by is None:
            self.stopped_by = self._reason()
        return self.stopped_by is not None

    def result(self) -> Result:
        """Check the best answer with the independent checker and wrap it up.

        Raises
        ------
        NoAnswerError
            No answer was found within the budget.
        """
        if self.solution is None:
            raise NoAnswerError(
                f"solver {self._solver.name!r} found no answer within its budget "
                f"({self.clock.elapsed():.1f} s)"
            )
        evaluation = self._solver.evaluate(self._instance, self.solution)
        if not evaluation.feasible:
            faults = "; ".join(v.message for v in evaluation.violations[:3])
            raise NetrouteError(
                f"the answer of solver {self._solver.name!r} fails the check: {faults} "
                "(this is a defect of netroute; please report it with the instance)"
            )
        self.objective = evaluation.objective
        if contradicts(self.objective, self.best_bound, self._sign):
            self.metrics["bound_error"] = (
                f"bound {self.best_bound!r} of solver {self._solver.name!r} contradicts the "
                f"checked objective {self.objective!r}; it is not reported"
            )
            _LOG.error(self.metrics["bound_error"])
            self.best_bound = self.certificate = None
        proven = closes_gap(self.objective, self.best_bound, self._sign)
        proven &= self.proven or not has_several_objectives(self._instance)
        parameters = self._solver.parameters()
        return Result(
            problem="",
            instance=self._instance.name,
            size=self._instance.size,
            fingerprint=self._instance.fingerprint,
            solver=self._solver.name,
            parameters=parameters,
            seed=self._seed,
            threads=int(parameters.get("threads") or 1),
            status=Status.OPTIMAL if proven else Status.FEASIBLE,
            stopped_by=self.stopped_by or (StoppedBy.PROOF if proven else StoppedBy.COMPLETED),
            solution=self.solution,
            objective=self.objective,
            bound=self.best_bound,
            certificate=self.certificate,
            trace=tuple(self.trace),
            seconds=self.clock.elapsed(),
            compile_seconds=self.clock.compile_seconds,
            iterations=self.iterations,
            metrics=evaluation.metrics | self.metrics,
            versions=versions(),
        )

    def _reason(self) -> StoppedBy | None:
        budget = self.budget
        if (
            budget.target is not None
            and self.objective is not None
            and self._sign * (self.objective - budget.target) <= 0.0
        ):
            return StoppedBy.TARGET
        if budget.iterations is not None and self.iterations >= budget.iterations:
            return StoppedBy.ITERATIONS
        if self.clock.expired():
            return StoppedBy.TIME
        return None

    def _trace(self) -> None:
        self.trace.append(
            TracePoint(self.clock.elapsed(), self.iterations, self.objective, self.best_bound)
        )

    def _emit(
        self, kind: EventKind, *, message: str = "", info: dict[str, Any] | None = None
    ) -> None:
        if self._observe is None:
            return
        event = Event(
            kind=kind,
            seconds=self.clock.elapsed(),
            iteration=self.iterations,
            objective=self.objective,
            bound=self.best_bound,
            solution=self.solution if kind == "incumbent" else None,
            message=message,
            info=info,
        )
        if self._observe(event) and self.stopped_by is None:
            self.stopped_by = StoppedBy.INTERRUPT
