"""The annealed search for the lexicographic objective: one class of flows after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.status import StoppedBy
from netroute.solvers.sdn.annealing import PathAnnealing
from netroute.solvers.sdn.bound.lp import improve
from netroute.solvers.sdn.lexicographic import Stage, stage_report, stages_of
from netroute.solvers.sdn.path_lp import PathLpSolver
from netroute.solvers.sdn.path_set import path_set
from netroute.solvers.sdn.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.bound import Certificate
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_solution import PathLp

FORCED = 30.0
"""Weight of a flow of a class that is done, in flows of the class in work."""

RELAXING = 0.5
"""Share of a class's seconds that its relaxations may take."""

GAP = 3e-6
"""Relative gap at which a relaxation ends."""


REWARDS, HIGHEST = (8.0, 24.0), 10_000.0
"""What a flow of a class is worth in flows of the next one, in turn, and the most that one is worth
in flows of the class in work: digits are limited."""


class ClassByClass:
    """Admits as many flows of each class as it finds, highest class first.

    Those that are admitted when a class is done stay so and may only change their paths. Each class
    has a relaxation and an annealing run of its own, and an equal share of the budget that is left.
    ``recorder.metrics["stages"]`` gets the figures of each class, with a bound that holds for plans
    that admit as many flows of the classes above.
    """

    def __init__(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, threads: int
    ) -> None:
        self._instance = instance
        self._recorder = recorder
        self._seed = seed
        self._threads = threads

    def run(self, halted: Callable[[], bool]) -> None:
        """Take the classes in turn until the budget ends or ``halted()``."""
        recorder, stages = self._recorder, stages_of(self._instance)
        bounds: list[float] = []
        for number in range(len(stages)):
            if halted():
                break
            bounds.append(self._stage(stages, number))
        reports: list[dict[str, Any]] = []
        proven = len(bounds) == len(stages)
        for stage, bound in zip(stages, bounds, strict=False):
            value = self._value(stage)
            proven &= value >= bound
            reports.append(stage_report(stage, value, bound))
        recorder.metrics["stages"] = reports
        if proven:
            recorder.proven = True
            recorder.stopped_by = recorder.stopped_by or StoppedBy.PROOF

    def _value(self, stage: Stage) -> float:
        return float(stage.weights[self._recorder.solution.admitted].sum())

    def _stage(self, stages: list[Stage], number: int) -> float:
        """Search for one class; return the bound on its flows."""
        recorder, stage = self._recorder, stages[number]
        part = 1.0 / (len(stages) - number)
        end = recorder.clock.elapsed() + RELAXING * part * recorder.clock.remaining()
        solver, bound = self._bound(stages, number, end)
        if self._value(stage) >= bound:
            return bound
        above = np.sum([other.weights for other in stages[:number]], axis=0, dtype=bool)
        forced = above & recorder.solution.admitted
        weights = np.where(above, FORCED * forced, stage.weights)
        if number:
            solver = PathLpSolver(self._instance, weights=weights)
            self._relax(solver, end)
        goal = bound + FORCED * float(forced.sum())
        self._anneal(solver.solution(least=-1.0), weights, part, goal)
        return bound

    def _bound(self, stages: list[Stage], number: int, end: float) -> tuple[PathLpSolver, float]:
        """Bound the flows of a class in plans that keep what the classes above have.

        Each admitted flow of these earns a reward, which is subtracted again as often as the plan
        is known to earn it: the bound holds for any rewards that are not negative.
        """
        stage, recorder = stages[number], self._recorder

        def report(certificate: Certificate) -> None:
            # Of the others it holds on the condition only.
            if number == 0:
                recorder.bound(certificate.value, certificate.to_dict())

        bound = float(stage.weights.sum())
        for first in REWARDS if number else REWARDS[:1]:
            weights, kept = stage.weights.copy(), 0.0
            for distance, other in enumerate(reversed(stages[:number])):
                reward = min(first ** (distance + 1), HIGHEST)
                weights += reward * other.weights
                kept += reward * self._value(other)
            solver = PathLpSolver(self._instance, weights=weights)
            self._relax(solver, end, report)
            bound = min(bound, solver.bound - kept)
        return solver, float(math.floor(bound))

    def _relax(
        self,
        solver: PathLpSolver,
        end: float,
        report: Callable[[Certificate], None] = lambda certificate: None,
    ) -> None:
        recorder = self._recorder

        def enough() -> bool:
            return recorder.stop() or recorder.clock.elapsed() >= end or solver.gap < GAP

        improve(solver, report, enough)

    def _anneal(self, relaxed: PathLp, weights: np.ndarray, part: float, goal: float) -> None:
        PathAnnealing(
            self._instance,
            self._recorder,
            relaxed,
            path_set(relaxed, self._recorder.solution),
            schedule=Schedule.of(self._instance, relaxed),
            seed=self._seed,
            threads=self._threads,
            part=part,
            weights=weights,
            unit=1.0,
            goal=goal,
        ).run()
