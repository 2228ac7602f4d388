"""Closing the gap from above: is there a plan worth the bound? If not, the bound was too high.

The scarce arcs are at first those with a price and those that the relaxation nearly fills. Each
question is a small programme (`choice_model`); where it has a solution whose flows do not find
their way through the other arcs, those that are overloaded become scarce, too.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.recorder import GAP_TOLERANCE
from netroute.solvers.lp.worker import Job
from netroute.solvers.sdn.base import offer
from netroute.solvers.sdn.choice_model import SAFETY, ChoiceModel, choice_model
from netroute.solvers.sdn.lagrangian import Lagrangian
from netroute.solvers.sdn.lexicographic import filled
from netroute.solvers.sdn.realise import Realisation
from netroute.solvers.sdn.residual import to_solution

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.process import Worker
    from netroute.solvers.sdn.choice_model import Kept
    from netroute.solvers.sdn.lexicographic import Stage
    from netroute.solvers.sdn.path_lp import PathLpSolver

FULL = 0.99
"""Part of its capacity from which on an arc counts as scarce."""

LEAST_PRICE = 1e-6
"""Prices are set to 0 below this part of the largest one."""

QUICK, LONG, MOST = 0.15, 0.4, 0.95
"""Parts of the time that is left for a question, for looking for a good plan instead, and for the
question that is the last one."""

LEAST_SECONDS = 1.0


class Closing:
    """Closes the gap between a bound and the best plan known.

    Parameters
    ----------
    instance : SdnInstance
        Without limits on delay and hops, tables and protection.
    recorder : Recorder
        Holds a plan already.
    relaxation : PathLpSolver
        Finished, with the weights that count.
    stage : Stage
        The objective.
    kept : Kept
        What all plans have to keep, beside that.
    bound : float
        Of the weights that count.
    report : callable
        Is told each better bound.
    until : float
        When to end, by the recorder's clock.
    improve : callable
        Looks for better plans in some other way, where questions have led to none.

    Attributes
    ----------
    bound : float
    reason : str
        Why the gap is still open; empty where it is closed.
    """

    def __init__(
        self,
        instance: SdnInstance,
        recorder: Recorder,
        relaxation: PathLpSolver,
        *,
        stage: Stage,
        kept: Kept,
        bound: float,
        report: Callable[[float], None],
        until: float,
        improve: Callable[[], None],
    ) -> None:
        self._instance, self._recorder, self._report = instance, recorder, report
        self._stage, self._kept, self._until = stage, kept, until
        self._improve = improve
        self._weights = relaxation.lagrangian.weights
        self.bound = bound
        self.reason = ""
        prices = relaxation.prices.copy()
        prices[prices < LEAST_PRICE * prices.max(initial=0.0)] = 0.0
        self._prices = prices
        self._lagrangian = Lagrangian(instance, weights=self._weights)
        self._lagrangian.evaluate(prices)
        relaxed = relaxation.solution()
        load = np.zeros(len(prices))
        np.add.at(load, relaxed.arcs, np.repeat(relaxed.amount, np.diff(relaxed.start)))
        self._scarce = np.flatnonzero((prices > 0.0) | (load >= FULL * instance.capacity))
        self._step = 1.0 if self._lagrangian.integral else 0.0

    @property
    def value(self) -> float:
        """Worth of the best plan known."""
        return float(self._weights[self._recorder.solution.admitted].sum())

    @property
    def closed(self) -> bool:
        """Whether the best plan known is proven optimal."""
        return self.bound - self.value <= GAP_TOLERANCE * max(1.0, abs(self.bound))

    def run(self, worker: Callable[[], Worker]) -> None:
        """Ask and answer until the gap is closed, the time is up or a programme too large."""
        first = self._lagrangian.value - self._target()
        while not self.closed and not self._stop(self._recorder.iterations + 1):
            target = self._target()
            width = self._lagrangian.value - target
            model = self._model(target, width)
            if model is None:
                self.reason = "too many paths lose less than the gap"
                break
            # Where any better plan closes the gap, there is nothing else to ask for.
            last = self.value + self._step >= target
            answer = self._ask(worker, model, MOST if last else QUICK)
            if answer is not None and answer.infeasible:
                self._lower(target - self._step)
            elif answer is not None and answer.values is not None:
                if answer.optimal:
                    worth = float(np.array(model.mip.gain) @ np.rint(answer.values))
                    self._lower(model.base + worth)
                before = self.value
                if not self._realise(model, answer):
                    self.reason = "flows admitted over scarce arcs find no way to them"
                    break
                if self.value == before and not self.closed:
                    self._improve()
            elif last or not self._search(worker, first, width):
                break
        if not self.closed:
            self.reason = self.reason or "the time ran out"

    def _stop(self, iterations: int | None = None) -> bool:
        over = self._recorder.clock.elapsed() >= self._until
        return self._recorder.stop(iterations) or over

    def _target(self) -> float:
        """Return the worth of the plans that are looked for next."""
        if self._step:
            return math.floor(self.bound + SAFETY)
        return 0.5 * (self.bound + self.value)

    def _model(self, least: float, width: float) -> ChoiceModel | None:
        return choice_model(
            self._instance,
            self._lagrangian,
            self._prices,
            self._scarce,
            least=least,
            width=width,
            kept=self._kept,
            stop=self._stop,
        )

    def _search(self, worker: Callable[[], Worker], first: float, width: float) -> bool:
        """Look for better plans where a question stays open; tell if that helped.

        After the other way, among those that lose little by each flow.
        """
        before = self.value
        self._improve()
        if self.value > before:
            return True
        least = self.value + self._step
        while first <= width and not self._stop():
            model = self._model(least, first)
            answer = None if model is None else self._ask(worker, model, LONG)
            if model is not None and answer is not None and answer.values is not None:
                return self._realise(model, answer)
            first += max(self._step, 0.25 * width)
        return False

    def _ask(self, worker: Callable[[], Worker], model: ChoiceModel, share: float) -> Answer | None:
        left = self._until - self._recorder.clock.elapsed()
        seconds = max(LEAST_SECONDS, share * left) if math.isfinite(left) else None
        job = Job(model.mip, "HiGHS", relaxed=False, seconds=seconds)
        return worker().solve(job, self._stop, grace=0.0)

    def _lower(self, bound: float) -> None:
        """Take note that no plan is worth more than ``bound``."""
        bound = max(self.value, bound)
        if bound < self.bound:
            self.bound = bound
            self._report(bound)

    def _realise(self, model: ChoiceModel, answer: Answer) -> bool:
        """Turn a solution into a plan; arcs that it overloads become scarce.

        Returns whether there is a better plan, or a scarce arc more.
        """
        assert answer.values is not None
        rights = model.rights(answer.values)
        routing = Realisation(self._instance, self._scarce, rights)
        before = self.value, len(self._scarce)
        if not routing.run(self._stop):
            self._scarce = np.union1d(self._scarce, routing.full)
        plan = to_solution(self._instance, routing.routes())
        offer(self._instance, self._recorder, filled(self._instance, plan, self._stage))
        return (self.value, len(self._scarce)) != before
