"""Paths for given flows within all capacities, by negotiated congestion.

Every flow is routed as if alone, at prices of the arcs; those over overloaded arcs are then routed
anew while these arcs grow dearer, until none is overloaded.

Source: L. McMurchie, C. Ebeling, PathFinder: a negotiation-based performance-driven router for
FPGAs (FPGA 1995).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn._kernels.negotiate import Rights, Routing, negotiate
from netroute.solvers.sdn._kernels.pricing import Tree
from netroute.solvers.sdn.graph import graph_of, new_heap
from netroute.solvers.sdn.residual import Routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

ROUNDS = 150
"""Rounds after which it is given up."""

BATCH = 256
"""Flows that one kernel call routes: a few milliseconds on 50 nodes."""

TRESPASS = 1000.0
"""Cost of a scarce arc without a right to it: it is used where nothing else is left."""

PRESSURE, GROWTH = 0.5, 1.1
"""How much dearer overloaded arcs are at first, and the factor of each round."""

RESENTMENT = 0.3
"""What an overloaded arc grows dearer for good in each round."""


class Realisation:
    """Routes flows through a network, some arcs of which are reserved for some of them.

    Parameters
    ----------
    instance : SdnInstance
        Without limits, tables and protection.
    scarce : ndarray of int, shape (S,)
        Arcs that only those flows should use that have a right to.
    rights : dict of int to int
        The flows to be routed, each with the bits of the scarce arcs that it may use.

    Attributes
    ----------
    overloaded : ndarray of int
        Arcs that are still overloaded.
    """

    def __init__(self, instance: SdnInstance, scarce: np.ndarray, rights: dict[int, int]) -> None:
        nodes, arcs, flows = len(instance.nodes), len(instance.tail), instance.size
        self._instance = instance
        self._flows = np.array(sorted(rights, key=lambda f: -instance.bandwidth[f]), np.uint32)
        place = np.full(arcs, -1, np.int64)
        place[scarce] = np.arange(len(scarce))
        words = max(1, (len(scarce) + 63) // 64)
        word = np.zeros((flows, words), np.uint64)
        for flow, bits in rights.items():
            for k in range(words):
                word[flow, k] = bits >> 64 * k & 0xFFFFFFFFFFFFFFFF
        self._rights = Rights(place, word, TRESPASS)
        self._routing = Routing(
            arc=np.zeros((flows, nodes), np.uint32),
            hops=np.zeros(flows, np.int64),
            load=np.zeros(arcs, np.int64),
            history=np.zeros(arcs),
        )
        self._graph = graph_of(instance)
        self._tree = Tree(np.zeros(arcs), np.zeros(nodes), np.zeros(nodes, np.uint32))
        self._heap = new_heap(nodes)
        self._room = np.zeros(nodes, np.uint32)

    @property
    def full(self) -> np.ndarray:
        """Numbers of the arcs without room for anything more, the overloaded ones included."""
        return np.flatnonzero(self._routing.load >= self._instance.capacity)

    @property
    def overloaded(self) -> np.ndarray:
        """Numbers of the overloaded arcs."""
        return np.flatnonzero(self._routing.load > self._instance.capacity)

    def run(self, stop: Callable[[], bool]) -> bool:
        """Negotiate; return whether all flows are routed within all capacities."""
        routing, pressure = self._routing, PRESSURE
        flows = self._flows
        for _ in range(ROUNDS):
            for first in range(0, len(flows), BATCH):
                if stop():
                    return False
                self._route(flows[first : first + BATCH], pressure)
            over = self.overloaded
            if not len(over):
                return bool((routing.hops[self._flows] > 0).all())
            routing.history[over] += RESENTMENT
            pressure *= GROWTH
            hit = np.zeros(len(routing.load), bool)
            hit[over] = True
            within = np.arange(routing.arc.shape[1]) < routing.hops[self._flows][:, None]
            flows = self._flows[(hit[routing.arc[self._flows]] & within).any(axis=1)]
        return False

    def _route(self, flows: np.ndarray, pressure: float) -> None:
        instance = self._instance
        negotiate(
            self._graph, instance.source, instance.target, instance.bandwidth, instance.capacity,
            flows, self._rights, float(pressure), self._routing, self._tree, self._heap, self._room,
        )  # fmt: skip

    def routes(self) -> Routes:
        """Return the paths of all flows that are left when overloaded arcs are relieved.

        The flows with the least weight per bandwidth give way.
        """
        instance, routing = self._instance, self._routing
        density = instance.weights() / instance.bandwidth
        load = routing.load.copy()
        kept = []
        for flow in self._flows[np.argsort(density[self._flows], kind="stable")].tolist():
            arcs = routing.arc[flow, : routing.hops[flow]]
            if len(arcs) and (load[arcs] <= instance.capacity[arcs]).all():
                kept.append(flow)
            else:
                load[arcs] -= instance.bandwidth[flow]
        hops = routing.hops[kept]
        start = np.concatenate([[0], np.cumsum(hops)]).astype(np.int64)
        parts = [routing.arc[flow, : routing.hops[flow]] for flow in kept]
        arc = np.concatenate(parts) if parts else np.zeros(0, np.uint32)
        return Routes(np.array(kept, np.uint32), start, start[1:].copy(), arc)
