"""Nearest neighbour: always drive to the closest client that still fits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.vrp._kernels.nearest import extend_nearest
from netroute.solvers.vrp.baseline import BaselineSolver, halted
from netroute.solvers.vrp.savings import split_flat
from netroute.solvers.vrp.search_data import search_data

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance

SLICE = 256
"""Clients visited between two looks at the clock."""


@dataclass(frozen=True, kw_only=True)
class NearestSolver(BaselineSolver):
    """One route after the other, each extended by the nearest client that fits.

    Time grows with the square of the number of clients, memory linearly. The seed has no influence.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [1, 0], [2, 0], [-2, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> NearestSolver().solve(instance).solution.visits()
    [(1, 2), (3,)]
    """

    name: ClassVar[str] = "nearest"
    summary: ClassVar[str] = "nearest neighbour, one route after the other"

    def build(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int
    ) -> list[list[int]] | None:
        """Return the routes."""
        data = search_data(instance, neighbours=0)
        left = np.arange(1, data.size, dtype=np.uint32)
        flat = np.zeros(2 * data.size, np.uint32)
        # Clients left, entries of `flat` in use, load of the last route.
        state = np.array([len(left), 0, 0], np.int64)
        capacity = np.int64(data.capacity)
        with recorder.clock.compiling():
            extend_nearest(data.source, left, data.demand, capacity, 0, flat, state)
        while state[0]:
            if halted(recorder):
                return None
            extend_nearest(data.source, left, data.demand, capacity, SLICE, flat, state)
        routes = split_flat(flat[: state[1] + 1])
        return [data.location[nodes].tolist() for nodes in routes]
