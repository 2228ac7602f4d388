"""A first guess of the duals from good routes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from netroute.solvers.vrp.bound.duals import Duals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from netroute.solvers.vrp.bound.relaxation import Relaxation

SHARE = 0.95
"""Part of the routes' cost that their clients bear: slightly below it few routes price out."""


def dual_start(relaxation: Relaxation, routes: Iterable[tuple[int, ...]]) -> Duals:
    """Share each route's cost among its clients, half by weight and half by detour.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> from netroute.solvers.vrp.bound.relaxation import relax
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4]], deliveries=[0, 1], vehicles=(VehicleType(capacity=(1,)),)
    ... )
    >>> float(dual_start(relax(instance), [(1,)]).clients[1])
    9.5
    """
    clients = np.zeros(relaxation.size)
    cost = relaxation.cost / relaxation.scale
    for route in routes:
        stops = np.array((0, *route, 0))
        before, here, after = stops[:-2], stops[1:-1], stops[2:]
        detour = np.maximum(cost[before, here] + cost[here, after] - cost[before, after], 0.0)
        total = float(cost[stops[:-1], stops[1:]].sum())
        weight = relaxation.weight[here].astype(np.float64)
        shares = weight / weight.sum()
        if detour.sum() > 0.0:
            shares = 0.5 * shares + 0.5 * detour / detour.sum()
        clients[here] = SHARE * total * shares
    return Duals(clients, np.zeros(0))
