"""The restricted master: cover every client by the routes known so far, at least cost."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.util.python.solve_interrupter import SolveInterrupter

from netroute.solvers.vrp.bound.duals import Duals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from netroute.solvers.vrp.bound.relaxation import Relaxation


COLUMNS = (4, 10)
"""Columns per client: what a purge leaves, and what brings it about."""


class Master:
    """A linear programme that is solved again and again while columns and rows come and go.

    Rows: each client at least once, each capacity cut, and the number of vehicles where it is
    limited. Leaving a client out costs so much that it only happens while routes are missing.

    Attributes
    ----------
    members : ndarray of float64, shape (m, n)
        The client sets of the capacity cuts, as rows of 0 and 1.
    needed : ndarray of int64, shape (m,)
        The vehicles that each of the sets needs.
    """

    def __init__(self, relaxation: Relaxation, stop: Callable[[], bool]) -> None:
        n = relaxation.size
        self.relaxation = relaxation
        self._stop = stop
        self.members = np.zeros((0, n))
        self.needed = np.zeros(0, np.int64)
        self.objective = np.inf
        self.values: np.ndarray = np.zeros(0)
        self._routes: dict[tuple[int, ...], Any] = {}
        self._parameters = mathopt.SolveParameters(presolve=mathopt.Emphasis.OFF)
        nothing: list[mathopt.Variable] = []
        self._wanted = mathopt.ModelSolveParameters(
            variable_values_filter=mathopt.VariableFilter(skip_zero_values=True),
            reduced_costs_filter=mathopt.VariableFilter(filtered_items=nothing),
        )
        self._low = np.zeros(n)
        self._high = np.full(n, 4.0 * float(relaxation.cost.max()) / relaxation.scale)
        self._build()

    def set_box(self, low: np.ndarray, high: np.ndarray) -> None:
        """Keep each client's dual between ``low`` and ``high``.

        In the primal a client may be left out at the cost ``high``, and served too often for the
        reward ``low``.
        """
        self._low, self._high = low, high
        set_cost = self._model.objective.set_linear_coefficient
        pairs = zip(self._short, self._over, low[1:].tolist(), high[1:].tolist(), strict=True)
        for short, over, least, most in pairs:
            set_cost(short, most)
            set_cost(over, -least)

    @property
    def routes(self) -> list[tuple[int, ...]]:
        """The columns, in the order of ``values``."""
        return list(self._routes)

    def cost(self, route: tuple[int, ...]) -> float:
        """Cost of a route, in the instance's units."""
        stops = np.array((0, *route, 0))
        return float(self.relaxation.cost[stops[:-1], stops[1:]].sum()) / self.relaxation.scale

    def add_routes(self, routes: Iterable[tuple[int, ...]]) -> int:
        """Add the columns that are not there yet; return their number."""
        before = len(self._routes)
        for route in routes:
            if route not in self._routes:
                self._routes[route] = self._add_column(route)
        return len(self._routes) - before

    def add_cut(self, clients: np.ndarray) -> None:
        """Require as many vehicles to enter this set of clients as its weight needs."""
        row = np.zeros((1, self.relaxation.size))
        row[0, clients] = 1.0
        self.members = np.concatenate([self.members, row])
        self.needed = np.append(self.needed, self.relaxation.vehicles_for(clients))
        constraint = self._model.add_linear_constraint(lb=2.0 * self.needed[-1])
        self._cuts.append(constraint)
        crossed = _crossings(row, self.routes)[0]
        variables = list(self._routes.values())
        for index in np.flatnonzero(crossed):
            constraint.set_coefficient(variables[index], float(crossed[index]))

    def solve(self) -> Duals | None:
        """Solve and return the dual values; ``objective`` and ``values`` are set.

        None when stopped before the end.
        """
        try:
            return self._solved()
        except Exception:
            if self._stop():
                return None
            # GLOP ends as ABNORMAL now and then after changes, which MathOpt's Python layer turns
            # into errors of various types; from scratch the same programme is solved.
            self._build()
        try:
            return self._solved()
        except Exception:
            if self._stop():
                return None
            raise

    def purge(self, duals: Duals) -> None:
        """Once there are many columns, drop those of largest reduced cost.

        Without that the programme, not pricing, takes the time; done at every turn it can make
        the same columns come and go for ever.
        """
        if len(self._routes) <= COLUMNS[1] * self.relaxation.size:
            return
        keep = COLUMNS[0] * self.relaxation.size
        reduced = self.reduced_costs(list(self._routes), duals)
        reduced[self.values > 0.0] = -np.inf
        routes = list(self._routes)
        order = np.argsort(reduced, kind="stable")
        for index in order[keep:]:
            self._model.delete_variable(self._routes.pop(routes[index]))
        self.values = self.values[np.sort(order[:keep])]

    def reduced_costs(self, routes: Sequence[tuple[int, ...]], duals: Duals) -> np.ndarray:
        """Reduced costs of routes in floating point."""
        if not routes:
            return np.zeros(0)
        stops, following, begins = _legs(routes)
        value = self.relaxation.cost[stops, following] / self.relaxation.scale
        value -= duals.clients[stops]
        total: np.ndarray = np.add.reduceat(value, begins)
        used = np.flatnonzero(duals.cuts)
        if len(used):
            total -= duals.cuts[used] @ _crossings(self.members[used], routes)
        return total

    def _build(self) -> None:
        self._model = mathopt.Model()
        self._clients = [self._model.add_linear_constraint(lb=1.0) for _ in self._range()]
        self._cuts = [
            self._model.add_linear_constraint(lb=2.0 * vehicles) for vehicles in self.needed
        ]
        self._fleet = None
        if self.relaxation.vehicles is not None:
            self._fleet = self._model.add_linear_constraint(ub=float(self.relaxation.vehicles))
        self._short = [self._model.add_variable(lb=0.0) for _ in self._clients]
        self._over = [self._model.add_variable(lb=0.0) for _ in self._clients]
        for constraint, short, over in zip(self._clients, self._short, self._over, strict=True):
            constraint.set_coefficient(short, 1.0)
            constraint.set_coefficient(over, -1.0)
        self.set_box(self._low, self._high)
        for route in self._routes:
            self._routes[route] = self._add_column(route)
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)

    def _range(self) -> range:
        return range(1, self.relaxation.size)

    def _add_column(self, route: tuple[int, ...]) -> Any:
        variable = self._model.add_variable(lb=0.0)
        self._model.objective.set_linear_coefficient(variable, self.cost(route))
        visits: dict[int, int] = {}
        for client in route:
            visits[client] = visits.get(client, 0) + 1
        for client, times in visits.items():
            self._clients[client - 1].set_coefficient(variable, float(times))
        if self._cuts:
            crossed = _crossings(self.members, [route])[:, 0]
            for row in np.flatnonzero(crossed):
                self._cuts[row].set_coefficient(variable, float(crossed[row]))
        if self._fleet is not None:
            self._fleet.set_coefficient(variable, 1.0)
        return variable

    def _solved(self) -> Duals:
        interrupter = SolveInterrupter()
        done = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(done, interrupter), daemon=True)
        watcher.start()
        try:
            result = self._solver.solve(
                params=self._parameters, model_params=self._wanted, interrupter=interrupter
            )
        finally:
            done.set()
            watcher.join()
        self.objective = float(result.objective_value())
        values = result.variable_values()
        self.values = np.array([values.get(v, 0.0) for v in self._routes.values()])
        clients = np.zeros(self.relaxation.size)
        clients[1:] = result.dual_values(self._clients)
        cuts = np.array(result.dual_values(self._cuts)) if self._cuts else np.zeros(0)
        return Duals(np.maximum(clients, 0.0), np.maximum(cuts, 0.0))

    def _watch(self, done: threading.Event, interrupter: SolveInterrupter) -> None:
        """Interrupt the solver, which may take seconds, once it is time to stop."""
        while not done.wait(0.1):
            if self._stop():
                interrupter.interrupt()
                return


def _legs(routes: Sequence[tuple[int, ...]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Start and end of every leg of the routes, one after the other, and where each begins."""
    stops = np.array([stop for route in routes for stop in (0, *route)])
    begins = np.cumsum([0, *(1 + len(route) for route in routes[:-1])])
    return stops, np.append(stops[1:], 0), begins


def _crossings(members: np.ndarray, routes: Sequence[tuple[int, ...]]) -> np.ndarray:
    """How often each route crosses the border of each set, shape (sets, routes)."""
    if not routes:
        return np.zeros((len(members), 0))
    stops, following, begins = _legs(routes)
    crossed = (members[:, stops] != members[:, following]).astype(np.float64)
    total: np.ndarray = np.add.reduceat(crossed, begins, axis=1)
    return total
