"""The reference programme: whole flows by pair of leaves, size and plane."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.bounds import lifted
from netroute.problems.collective.instance import usable
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import GreedyLongestSolver

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance
    from netroute.problems.collective.phase import Phase
    from netroute.solvers.lp.answer import Answer
    from netroute.solvers.lp.mip import Mip

SLACK = 1e-6
"""Relative: what an engine's tolerances may take off the bound that it tells."""

TOLERANCE = 1e-9
"""Relative: what a bound gives way for the engine's rounding errors."""

RESERVE = 0.1, 1.0
"""Time kept for an engine to hand over what it has: part of what is left, and at most seconds."""


@dataclass(frozen=True, kw_only=True)
class IlpSolver(CollectiveSolver):
    """Hands each phase as an integer programme over to an engine in a process of its own.

    The variables are counts of flows, so that equal ones are not told apart. It begins with the
    greedy plan and the relaxation's bound, which each programme is told. A better bound is the
    engine's claim and has no certificate. Each phase is one iteration.

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
    supports: ClassVar[frozenset[str]] = frozenset({"unequal sizes", "unequal capacities"})
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
        from netroute.solvers.collective.greedy import compile_greedy
        from netroute.solvers.collective.rounding import goal_of
        from netroute.solvers.collective.spray_lp import (
            certificate_of,
            require_within_reach,
            spray_all,
        )
        from netroute.solvers.lp.process import Worker
        from netroute.solvers.lp.worker import Job

        require_within_reach(instance, self.name)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_greedy()
        self.offer_start(instance, recorder, start)
        rng = np.random.default_rng(seed)
        plan = [GreedyLongestSolver().place(instance, phase, rng) for phase in instance.phases]
        self.offer(instance, recorder, CollectiveSolution.of(plan))
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())
        recorder.phase("relaxation")
        relaxed = spray_all(instance, recorder.clock.remaining, recorder.stop)
        certificate = certificate_of(instance, relaxed)
        recorder.bound(certificate.value, certificate.to_dict())
        recorder.phase("programme")
        total = Fraction(0)
        with Worker() as worker:
            for number, phase in enumerate(instance.phases):
                left = recorder.clock.remaining()
                seconds = None
                if math.isfinite(left):
                    part, most = RESERVE
                    left -= min(part * left, most)
                    seconds = left / (len(instance.phases) - number)
                answer = None
                low = max(goal_of(instance, phase, relaxed[number]))
                if len(phase.size) and not recorder.stop():
                    model = phase_model(instance, phase, low=low)
                    job = Job(model, self.engine, relaxed=False, seconds=seconds)
                    answer = worker.solve(job, recorder.stop, grace=0.0)
                if answer is not None and answer.values is not None:
                    found = _read(instance, phase, answer.values)
                    trial = [*plan[:number], found, *plan[number + 1 :]]
                    if self.offer(instance, recorder, CollectiveSolution.of(trial)):
                        plan = trial
                total += _bound(instance, phase, answer, low)
                if recorder.stop(number + 1):
                    break
            else:
                recorder.bound(float(total))


def phase_model(instance: CollectiveInstance, phase: Phase, *, low: Fraction) -> Mip:
    """Return the programme of a phase; variable 0 is the highest load over capacity.

    It is at least ``low``, a proven bound.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1)])
    >>> model = phase_model(instance, instance.phases[0], low=Fraction(1))
    >>> problem, _, _ = model.to_pulp(relaxed=False)
    >>> problem.numVariables(), problem.numConstraints()
    (3, 6)
    """
    from netroute.solvers.lp.mip import Mip

    fabric = instance.fabric
    model = Mip("placement")
    theta = model.variable("theta", -1.0, upper=math.inf, integer=False)
    up: dict[tuple[int, int], list[tuple[int, float]]] = {}
    down: dict[tuple[int, int], list[tuple[int, float]]] = {}
    table = usable(fabric, phase.source, phase.target)
    rows = zip(
        *(c.tolist() for c in (phase.source, phase.target, phase.size, phase.count)), strict=True
    )
    for number, (i, j, size, count) in enumerate(rows):
        terms = []
        for k in np.flatnonzero(table[number]).tolist():
            x = model.variable(f"x_{number}_{k}", upper=float(count))
            terms.append((x, 1.0))
            up.setdefault((i, k), []).append((x, float(size)))
            down.setdefault((k, j), []).append((x, float(size)))
        model.constrain(f"flows_{number}", terms, least=float(count), most=float(count))
    for name, links, capacity in (("up", up, fabric.up), ("down", down, fabric.down)):
        for (a, b), entries in links.items():
            entries.append((theta, -float(capacity[a, b])))
            model.constrain(f"{name}_{a}_{b}", entries, most=0.0)
    # Known beforehand; an engine would have to branch for long to find it out.
    model.constrain("bound", [(theta, 1.0)], least=float(low) * (1.0 - TOLERANCE))
    return model


def _read(instance: CollectiveInstance, phase: Phase, values: np.ndarray) -> Placement:
    """Return the placement of an engine's values, in the order of the model's variables."""
    table = usable(instance.fabric, phase.source, phase.target)
    row, plane = np.nonzero(table)
    counts = np.zeros((instance.fabric.planes, len(phase.size)), np.int64)
    counts[plane, row] = np.maximum(0, np.rint(values[1:])).astype(np.int64)
    return Placement(counts=counts)


def _bound(
    instance: CollectiveInstance, phase: Phase, answer: Answer | None, low: Fraction
) -> Fraction:
    """Return what is known of a phase: before, or better by the engine's claim."""
    if answer is None:
        return low
    value = None
    if answer.bound is not None:
        value = -answer.bound
    elif answer.optimal and answer.values is not None:
        value = float(answer.values[0])
    if value is None or not math.isfinite(value):
        return low
    claimed = Fraction(value * (1.0 - SLACK))
    return max(low, lifted(instance, phase, claimed))
