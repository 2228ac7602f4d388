"""Plans from paths of some flows: all others are admitted where there is room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn.greedy_density import density_order
from netroute.solvers.sdn.residual import Residual, Routes, to_solution

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance, SdnSolution


def completed(instance: SdnInstance, plan: SdnSolution) -> SdnSolution:
    """Admit further flows beside those of a plan, by falling weight per bandwidth.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[3, 3, 2],
    ... )
    >>> completed(net, SdnSolution.of(3, {1: [0]})).admitted.tolist()
    [False, True, True]
    """
    residual = Residual(instance)
    taken = np.flatnonzero(plan.admitted)
    parts = [np.concatenate([plan.path(f), plan.backup(f)]) for f in taken.tolist()]
    for flow, arcs in zip(taken.tolist(), parts, strict=True):
        residual.take(arcs, int(instance.bandwidth[flow]))
    order = density_order(instance)
    rest = residual.admit(order[~plan.admitted[order]])
    start = np.concatenate([[0], np.cumsum([len(arcs) for arcs in parts], dtype=np.int64)])
    merged = Routes(
        flow=np.concatenate([taken, rest.flow]).astype(np.uint32),
        start=np.concatenate([start, rest.start[1:] + start[-1]]),
        split=np.concatenate([start[:-1] + np.diff(plan.start)[taken], rest.split + start[-1]]),
        arc=np.concatenate([*parts, rest.arc]).astype(np.uint32),
    )
    return to_solution(instance, merged)
