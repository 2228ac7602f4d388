"""What each flow can choose from: candidate paths and rejection, by what they lose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.solvers.sdn._kernels.choices import REJECTED, Choices, Columns, Tables
from netroute.solvers.sdn._kernels.listing import list_users

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_set import PathSet
    from netroute.solvers.sdn.path_solution import PathLp

MOST = 24
"""Candidate paths of one flow at most."""


class TableUsers(NamedTuple):
    """Options by the nodes whose flow tables they use.

    Attributes
    ----------
    start : ndarray of int64, shape (n + 1,)
    option : ndarray of uint32
    """

    start: np.ndarray
    option: np.ndarray


def make_choices(
    instance: SdnInstance, relaxed: PathLp, paths: PathSet, weights: np.ndarray
) -> tuple[Columns, Choices]:
    """List the options of each flow, best first at the prices of the relaxation.

    Parameters
    ----------
    weights : ndarray of float64, shape (F,)
        What admitting each flow is worth.
    """
    flows, bandwidth = instance.size, np.asarray(instance.bandwidth, np.float64)
    pair = relaxed.pairs.of_flow
    number = np.diff(paths.first)[pair]
    flow = np.repeat(np.arange(flows), number)
    column = np.arange(len(flow)) - np.repeat(np.cumsum(number) - number, number)
    column += paths.first[pair][flow]
    narrow = _over_columns(np.minimum, paths, np.asarray(instance.capacity, np.float64))
    cost = column_sums(paths, relaxed.prices)[column] * bandwidth[flow]
    cost += column_sums(paths, relaxed.node_prices[instance.tail])[column]
    fits = narrow[column] >= bandwidth[flow]
    flow, column, cost = flow[fits], column[fits], cost[fits]
    everyone = np.arange(flows)
    gain = np.concatenate([weights[flow] - cost, np.zeros(flows)])
    flow = np.concatenate([flow, everyone])
    column = np.concatenate([column, np.full(flows, REJECTED, np.int64)])
    order = np.lexsort((-gain, flow))
    flow, column, gain = flow[order], column[order], gain[order]
    first = np.searchsorted(flow, everyone)
    loss = gain[first][flow] - gain
    keep = (np.arange(len(flow)) - first[flow] < MOST) | (column == REJECTED)
    flow, column, loss = flow[keep], column[keep].astype(np.uint32), loss[keep]
    columns = Columns(paths.start, paths.arc)
    size = int(np.diff(paths.start)[column[column != REJECTED]].sum())
    user_start = np.zeros(len(instance.tail) + 1, np.int64)
    user = np.zeros(size, np.uint32)
    list_users(columns.start, columns.arc, column, user_start, user)
    choices = Choices(
        start=np.searchsorted(flow, np.arange(flows + 1)).astype(np.int64),
        column=column,
        loss=loss,
        flow=flow.astype(np.uint32),
        bandwidth=bandwidth,
        weight=np.array(weights, np.float64),
        user_start=user_start,
        user=user,
    )
    return columns, choices


def make_tables(instance: SdnInstance, columns: Columns) -> Tables | None:
    """Return which flow-table entries each column takes; None without limited tables."""
    if "flow tables" not in instance.features() or instance.table_size is None:
        return None
    nodes, count = len(instance.nodes), len(columns.start) - 1
    of = np.repeat(np.arange(count), np.diff(columns.start))
    node = instance.tail[columns.arc].astype(np.int64)
    limited = instance.table_size[node] >= 0
    code, entries = np.unique(of[limited] * nodes + node[limited], return_counts=True)
    of, node = np.divmod(code, nodes)
    room = np.where(instance.table_size < 0, np.inf, instance.table_size)
    return Tables(
        start=np.searchsorted(of, np.arange(count + 1)).astype(np.int64),
        node=node.astype(np.uint32),
        entries=entries.astype(np.float64),
        room=room.astype(np.float64),
        fine=np.zeros(nodes),
    )


def make_table_users(tables: Tables | None, choices: Choices) -> TableUsers | None:
    """Group the options by the nodes whose limited tables they use."""
    if tables is None:
        return None
    used = choices.column[choices.column != REJECTED]
    start = np.zeros(len(tables.room) + 1, np.int64)
    option = np.zeros(int(np.diff(tables.start)[used].sum()), np.uint32)
    list_users(tables.start, tables.node, choices.column, start, option)
    return TableUsers(start, option)


def column_sums(paths: PathSet, values: np.ndarray) -> np.ndarray:
    """Sum values of arcs over each column: float64, shape (C,)."""
    return _over_columns(np.add, paths, np.asarray(values, np.float64))


def _over_columns(operation: np.ufunc, paths: PathSet, values: np.ndarray) -> np.ndarray:
    """Reduce values of arcs over each column, none of which is empty."""
    if not len(paths.arc):
        return np.zeros(0)
    found: np.ndarray = operation.reduceat(values[paths.arc], paths.start[:-1])
    return found
