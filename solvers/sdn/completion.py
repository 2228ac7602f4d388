"""Plans from paths of some flows: all others are admitted where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn.greedy_density import density_order
from netroute.solvers.sdn.residual import Residual, Routes, to_solution

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance, SdnSolution


def completed(instance: SdnInstance, routes: Routes) -> SdnSolution:
    """Admit further flows beside those with routes, by falling weight per bandwidth.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[3, 3, 2],
    ... )
    >>> taken = Residual(net).admit(np.array([1], np.uint32))
    >>> completed(net, taken).admitted.tolist()
    [False, True, True]
    """
    residual = Residual(instance)
    for number, flow in enumerate(routes.flow.tolist()):
        arcs = routes.arc[routes.start[number] : routes.start[number + 1]]
        residual.take(arcs, int(instance.bandwidth[flow]))
    order = density_order(instance)
    rest = residual.admit(order[~np.isin(order, routes.flow)])
    merged = Routes(
        flow=np.concatenate([routes.flow, rest.flow]),
        start=np.concatenate([routes.start, rest.start[1:] + routes.start[-1]]),
        split=np.concatenate([routes.split, rest.split + routes.start[-1]]),
        arc=np.concatenate([routes.arc, rest.arc]).astype(np.uint32),
    )
    return to_solution(instance, merged)
