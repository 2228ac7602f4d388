"""A first guess of the duals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.vrp.bound.duals import Duals

if TYPE_CHECKING:
    from netroute.solvers.vrp.bound.relaxation import Relaxation


def dual_start(relaxation: Relaxation) -> Duals:
    """Way to the depot and back, times the part of the capacity that the client takes.

    These duals prove the radial bound (see `radial_bound`) at once. Sharing the cost of good routes
    among their clients looks closer, but proves next to nothing: some capacity is always filled
    with clients whose share is high for their weight.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> from netroute.solvers.vrp.bound.relaxation import relax
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4]], deliveries=[0, 1], vehicles=(VehicleType(capacity=(1,)),)
    ... )
    >>> float(dual_start(relax(instance)).clients[1])
    10.0
    """
    way = 2.0 * relaxation.cost[0] / relaxation.scale
    return Duals(way * relaxation.weight / relaxation.capacity, np.zeros(0))
