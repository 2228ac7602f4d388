"""The Lagrangian of capacities and flow tables: an upper bound at any prices."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.bound import Certificate
from netroute.solvers.sdn._kernels.response import Worth, add_loads, respond
from netroute.solvers.sdn.pairs import pairs_of
from netroute.solvers.sdn.pricing import pricer_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

SAFETY = 1e-9
"""Relative allowance for the rounding errors of sums of floating-point numbers."""


class Lagrangian:
    """The upper bound as a convex function of the prices of rows, with its subgradient.

    A row is an arc, whose limit is its capacity, or a node with a limited flow table; nodes without
    any entry are closed instead. At prices
    ``p >= 0`` no plan is worth more than ``sum limit p + sum over flows of max(0, weight - cost)``,
    where the cost is that of the flow's cheapest path; `value` and `load` are this sum and what
    the flows that gain take of each row.

    Parameters
    ----------
    instance : SdnInstance
    weights : ndarray of float64, shape (F,), optional
        Other weights than the instance's own.

    Attributes
    ----------
    limit : ndarray of float64, shape (R,)
        Capacities of the m arcs, then entries of the limited tables.
    node_row : ndarray of int64, shape (n,)
        Row of each node's table, -1 without a limit or without an entry.
    demand : ndarray of float64, shape (K,)
        Bandwidth that each pair takes.
    load : ndarray of float64, shape (R,)
    value : float

    Notes
    -----
    One evaluation costs one shortest-path tree a source, whatever the number of flows.

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> dual = Lagrangian(net)
    >>> dual.evaluate(np.array([0.25]))
    True
    >>> dual.value, dual.load.tolist()
    (2.5, [3.0])
    """

    def __init__(self, instance: SdnInstance, *, weights: np.ndarray | None = None) -> None:
        own = instance.weights() if weights is None else np.array(weights, np.float64)
        self.instance = instance
        self.weights = own
        self.integral = not (own % 1.0).any()
        self.pairs = pairs_of(instance, weights=own)
        self.pricer = pricer_of(instance, self.pairs)
        self.graph = self.pricer.graph
        self.arcs = len(instance.tail)
        table = instance.table_size
        limited = np.zeros(0, np.int64) if table is None else np.flatnonzero(table > 0)
        self.node_row = np.full(len(instance.nodes), -1, np.int64)
        self.node_row[limited] = self.arcs + np.arange(len(limited))
        entries = np.zeros(0) if table is None else table[limited].astype(np.float64)
        self.limit = np.concatenate([instance.capacity.astype(np.float64), entries])
        self.demand = np.zeros(len(self.pairs.source))
        self.load = np.zeros(len(self.limit))
        self.value = math.inf
        self.paths = self.pricer.paths
        order = self.pairs.flow
        bandwidth = instance.bandwidth[order].astype(np.float64)
        self.worth = Worth(own[order] / bandwidth, _sums(own[order]), _sums(bandwidth))

    def evaluate(self, prices: np.ndarray, stop: Callable[[], bool] = lambda: False) -> bool:
        """Compute `value`, `demand`, `load` and `paths`; return False when stopped before."""
        paths = self.pricer.price(prices[: self.arcs], self.node_prices(prices), stop)
        if paths is None:
            return False
        self.paths = paths
        gained = respond(self.pairs, self.worth, paths.cost, self.demand)
        self.load[:] = 0.0
        add_loads(self.graph, self.node_row, self.pairs, paths, self.demand, self.load)
        self.value = float(self.limit @ prices) + float(gained)
        return True

    def node_prices(self, prices: np.ndarray) -> np.ndarray:
        """Prices of table entries, shape (n,); 0 where the table has no limit."""
        found = np.zeros(len(self.node_row))
        limited = self.node_row >= 0
        found[limited] = prices[self.node_row[limited]]
        return found

    def proven(self, value: float) -> float:
        """Return the bound that a value in floating point proves: whole where weights are."""
        safe = value + SAFETY * max(1.0, abs(value))
        return float(math.floor(safe)) if self.integral else safe

    def certificate(self, prices: np.ndarray, value: float) -> Certificate:
        """Return the bound at prices whose `value` is known, as `verify_bound` takes it."""
        data: dict[str, Any] = {"lambda": prices[: self.arcs].tolist()}
        table = self.instance.table_size
        if table is not None:
            # Where there are no entries, nothing is too dear, and it costs nothing.
            dear = 1.0 + float(self.weights.max(initial=0.0))
            data["mu"] = np.where(table == 0, dear, self.node_prices(prices)).tolist()
        return Certificate("lp", self.proven(value), data)


def _sums(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(values)])
