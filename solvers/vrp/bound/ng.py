"""The set-partitioning bound over ng-routes, by column generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.bound import BoundMethod, Certificate
from netroute.problems.vrp.radial_bound import radial_bound
from netroute.solvers.vrp.bound.capacity_cuts import edge_values, violated_sets
from netroute.solvers.vrp.bound.dual_start import dual_start
from netroute.solvers.vrp.bound.duals import Duals, IntegerDuals
from netroute.solvers.vrp.bound.instant import InstantBound
from netroute.solvers.vrp.bound.master import Master
from netroute.solvers.vrp.bound.pricing import Priced, Pricer, ng_sets
from netroute.solvers.vrp.bound.relaxation import Relaxation, relax
from netroute.solvers.vrp.bound.rule import NG_FEATURES, require_features
from netroute.solvers.vrp.savings import savings_routes
from netroute.solvers.vrp.search_data import search_data

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.vrp import VrpInstance

MATRIX_SIZE = 2_500
"""Above this many locations only the instant bound is reported."""

STEP = 0.5
"""Part of the way from the best duals so far to those of the linear programme that is gone."""

WIDTHS = (0.05, 0.3, 1.0)
"""Least, first and largest width of the box around the best duals, relative to them."""

ROUGH, FINE = 1e-4, 1e-7
"""Relative difference of programme and bound at which cuts are looked for, and at the end."""

CUTS = 40
"""Capacity cuts added at a time."""


class NgBound(BoundMethod):
    """Column generation over ng-routes with a valid bound at every iteration.

    The bound at duals p (clients) and m (capacity cuts) is ``sum p + sum 2 k m + fleet * min(0,
    lowest reduced cost of any ng-route)``: all in integers, see `Relaxation`.

    The linear programme's duals are kept in a box around the best ones so far, which grows with
    success and shrinks without (R. Marsten, W. Hogan, J. Blankenship, The Boxstep method for
    large-scale optimization, Operations Research 1975); the bound is computed half-way to them
    (P. Wentges, Weighted Dantzig-Wolfe decomposition, 1997).
    """

    name: ClassVar[str] = "ng"
    summary: ClassVar[str] = "column generation over ng-routes; tight up to a thousand clients"

    def run(
        self,
        instance: VrpInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Improve the bound until the linear programme is solved or ``stop()``."""
        require_features(self.name, instance, NG_FEATURES)
        if instance.size > MATRIX_SIZE:
            InstantBound().run(instance, report=report, stop=stop, incumbent=incumbent)
        elif instance.size > 1:
            _Run(instance, report, stop, incumbent).work()


class _Run:
    def __init__(
        self,
        instance: VrpInstance,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        self.relaxation: Relaxation = relax(instance)
        self.report = report
        self.stop = stop
        self.incumbent = incumbent
        self.best = -np.inf
        self.reported = -np.inf
        self.taken = np.inf
        self.width = WIDTHS[1]
        self.sets = ng_sets(self.relaxation, 8)
        self.pricer = Pricer(self.relaxation, self.sets)
        self.master = Master(self.relaxation, stop)
        self.instance = instance
        self.centre: Duals | None = None

    def work(self) -> None:
        """Converge on routes alone first, then with ever more capacity cuts."""
        self.reported = radial_bound(self.instance)
        self.report(Certificate("instant", self.reported, {}))
        routes = self.first_routes()
        self.centre = dual_start(self.relaxation)
        everyone = range(1, self.relaxation.size)
        self.master.add_routes([(client,) for client in everyone])
        self.master.add_routes(min(route, route[::-1]) for route in routes)
        self.master.add_cut(np.array(everyone))
        tolerance = ROUGH
        while self.converge(tolerance):
            if not self.separate():
                if tolerance == FINE:
                    return
                tolerance = FINE

    def first_routes(self) -> list[tuple[int, ...]]:
        """Routes of Clarke and Wright's heuristic."""
        data = search_data(self.instance, neighbours=100)
        return [tuple(int(client) for client in data.location[r]) for r in savings_routes(data)]

    def separate(self) -> bool:
        """Add violated capacity cuts; return whether there were any."""
        master = self.master
        support = edge_values(self.relaxation.size, master.routes, master.values)
        sets = violated_sets(self.relaxation, support, most=CUTS)
        for clients in sets:
            master.add_cut(clients)
        return bool(sets)

    def converge(self, tolerance: float) -> bool:
        """Solve, smooth, price and add columns until the programme's value is nearly proven.

        Returns False where nothing is left to do: stopped, or the incumbent is proven optimal.
        """
        assert self.centre is not None
        weight = STEP
        while not self.stop():
            self.take_incumbent()
            half = self.width * (0.5 * self.centre.clients + 0.5 * self.centre.clients[1:].mean())
            self.master.set_box(
                np.maximum(self.centre.clients - half, 0.0), self.centre.clients + half
            )
            duals = self.master.solve()
            if duals is None:
                return False
            point = self.centre.towards(duals, weight)
            priced, value = self.evaluate(point)
            if priced is None or self.proven():
                return False
            if value > self.best:
                self.centre, self.best = point, value
                self.width = min(WIDTHS[2], self.width * 1.2)
            else:
                self.width = max(WIDTHS[0], self.width * 0.8)
            self.master.purge(duals)
            reduced = self.master.reduced_costs(priced.routes, duals)
            new = [r for r, v in zip(priced.routes, reduced, strict=True) if v < -1e-6]
            added = self.master.add_routes(new)
            if self.master.objective - self.best <= tolerance * abs(self.best):
                return True
            if added or value > self.best:
                weight = STEP
            elif weight < 1.0:
                weight = 1.0
            else:
                return True
        return False

    def take_incumbent(self) -> None:
        """Add the routes of the best known plan: good columns, wherever they come from."""
        known = self.incumbent()
        if known is not None and known[1] is not None and known[0] < self.taken:
            self.taken = known[0]
            routes = (route for route in known[1].visits() if route)
            self.master.add_routes(min(route, route[::-1]) for route in routes)

    def proven(self) -> bool:
        """Whether the best known plan is as cheap as the bound."""
        known = self.incumbent()
        return known is not None and self.reported >= known[0] * (1.0 - 1e-12)

    def evaluate(self, point: Duals) -> tuple[Priced | None, float]:
        relaxation, master = self.relaxation, self.master
        whole = IntegerDuals.of(point, relaxation)
        arcs = whole.arcs(relaxation, master.members)
        priced = self.pricer.price(arcs, threshold=0, stop=self.stop)
        if priced is None:
            return None, -np.inf
        doubled = whole.doubled_value(master.needed) + relaxation.fleet * min(0, priced.lowest)
        value = doubled / (2 * relaxation.scale)
        proven = relaxation.value(doubled, 2 * relaxation.scale)
        if proven > self.reported:
            self.reported = proven
            self.report(Certificate("ng", proven, self.certificate(whole)))
        return priced, value

    def certificate(self, whole: IntegerDuals) -> dict[str, Any]:
        """Give the point from which `verify_bound` computes everything else."""
        cuts = [
            {"clients": np.flatnonzero(row).tolist(), "dual": int(value)}
            for row, value in zip(self.master.members, whole.cuts, strict=True)
            if value
        ]
        return {
            "scale": self.relaxation.scale,
            "clients": [int(value) for value in whole.clients[1:]],
            "cuts": cuts,
            "ng_sets": [[int(c) for c in row if c >= 0] for row in self.sets[1:]],
            "fleet": self.relaxation.fleet,
            "rounded_up": self.relaxation.integral,
        }
