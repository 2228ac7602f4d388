"""Sweep: clients by their angle around the depot, cut into routes, each made shorter by 2-opt."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.solvers.vrp._kernels.two_opt import two_opt_pass
from netroute.solvers.vrp.baseline import BaselineSolver, halted
from netroute.solvers.vrp.fleet_repair import legs, load_limit, loads_of
from netroute.solvers.vrp.search_data import search_data

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance

WINDOW = 500
"""Longest segment that 2-opt reverses; longer routes are left to their sweep order beyond it."""


@dataclass(frozen=True, kw_only=True)
class SweepSolver(BaselineSolver):
    """Cut the circle of clients greedily, from the client and in the direction that is best.

    Source: B. Gillett, L. Miller, A heuristic algorithm for the vehicle-dispatch problem
    (Operations Research 1974).

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [2, 1], [-2, 1], [-2, -1], [2, -1]],
    ...     deliveries=[0, 1, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> sorted(sorted(visits) for visits in SweepSolver().solve(instance).solution.visits())
    [[1, 4], [2, 3]]
    """

    name: ClassVar[str] = "sweep"
    summary: ClassVar[str] = "clients by angle, cut into routes, each improved by 2-opt"

    def build(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int
    ) -> list[list[int]] | None:
        """Return the routes; the seed has no influence."""
        if instance.coordinates is None:
            raise UnsupportedError(
                f"solver {self.name!r} needs coordinates, instance {instance.name!r} has only a "
                "distance matrix; use 'savings' or 'nearest'"
            )
        circle = around_depot(instance)
        plans = [cut_circle(instance, order) for order in (circle, circle[::-1])]
        routes = min(plans, key=lambda plan: plan[0])[1]
        data = search_data(instance, neighbours=0)
        with recorder.clock.compiling():
            two_opt_pass(data.source, np.zeros(2, np.uint32), WINDOW)
        improved = []
        for route in routes:
            tour = np.zeros(len(route) + 2, np.uint32)
            tour[1:-1] = data.node[route]
            # An early end leaves the remaining routes as they are: the plan is complete anyway.
            while not halted(recorder) and two_opt_pass(data.source, tour, WINDOW):
                pass
            improved.append(data.location[tour[1:-1]].tolist())
        return improved


def around_depot(instance: VrpInstance) -> np.ndarray:
    """Clients by angle around the depot, those in one direction by distance from it."""
    assert instance.coordinates is not None
    clients = np.array(instance.clients, np.int64)
    x, y = (instance.coordinates[clients] - instance.coordinates[0]).T
    return clients[np.lexsort((np.hypot(x, y), np.arctan2(y, x)))]


def cut_circle(instance: VrpInstance, order: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """Fill one vehicle after the other in this order, from the first client that is best.

    Returns
    -------
    cost : float
        Of the routes in the given order.
    routes : list of ndarray
        Clients of each route.
    """
    count = len(order)
    if count == 0:
        return 0.0, []
    twice = np.concatenate([order, order])
    out, back = legs(instance, 0, twice), legs(instance, twice, 0)
    along = np.concatenate([[0.0], np.cumsum(legs(instance, twice[:-1], twice[1:]))])
    load = np.concatenate([[0.0], np.cumsum(loads_of(instance)[twice])])
    steps = np.arange(2 * count)
    ends = np.searchsorted(load, load[:-1] + load_limit(instance), side="right") - 1
    ends = np.maximum(ends, steps + 1)
    # Every plan has a cut among the first clients that fit together, so these starts suffice. All
    # advance together, a route at a time, until each has gone round once.
    here = np.arange(min(count, int(ends[0])))
    goal, cost = here + count, np.zeros(len(here))
    while (here < goal).any():
        then = np.minimum(ends[np.minimum(here, 2 * count - 1)], goal)
        going = here < goal
        a, b = here[going], then[going] - 1
        cost[going] += out[a] + along[b] - along[a] + back[b]
        here = np.where(going, then, here)
    start = int(np.argmin(cost))
    cuts = [start]
    while cuts[-1] < start + count:
        cuts.append(min(int(ends[cuts[-1]]), start + count))
    return float(cost[start]), [twice[a:b] for a, b in pairwise(cuts)]
