"""A cutting-plane method with lifted cover inequalities on scarce arcs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.bound import Certificate
from netroute.solvers.sdn.cover_separation import separate
from netroute.solvers.sdn.flow_prices import CoverCut, FlowPrices
from netroute.solvers.sdn.lagrangian import SAFETY

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.budget import Clock
    from netroute.problems.sdn import SdnInstance, SdnSolution
    from netroute.solvers.sdn.path_solution import PathLp

SMOOTH = 0.5
"""Share of the best prices in those that are tried."""

LEAST_AMOUNT = 1e-7
"""Share of a flow below which a path does not count as used."""

MOST_FLOWS, MOST_NODES = 1_000, 100
"""Beyond these there are many flows to an arc and the relaxation is tight, or turns take long."""

PART = 0.2
"""Share of the time left that the cuts may take."""

PATIENCE, PROGRESS = 5, 4e-4
"""The cuts end where so many turns have lowered the bound by less than this, relatively."""

TURN_SECONDS = 1.0
"""Longest that one programme may take."""


def cuts_apply(instance: SdnInstance) -> bool:
    """Whether cuts are worth their time: small networks without limits of other kinds."""
    known = instance.features() <= {"fractional weights"}
    return known and instance.size <= MOST_FLOWS and len(instance.nodes) <= MOST_NODES


def tighten(
    instance: SdnInstance,
    relaxed: PathLp,
    plan: SdnSolution | None,
    *,
    seed: int,
    clock: Clock,
    report: Callable[[Certificate], None],
    stop: Callable[[], bool],
) -> None:
    """Lower the relaxation's bound by cuts for a share of the time; report the best."""
    began, whole = clock.elapsed(), clock.remaining()
    cuts = CoverCuts(instance, relaxed, plan, seed=seed)
    marks = [cuts.value]
    while not stop():
        spent = clock.elapsed() - began
        seconds = PART * whole - spent
        if seconds <= 0.0 or not cuts.turn(min(seconds, TURN_SECONDS)):
            break
        marks.append(cuts.value)
        if len(marks) > PATIENCE and marks[-1] > (1.0 - PROGRESS) * marks[-1 - PATIENCE]:
            break
    if cuts.bound < relaxed.bound:
        report(cuts.certificate())


