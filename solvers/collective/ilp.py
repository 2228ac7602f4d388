"""The reference programme: flows by pair of leaves, size and plane, whole or cut."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.collective import CollectiveSolution
from netroute.problems.collective.bounds import degree_bounds, lifted
from netroute.problems.collective.loads import busiest, loads_of
from netroute.problems.collective.verify_bound import price_bound
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import GreedyLongestSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, Placement
    from netroute.problems.collective.phase import Phase
    from netroute.solvers.collective.spray_lp import Spray
    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.mip import Mip
    from netroute.solvers.lp.process import Worker

SLACK = 1e-6
"""Relative: what an engine's tolerances may take off the bound that it tells."""

RESERVE = 0.1, 1.0
"""Time kept for an engine to hand over what it has: part of what is left, and at most seconds."""


class Found(NamedTuple):
    """A better placement of a phase if there is any, and what is proven of the phase."""

    placement: Placement | None
    bound: Fraction


@dataclass(frozen=True, kw_only=True)
class IlpSolver(CollectiveSolver):
    """Hands each phase as an integer programme over to an engine in a process of its own.

    The variables are counts of flows, so that equal ones are not told apart. Where all flows of a
    phase have one size, the engine is asked whether all links can be within a goal: the
    relaxation's bound first, then the next load that can occur. Else it minimises the highest load,
    between that bound and the greedy plan; a plan that meets the bound needs no programme. Flows
    may be cut as far as the instance allows: one programme for all phases decides which, and where
    nothing limits pieces the relaxation is the answer. A better bound is the engine's claim and has
    no certificate. Each phase is one iteration.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4, capacity=2)
    >>> fabric = fabric.replace(up=[[1, 2], [2, 2]])
    >>> flows = [(0, t, 4 + t, 1) for t in range(4)]
    >>> result = IlpSolver(engine="HiGHS").solve(CollectiveInstance(fabric=fabric, flows=flows))
    >>> result.objective, result.bound
    (1.5, 1.5)
    """

    name: ClassVar[str] = "ilp"
    summary: ClassVar[str] = "reference programme by an engine of PuLP, or HiGHS; leaf-spine"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = frozenset(
        {"unequal sizes", "unequal capacities", "split flows"}
    )
    proves: ClassVar[bool] = True

    engine: str = parameter(
        "PULP_CBC_CMD", "HiGHS (SciPy's), or a MIP engine by PuLP's name, such as GUROBI_CMD"
    )

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Place greedily, then solve the programmes."""
        from netroute.solvers.collective.bound.degree import degree_certificate
        from netroute.solvers.collective.colouring import compile_colouring
        from netroute.solvers.collective.greedy import compile_greedy
        from netroute.solvers.collective.rounding import goal_of, note_lp
        from netroute.solvers.collective.spray_lp import (
            certificate_of,
            require_within_reach,
            spray_all,
        )
        from netroute.solvers.lp.process import Worker

        require_within_reach(instance, self.name)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_greedy()
            compile_colouring()
        self.offer_start(instance, recorder, start)
        rng = np.random.default_rng(seed)
        plan = [GreedyLongestSolver().place(instance, phase, rng) for phase in instance.phases]
        self.offer(instance, recorder, CollectiveSolution.of(plan))
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())
        recorder.phase("relaxation")
        relaxed = spray_all(instance, recorder.clock.remaining, recorder.stop)
        note_lp(instance, recorder, relaxed)
        certificate = certificate_of(instance, relaxed)
        recorder.bound(certificate.value, certificate.to_dict())
        recorder.phase("programme")
        if instance.extra_pieces != 0:
            self._cut(instance, recorder, relaxed)
            return
        total = Fraction(0)
        with Worker() as worker:
            engine = _Engine(worker, self.engine, recorder)
            for number, phase in enumerate(instance.phases):
                engine.share(len(instance.phases) - number)
                found = Found(None, low := max(goal_of(instance, phase, relaxed[number])))
                if len(phase.size) and not recorder.stop():
                    found = _improved(instance, phase, plan[number], low, engine)
                if found.placement is not None:
                    plan[number] = found.placement
                    self.offer(instance, recorder, CollectiveSolution.of(plan))
                total += found.bound
                if recorder.stop(number + 1):
                    break
            else:
                recorder.bound(float(total))

    def _cut(
        self, instance: CollectiveInstance, recorder: Recorder, relaxed: list[Spray | None]
    ) -> None:
        """Cut flows: by the relaxation's shares where pieces are not limited."""
        from netroute.solvers.collective.rounding import finest_shares
        from netroute.solvers.collective.split_programme import SplitProgramme
        from netroute.solvers.lp.process import Worker

        pairs = list(zip(instance.phases, relaxed, strict=True))
        if instance.extra_pieces is None and instance.pieces_per_flow is None:
            if all(spray is not None or not len(phase.size) for phase, spray in pairs):
                found = [finest_shares(instance.fabric, phase, spray) for phase, spray in pairs]
                self.offer(instance, recorder, CollectiveSolution.of(found))
            return
        lows = []
        for phase, spray in pairs:
            values = list(degree_bounds(instance.fabric, phase, whole=False).values())
            if spray is not None:
                values.append(price_bound(instance, phase, spray.prices))
            lows.append(max(values))
        if recorder.objective is not None and recorder.objective <= float(sum(lows)):
            return
        programme = SplitProgramme(instance, lows)
        with Worker() as worker:
            engine = _Engine(worker, self.engine, recorder)
            engine.share(1)
            answer = engine.solve(programme.model)
        if answer is None or answer.values is None:
            return
        self.offer(instance, recorder, CollectiveSolution.of(programme.read(answer.values)))
        claimed = answer.bound
        if claimed is None and answer.optimal:
            claimed = float(np.dot(programme.model.gain, answer.values))
        if claimed is None or recorder.objective is None:
            return
        # What is optimal to the engine's tolerances counts as such.
        value = -claimed
        near = answer.optimal and recorder.objective <= value * (1.0 + SLACK)
        recorder.bound(recorder.objective if near else value * (1.0 - SLACK))


