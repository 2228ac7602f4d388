"""A fractional solution of the path formulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.sdn.check import TOLERANCE

if TYPE_CHECKING:
    from netroute.solvers.sdn._kernels.columns import Columns
    from netroute.solvers.sdn.lagrangian import Lagrangian
    from netroute.solvers.sdn.pairs import Pairs
    from netroute.solvers.sdn.path_columns import PathColumns

LEAST_AMOUNT = 1e-3
"""Bandwidth below which a column is left out of a solution: flows have at least 1."""


@dataclass(frozen=True, slots=True, eq=False)
class PathLp:
    """A fractional solution of the path formulation, with its prices.

    Attributes
    ----------
    prices : ndarray of float64, shape (m,)
        Of a unit of bandwidth on each arc, in weight.
    node_prices : ndarray of float64, shape (n,)
        Of a flow-table entry at each node.
    pairs : Pairs
        The flows of each pair; ``pairs.of_flow`` is the pair of a flow.
    pair : ndarray of uint32, shape (P,)
        Pair of each column, ascending.
    start : ndarray of int64, shape (P + 1,)
        The arcs of column p are ``arcs[start[p]:start[p + 1]]``, in order; with protection those
        of the backup path follow from ``start[p] + split[p]`` on.
    split : ndarray of int64, shape (P,)
    arcs : ndarray of uint32
    amount : ndarray of float64, shape (P,)
        Bandwidth on each column.
    flow_value : ndarray of float64, shape (F,)
        Admitted share of each flow, from 0 to 1: a pair's bandwidth goes to its flows with the most
        weight per bandwidth.
    value : float
        Weight of this solution. Loads may exceed limits by about a percent in total while the
        first-order method is at work, and by next to nothing at the end.
    bound : float
        Proven upper bound, rounded down where all weights are integers.
    """

    prices: np.ndarray
    node_prices: np.ndarray
    pairs: Pairs
    pair: np.ndarray
    start: np.ndarray
    split: np.ndarray
    arcs: np.ndarray
    amount: np.ndarray
    flow_value: np.ndarray
    value: float
    bound: float


def extract(
    lagrangian: Lagrangian,
    columns: PathColumns,
    prices: np.ndarray,
    *,
    bound: float,
    least: float,
) -> PathLp:
    """Return the columns with more than ``least`` bandwidth that keep all limits."""
    arrays, pairs = columns.arrays, lagrangian.pairs
    chosen = np.flatnonzero(arrays.amount[: columns.count] > least)
    chosen = chosen[np.argsort(arrays.pair[chosen], kind="stable")]
    start, arcs = _gather(arrays, chosen)
    keeps = _keeps_limits(lagrangian, arrays.pair[chosen], start, arrays.split[chosen], arcs)
    if not keeps.all():
        chosen = chosen[keeps]
        start, arcs = _gather(arrays, chosen)
    pair, amount = arrays.pair[chosen], arrays.amount[chosen]
    flow_value = np.empty(lagrangian.instance.size)
    flow_value[pairs.flow] = _shares(lagrangian, pair, amount)
    return PathLp(
        prices=prices[: lagrangian.arcs].copy(),
        node_prices=lagrangian.node_prices(prices),
        pairs=pairs,
        pair=pair.astype(np.uint32),
        start=start,
        split=arrays.split[chosen],
        arcs=arcs,
        amount=amount,
        flow_value=flow_value,
        value=float(lagrangian.weights @ flow_value),
        bound=bound,
    )


def _gather(arrays: Columns, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return starts and arcs of the chosen columns, one after the other."""
    length = arrays.arcs[chosen]
    start = np.concatenate([[0], np.cumsum(length)]).astype(np.int64)
    place = np.repeat(arrays.start[chosen] - start[:-1], length) + np.arange(start[-1])
    return start, arrays.row[place]


def _keeps_limits(
    lagrangian: Lagrangian,
    pair: np.ndarray,
    start: np.ndarray,
    split: np.ndarray,
    arcs: np.ndarray,
) -> np.ndarray:
    """Whether both paths of each column keep their limits, which pricing of pairs leaves out."""
    instance, pairs = lagrangian.instance, lagrangian.pairs
    limited = bool(instance.features() & {"delay limits", "hop limits"})
    if instance.protection == "none" or not limited or not len(pair):
        return np.ones(len(pair), bool)
    cuts = np.column_stack([start[:-1], start[:-1] + split]).ravel()
    delay = np.add.reduceat(instance.delay[arcs], cuts).reshape(-1, 2)
    hops = np.column_stack([split, np.diff(start) - split])
    most = np.where(pairs.max_hops[pair] > 0, pairs.max_hops[pair], len(instance.nodes))
    longest = pairs.max_delay[pair] * (1.0 + TOLERANCE)
    keeps = (delay <= longest[:, None]) & (hops <= most[:, None])
    found: np.ndarray = keeps.all(axis=1)
    return found


def _shares(lagrangian: Lagrangian, pair: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Share of each flow, in the order of the pairs, that the columns' bandwidth suffices for."""
    pairs, sums = lagrangian.pairs, lagrangian.worth.bandwidth
    bandwidth = np.bincount(pair, amount, minlength=len(pairs.source))
    sizes = np.diff(pairs.start)
    before = sums[:-1] - np.repeat(sums[pairs.start[:-1]], sizes)
    clipped: np.ndarray = np.clip((np.repeat(bandwidth, sizes) - before) / np.diff(sums), 0.0, 1.0)
    return clipped
