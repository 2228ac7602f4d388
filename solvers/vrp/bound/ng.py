"""The set-partitioning bound over ng-routes, by column generation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from netroute.solvers.vrp.bound.dual_start import dual_start
from netroute.solvers.vrp.bound.duals import Duals, IntegerDuals
from netroute.solvers.vrp.bound.master import Master
from netroute.solvers.vrp.bound.pricing import Priced, Pricer, ng_sets
from netroute.solvers.vrp.bound.relaxation import Relaxation, relax

from netroute.core.bound import BoundMethod, Certificate

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.vrp import VrpInstance

SMOOTHING = 0.9
"""Weight of the best duals so far against those of the linear programme."""


class NgBound(BoundMethod):
    """Column generation over ng-routes with a valid bound at every iteration.

    The bound at duals p (clients) and m (capacity cuts) is ``sum p + sum 2 k m + fleet * min(0,
    lowest reduced cost of any ng-route)``: all in integers, see `Relaxation`.
    Duals are smoothed towards the best ones so far (Wentges 1997).
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
        if instance.size <= 1:
            return
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
        self.sets = ng_sets(self.relaxation, 8)
        self.pricer = Pricer(self.relaxation, self.sets)
        self.master = Master(self.relaxation)
        self.instance = instance
        self.centre: Duals | None = None

    def work(self) -> None:
        from netroute.solvers.vrp.savings import savings_routes
        from netroute.solvers.vrp.search_data import search_data

        data = search_data(self.instance, neighbours=100)
        routes = [tuple(int(data.location[c]) for c in r) for r in savings_routes(data)]
        self.centre = dual_start(self.relaxation, routes)
        self.master.add_routes([(c,) for c in range(1, self.relaxation.size)])
        self.master.add_routes(min(r, r[::-1]) for r in routes)
        self.master.add_cut(np.arange(1, self.relaxation.size))
        self.converge()

    def converge(self) -> None:
        """Solve, smooth, price and add columns until the programme's value is proven."""
        assert self.centre is not None
        weight = 1.0 - SMOOTHING
        while not self.stop():
            duals = self.master.solve()
            point = self.centre.towards(duals, weight)
            priced, value = self.evaluate(point)
            if priced is None:
                return
            if value > self.best:
                self.centre, self.best = point, value
            self.master.purge(duals)
            reduced = self.master.reduced_costs(priced.routes, duals)
            new = [r for r, v in zip(priced.routes, reduced, strict=True) if v < -1e-6]
            added = self.master.add_routes(new)
            if self.master.objective - self.best <= 1e-6 * abs(self.best):
                return
            if added:
                weight = 1.0 - SMOOTHING
            elif weight < 1.0:
                weight = 1.0
            else:
                return

    def evaluate(self, point: Duals) -> tuple[Priced | None, float]:
        relaxation, master = self.relaxation, self.master
        whole = IntegerDuals.of(point, relaxation)
        arcs = whole.arcs(relaxation, master.members)
        priced = self.pricer.price(arcs, threshold=0, stop=self.stop)
        if priced is None:
            return None, -np.inf
        doubled = whole.doubled_value(master.needed) + relaxation.fleet * min(0, priced.lowest)
        value = doubled / (2 * relaxation.scale)
        if value > self.best:
            proven = relaxation.value(doubled, 2 * relaxation.scale)
            self.report(Certificate("ng", proven, self.certificate(whole)))
        return priced, value

    def certificate(self, whole: IntegerDuals) -> dict[str, Any]:
        """Give what `verify_bound` needs; it computes weights, vehicles and reduced costs itself."""
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
