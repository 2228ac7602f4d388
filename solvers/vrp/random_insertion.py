"""Random insertion: clients in random order, each where it costs least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.rng import generator
from netroute.solvers.vrp._kernels.insertion import insert_cheapest
from netroute.solvers.vrp.baseline import BaselineSolver, halted
from netroute.solvers.vrp.search_data import SearchData, search_data

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance

SLICE = 100
"""Clients inserted between two looks at the clock."""


@dataclass(frozen=True, kw_only=True)
class RandomInsertionSolver(BaselineSolver):
    """Insert the clients in random order, each at its cheapest place over all routes.

    The first clients open a route each, as many as the total demand needs at least; later on only
    a client that fits nowhere opens another one.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(3,)),),
    ... )
    >>> RandomInsertionSolver().solve(instance, seed=1).objective
    6.0
    """

    name: ClassVar[str] = "random-insertion"
    summary: ClassVar[str] = "clients in random order, each inserted where it costs least"

    def build(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int
    ) -> list[list[int]] | None:
        """Return the routes."""
        data = search_data(instance, neighbours=0)
        with recorder.clock.compiling():
            insert_cheapest(*_arguments(data, np.zeros(0, np.uint32)), 0)
        order = data.node[np.array(instance.clients, np.int64)]
        generator(seed).shuffle(order)
        arguments = _arguments(data, order)
        count = 0
        for begin in range(0, len(order), SLICE):
            if halted(recorder):
                return None
            part = order[begin : begin + SLICE]
            count = insert_cheapest(*arguments[:2], part, *arguments[3:], count)
        first, successor = arguments[6], arguments[7]
        return [data.location[nodes].tolist() for nodes in _follow(first, successor, count)]


def _arguments(data: SearchData, order: np.ndarray) -> tuple[Any, ...]:
    size = data.size
    return (
        data.source,
        data.symmetric,
        order,
        data.demand,
        np.int64(data.capacity),
        np.int64(-(-int(data.demand.sum()) // max(1, data.capacity))),
        np.zeros(size, np.uint32),
        np.zeros(size, np.uint32),
        np.zeros(size, np.int64),
    )


def _follow(first: np.ndarray, successor: np.ndarray, count: int) -> list[list[int]]:
    """List the nodes of each of the first ``count`` routes."""
    routes = []
    for route in range(count):
        nodes = []
        node = int(first[route])
        while node:
            nodes.append(node)
            node = int(successor[node])
        routes.append(nodes)
    return routes
