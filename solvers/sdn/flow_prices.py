"""The Lagrangian bound flow by flow, with a price for the use of an arc beside bandwidth's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.solvers.sdn._kernels.cover import price_flows
from netroute.solvers.sdn.graph import graph_of, new_heap

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance


class CoverCut(NamedTuple):
    """No more than ``most`` of ``flows``, counted by ``coefficients``, use one arc together."""

    arc: int
    flows: np.ndarray
    coefficients: np.ndarray
    most: int


class Flows(NamedTuple):
    """What the kernel knows of flows; capacities of the arcs are with them."""

    bandwidth: np.ndarray
    source: np.ndarray
    target: np.ndarray
    capacity: np.ndarray


class Charges(NamedTuple):
    """Flow f pays ``amount[k]`` for ``arc[k]``, start[f] <= k < start[f + 1]."""

    start: np.ndarray
    arc: np.ndarray
    amount: np.ndarray


class Scratch(NamedTuple):
    """Room for one shortest-path tree."""

    length: np.ndarray
    distance: np.ndarray
    parent: np.ndarray


class Found(NamedTuple):
    """Cost and arcs of each flow's path: ``arcs[f, : size[f]]``."""

    cost: np.ndarray
    size: np.ndarray
    arcs: np.ndarray


class FlowPrices:
    """Evaluates the bound at prices of arcs and duals of cuts.

    Attributes
    ----------
    found : Found
        Cheapest paths at the latest prices.
    """

    def __init__(self, instance: SdnInstance) -> None:
        nodes, count = len(instance.nodes), instance.size
        self._instance = instance
        self._weights = instance.weights()
        self._graph, self._heap = graph_of(instance), new_heap(nodes)
        self._flows = Flows(
            np.array(instance.bandwidth),
            np.array(instance.source),
            np.array(instance.target),
            np.array(instance.capacity),
        )
        self._scratch = Scratch(
            np.empty(len(instance.tail)), np.empty(nodes), np.empty(nodes, np.uint32)
        )
        self.found = Found(
            np.empty(count), np.zeros(count, np.int64), np.zeros((count, nodes), np.uint32)
        )

    def evaluate(self, prices: np.ndarray, cuts: list[CoverCut], duals: np.ndarray) -> float:
        """Return the bound and fill `found`.

        Parameters
        ----------
        prices : ndarray of float64, shape (m,)
            Of a unit of bandwidth on each arc, at least 0.
        cuts : list of CoverCut
        duals : ndarray of float64
            Of each cut, at least 0.
        """
        used = [(cut, dual) for cut, dual in zip(cuts, duals.tolist(), strict=True) if dual > 0.0]
        charges = self._charges(used)
        count = self._instance.size
        price_flows(
            self._graph,
            self._flows,
            prices,
            charges,
            self._scratch,
            self._heap,
            0,
            count,
            self.found,
        )
        paid = float(self._instance.capacity @ prices)
        for cut, dual in used:
            paid += cut.most * dual
        return paid + float(np.maximum(self._weights - self.found.cost, 0.0).sum())

    def _charges(self, used: list[tuple[CoverCut, float]]) -> Charges:
        count = self._instance.size
        if not used:
            return Charges(np.zeros(count + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))
        flow = np.concatenate([cut.flows for cut, _ in used])
        arc = np.concatenate([np.full(len(cut.flows), cut.arc, np.int64) for cut, _ in used])
        amount = np.concatenate([dual * cut.coefficients for cut, dual in used])
        order = np.argsort(flow, kind="stable")
        start = np.concatenate([[0], np.cumsum(np.bincount(flow, minlength=count))])
        return Charges(start.astype(np.int64), arc[order], amount[order])
