"""Column generation over all routes, and the integer program that closes what is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InfeasibleError
from netroute.solvers.vrp._kernels.held_karp import extend_tours
from netroute.solvers.vrp.ilp_routes import PartitionModel, RouteSets, route_sets

if TYPE_CHECKING:
    from netroute.solvers.vrp.ilp_model import TwoIndexModel
    from netroute.solvers.vrp.ilp_run import IlpRun

COLUMNS_A_ROUND = 200
FIRST_ROUTES = 250
"""Routes in the first integer program; each further one has four times as many."""

TOLERANCE = 1e-9
"""Relative to the cost: reduced costs above minus this count as zero."""


def partition_rounds(run: IlpRun, model: TwoIndexModel) -> None:
    """Prove the optimum by set partitioning, unless told to stop.

    Raises
    ------
    InfeasibleError
        No set of routes serves all clients.
    """
    with run.recorder.clock.compiling():
        _compile()
    run.recorder.phase("costing all routes")
    routes = route_sets(run.instance, model, run.recorder.stop)
    if routes is None:
        return
    run.recorder.metrics["routes_costed"] = len(routes.sets)
    solved = _relaxation(run, routes)
    if solved is not None and not run.proven:
        _close(run, routes, *solved)


def _relaxation(run: IlpRun, routes: RouteSets) -> tuple[float, np.ndarray] | None:
    """Solve the linear relaxation; return the best bound and what each route costs above it."""
    single = np.isin(routes.sets, 1 << np.arange(routes.count))
    known = single | np.isin(routes.sets, _patterns(run))
    # Leaving a client out costs more than any plan.
    penalty = 4.0 * routes.count * float(run.instance.distance_matrix().max()) + 1.0
    best: tuple[float, np.ndarray] | None = None
    while not run.proven:
        answer = run.solve(_model(routes, known, penalty), relaxed=True)
        if answer is None or answer.duals is None:
            return None
        bound, excess = routes.excess(answer.duals)
        if best is None or bound > best[0]:
            best = bound, excess
            run.bound(bound)
        if run.count_round():
            return None
        fresh = np.flatnonzero(~known)
        # Routes in the model price out at the dual of the number of routes, the others below it
        # improve the relaxation.
        price = float(excess[known].min())
        fresh = fresh[excess[fresh] < price - TOLERANCE * max(1.0, abs(bound))]
        if len(fresh) == 0:
            break
        if len(fresh) > COLUMNS_A_ROUND:
            fresh = fresh[np.argpartition(excess[fresh], COLUMNS_A_ROUND)[:COLUMNS_A_ROUND]]
        known[fresh] = True
    return best


def _close(run: IlpRun, routes: RouteSets, bound: float, excess: np.ndarray) -> None:
    """Solve integer programs over the routes of least excess, until no other one can matter."""
    order = np.argsort(excess, kind="stable")
    taken = FIRST_ROUTES
    while not run.proven:
        best = run.recorder.objective
        # A plan better than the best known one has no route whose excess reaches the gap.
        window = np.inf if best is None else best - bound
        useful = int(np.searchsorted(excess[order], window, side="right"))
        taken = min(taken, useful)
        chosen = np.zeros(len(routes.sets), bool)
        chosen[order[:taken]] = True
        answer = run.solve(_model(routes, chosen, 0.0), relaxed=False)
        if answer is None:
            return
        left_out = float(excess[order[taken]]) if taken < len(order) else np.inf
        cost = np.inf
        if answer.values is not None and not answer.infeasible:
            used = routes.sets[chosen][answer.values > 0.5]
            offered = run.offer([routes.tour(pattern) for pattern in used.tolist()])
            cost = np.inf if offered is None else offered
        if not answer.infeasible and not answer.optimal:
            return
        if min(cost, bound + left_out) == np.inf:
            raise InfeasibleError("no set of routes serves all clients", report={"reason": "ilp"})
        best = run.recorder.objective
        if best is not None and best <= bound + left_out:
            run.optimal(best)
        else:
            run.bound(min(cost, bound + left_out))
        if run.count_round():
            return
        taken *= 4


def _patterns(run: IlpRun) -> list[int]:
    """Bit patterns of the best known plan's routes."""
    plan = run.recorder.solution
    if plan is None:
        return []
    return [sum(1 << (client - 1) for client in route.clients) for route in plan.routes]


def _compile() -> None:
    path, tour = np.full((2, 1), np.inf), np.full(2, np.inf)
    extend_tours(np.zeros((2, 2)), np.zeros(2, np.bool_), 0, 0, path, tour)


def _model(routes: RouteSets, chosen: np.ndarray, penalty: float) -> PartitionModel:
    return PartitionModel(
        routes.count,
        routes.sets[chosen],
        routes.costs[chosen],
        routes.fewest,
        routes.most,
        penalty,
    )