class _Engine:
    """An engine with the time that a phase may take."""

    def __init__(self, worker: Worker, name: str, recorder: Recorder) -> None:
        self._worker, self._name, self._recorder = worker, name, recorder
        self._end = math.inf

    def share(self, phases: int) -> None:
        """Give the next phase its share of what is left."""
        left = self._recorder.clock.remaining()
        part, most = RESERVE
        if math.isfinite(left):
            left -= min(part * left, most)
        self._end = self._recorder.clock.elapsed() + left / phases

    def solve(self, model: Mip) -> Answer | None:
        """Return the engine's answer, None if there is no time."""
        from netroute.solvers.lp.worker import Job

        seconds = self._end - self._recorder.clock.elapsed()
        if seconds <= 0.0 or self._recorder.stop():
            return None
        limit = seconds if math.isfinite(seconds) else None
        job = Job(model, self._name, relaxed=False, seconds=limit)
        return self._worker.solve(job, self._recorder.stop, grace=0.0)


def _improved(
    instance: CollectiveInstance, phase: Phase, plan: Placement, low: Fraction, engine: _Engine
) -> Found:
    """Solve the programme that fits the phase."""
    theta = busiest(instance.fabric, loads_of(instance.fabric, phase, plan)).time
    if phase.size.min() == phase.size.max():
        return _by_goals(instance, phase, theta, low, engine)
    return _by_minimum(instance, phase, theta, low, engine)


def _by_goals(
    instance: CollectiveInstance, phase: Phase, theta: Fraction, low: Fraction, engine: _Engine
) -> Found:
    """Ask for one goal after the other, up to what the plan reaches."""
    from netroute.solvers.collective.programmes import GoalProgramme, next_goal

    goal = low
    while True:
        programme = GoalProgramme.of(instance.fabric, phase, goal)
        answer = engine.solve(programme.model)
        if answer is not None and answer.values is not None:
            return Found(programme.read(phase, answer.values), goal)
        if answer is None or not answer.infeasible:
            return Found(None, goal)
        goal = next_goal(instance.fabric, int(phase.size[0]), goal)
        if goal >= theta:
            return Found(None, min(goal, theta))


def _by_minimum(
    instance: CollectiveInstance, phase: Phase, theta: Fraction, low: Fraction, engine: _Engine
) -> Found:
    """Minimise the highest load between the bound and what the plan reaches."""
    from netroute.solvers.collective.programmes import phase_model, read_whole

    if theta <= low:
        return Found(None, low)
    answer = engine.solve(phase_model(instance, phase, low=low, most=float(theta) * (1.0 + SLACK)))
    if answer is None:
        return Found(None, low)
    placement = None
    if answer.values is not None:
        placement = read_whole(instance, phase, answer.values)
    return Found(placement, _bound(instance, phase, answer, low))


def _bound(instance: CollectiveInstance, phase: Phase, answer: Answer, low: Fraction) -> Fraction:
    """Return what is known of a phase: before, or better by the engine's claim."""
    value = None
    if answer.bound is not None:
        value = -answer.bound
    elif answer.optimal and answer.values is not None:
        value = float(answer.values[0])
    if value is None or not math.isfinite(value):
        return low
    claimed = Fraction(value * (1.0 - SLACK))
    return max(low, lifted(instance, phase, claimed))