class CoverCuts:
    """Prices of arcs and duals of cuts, better turn by turn.

    A linear programme over paths of single flows holds the cuts as rows; new paths come from one
    shortest path a flow, new cuts from the programme's solution. The bound is the Lagrangian one at
    prices between the programme's and the best so far. Cuts are lifted covers (Gu, Nemhauser and
    Savelsbergh, Lifted cover inequalities for 0-1 integer programs, 1998).
    """

    def __init__(
        self, instance: SdnInstance, relaxed: PathLp, plan: SdnSolution | None, *, seed: int = 0
    ) -> None:
        from ortools.linear_solver import pywraplp

        self._instance = instance
        self._rng = np.random.default_rng(seed)
        self._weights = instance.weights()
        self._pricer = FlowPrices(instance)
        self.cuts: list[CoverCut] = []
        self._coefficient: list[dict[int, int]] = []
        self._of_arc: list[list[int]] = [[] for _ in instance.tail]
        self._known: set[tuple[int, bytes]] = set()
        self._best = (np.array(relaxed.prices), np.zeros(0))
        self.value = self._pricer.evaluate(self._best[0], [], self._best[1])
        self.turns = 0
        self._on_arc: list[list[int]] = [[] for _ in instance.tail]
        self._flow: list[int] = []
        self._path: list[np.ndarray] = []
        self._variables: list[Any] = []
        self._seen: set[tuple[int, bytes]] = set()
        self._lp = pywraplp.Solver.CreateSolver("GLOP")
        self._lp.SetSolverSpecificParametersAsString("use_preprocessing: false")
        self._objective = self._lp.Objective()
        self._objective.SetMaximization()
        self._once = [self._lp.Constraint(-np.inf, 1.0) for _ in range(instance.size)]
        self._room = [self._lp.Constraint(-np.inf, 1.0) for _ in instance.tail]
        self._rows: list[Any] = []
        self._start_columns(relaxed, plan)

    def _start_columns(self, relaxed: PathLp, plan: SdnSolution | None) -> None:
        capacity, width = self._instance.capacity, self._instance.bandwidth
        pairs = relaxed.pairs
        for p, pair in enumerate(relaxed.pair.tolist()):
            path = relaxed.arcs[relaxed.start[p] : relaxed.start[p + 1]]
            narrow = capacity[path].min()
            for flow in pairs.flow[pairs.start[pair] : pairs.start[pair + 1]].tolist():
                if width[flow] <= narrow:
                    self._add(flow, path)
        if plan is not None:
            for flow in np.flatnonzero(plan.admitted).tolist():
                self._add(flow, np.asarray(plan.path(flow), np.uint32))
        self._take()

    def _take(self) -> int:
        """Add the cheapest paths that are new; return how many."""
        found = self._pricer.found
        fresh = 0
        for flow in np.flatnonzero(found.cost < self._weights).tolist():
            fresh += self._add(flow, found.arcs[flow, : found.size[flow]])
        return fresh

    def _add(self, flow: int, path: np.ndarray) -> bool:
        key = (flow, path.tobytes())
        if key in self._seen:
            return False
        self._seen.add(key)
        path = path.astype(np.int64)
        variable = self._lp.NumVar(0.0, np.inf, "")
        self._objective.SetCoefficient(variable, float(self._weights[flow]))
        self._once[flow].SetCoefficient(variable, 1.0)
        width = int(self._instance.bandwidth[flow])
        for arc in path.tolist():
            self._on_arc[arc].append(len(self._flow))
            self._room[arc].SetCoefficient(variable, width / int(self._instance.capacity[arc]))
            for k in self._of_arc[arc]:
                value = self._coefficient[k].get(flow)
                if value:
                    self._rows[k].SetCoefficient(variable, float(value))
        self._flow.append(flow)
        self._path.append(path)
        self._variables.append(variable)
        return True

    def turn(self, seconds: float) -> bool:
        """Solve the programme, add paths or cuts; return False where neither is to be had."""
        from ortools.linear_solver import pywraplp

        self._lp.SetTimeLimit(max(1, int(1000 * seconds)))
        if self._lp.Solve() != pywraplp.Solver.OPTIMAL:
            return False
        self.turns += 1
        master = self._objective.Value()
        dual = np.array([row.dual_value() for row in self._room])
        prices = np.maximum(dual, 0.0) / self._instance.capacity
        duals = np.maximum(np.array([row.dual_value() for row in self._rows]), 0.0)
        old = np.concatenate([self._best[1], np.zeros(len(duals) - len(self._best[1]))])
        # The engine forgets them once a path is added.
        amount = np.array([variable.solution_value() for variable in self._variables])
        fresh = 0
        for share in (SMOOTH, 0.0):
            tried = (
                share * self._best[0] + (1.0 - share) * prices,
                share * old + (1 - share) * duals,
            )
            value = self._pricer.evaluate(tried[0], self.cuts, tried[1])
            if value < self.value:
                self.value, self._best = value, tried
            fresh += self._take()
            if fresh:
                break
        if fresh and self.value - master > max(0.1, 1e-4 * master):
            return True
        return self._cut(amount) > 0 or fresh > 0

    def _cut(self, amount: np.ndarray) -> int:
        """Add the violated cuts; return how many."""
        instance = self._instance
        use = np.zeros((len(instance.tail), instance.size))
        for column in np.flatnonzero(amount > LEAST_AMOUNT).tolist():
            use[self._path[column], self._flow[column]] += amount[column]
        full = np.flatnonzero(use @ instance.bandwidth >= 0.9 * instance.capacity)
        fresh = 0
        for arc in full.tolist():
            width = np.array(instance.bandwidth)
            for _, cut in separate(arc, use[arc], width, int(instance.capacity[arc]), self._rng):
                fresh += self._add_cut(cut)
        return fresh

    def _add_cut(self, cut: CoverCut) -> bool:
        key = (cut.arc, cut.flows.tobytes() + cut.coefficients.tobytes())
        if key in self._known:
            return False
        self._known.add(key)
        row = self._lp.Constraint(-np.inf, float(cut.most))
        counts = dict(zip(cut.flows.tolist(), cut.coefficients.tolist(), strict=True))
        for column in self._on_arc[cut.arc]:
            if self._flow[column] in counts:
                row.SetCoefficient(self._variables[column], float(counts[self._flow[column]]))
        self._of_arc[cut.arc].append(len(self.cuts))
        self.cuts.append(cut)
        self._coefficient.append(counts)
        self._rows.append(row)
        return True

    @property
    def bound(self) -> float:
        """Proven upper bound."""
        safe = self.value + SAFETY * max(1.0, abs(self.value))
        return float(np.floor(safe)) if not (self._weights % 1.0).any() else safe

    def certificate(self) -> Certificate:
        """Return the bound with the prices and cuts that prove it."""
        cuts = [
            {
                "arc": cut.arc,
                "flows": cut.flows.tolist(),
                "coefficients": cut.coefficients.tolist(),
                "dual": dual,
            }
            for cut, dual in zip(self.cuts, self._best[1].tolist(), strict=False)
            if dual > 0.0
        ]
        return Certificate("lp", self.bound, {"lambda": self._best[0].tolist(), "cuts": cuts})
