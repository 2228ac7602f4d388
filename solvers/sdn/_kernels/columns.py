"""Paths that a linear programme knows, each once, linked by their pair."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

COUNT, PAIR = 0, 1
"""Places in the state: number of columns, and the pair at which to go on."""


class Columns(NamedTuple):
    """Room for columns; only the first ``state[COUNT]`` are there.

    Attributes
    ----------
    state : ndarray of int64, shape (2,)
    first : ndarray of int64, shape (K,)
        Latest column of each pair, -1 without one.
    following : ndarray of int64
        The column before it of the same pair, -1 at the end.
    pair : ndarray of int64
    start : ndarray of int64
        The rows of column p are ``row[start[p]:start[p + 1]]``: the arcs of its path, then the
        limited flow tables that it uses.
    arcs, split : ndarray of int64
        How many of these rows are arcs, and how many of the first path.
    row : ndarray of uint32
    amount : ndarray of float64
        Bandwidth on the path, in units of the caller's.
    """

    state: np.ndarray
    first: np.ndarray
    following: np.ndarray
    pair: np.ndarray
    start: np.ndarray
    arcs: np.ndarray
    split: np.ndarray
    row: np.ndarray
    amount: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _find(columns, paths, k):
    """Return the column of pair k with this path, -1 if there is none."""
    low = paths.start[k]
    length = paths.start[k + 1] - low
    p = columns.first[k]
    while p >= 0:
        if columns.arcs[p] == length and columns.split[p] == paths.split[k]:
            begin = columns.start[p]
            same = True
            for i in range(length):
                if columns.row[begin + i] != paths.arc[low + i]:
                    same = False
                    break
            if same:
                return p
        p = columns.following[p]
    return np.int64(-1)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _insert(graph, node_row, columns, paths, k):
    """Append the path of pair k; return its number, -1 where there is no room left."""
    p = columns.state[COUNT]
    low, high = paths.start[k], paths.start[k + 1]
    end = columns.start[p]
    if p + 1 >= len(columns.start) or end + 2 * (high - low) > len(columns.row):
        return np.int64(-1)
    for at in range(low, high):
        columns.row[end] = paths.arc[at]
        end += 1
    for at in range(low, high):
        row = node_row[graph.tail[paths.arc[at]]]
        if row >= 0:
            columns.row[end] = row
            end += 1
    columns.start[p + 1] = end
    columns.pair[p] = k
    columns.arcs[p] = high - low
    columns.split[p] = paths.split[k]
    columns.amount[p] = 0.0
    columns.following[p] = columns.first[k]
    columns.first[k] = p
    columns.state[COUNT] = p + 1
    return p


@kernel(_nrt=False)
def add_demands(graph, node_row, columns, paths, demand, scale):
    """Add ``scale`` times the demand of each pair to the column of its path, if it has one.

    Goes on at ``state[PAIR]``; returns False where there is no room left.
    """
    for k in range(columns.state[PAIR], len(demand)):
        columns.state[PAIR] = k
        if demand[k] > 0.0 and paths.start[k] < paths.start[k + 1]:
            p = _find(columns, paths, k)
            if p < 0:
                p = _insert(graph, node_row, columns, paths, k)
                if p < 0:
                    return False
            columns.amount[p] += scale * demand[k]
    columns.state[PAIR] = 0
    return True


@kernel(_nrt=False)
def add_cheaper(graph, node_row, columns, paths, limit):
    """Add the path of each pair that costs less than its limit and is not known.

    Goes on at ``state[PAIR]``; returns False where there is no room left.
    """
    for k in range(columns.state[PAIR], len(limit)):
        columns.state[PAIR] = k
        if (
            paths.cost[k] < limit[k]
            and paths.start[k] < paths.start[k + 1]
            and _find(columns, paths, k) < 0
            and _insert(graph, node_row, columns, paths, k) < 0
        ):
            return False
    columns.state[PAIR] = 0
    return True


@kernel(_nrt=False)
def keep_columns(columns, chosen):
    """Drop all columns but the chosen ones, in place."""
    for k in range(len(columns.first)):
        columns.first[k] = -1
    count = 0
    end = np.int64(0)
    for p in range(columns.state[COUNT]):
        if chosen[p]:
            low, high = columns.start[p], columns.start[p + 1]
            k = columns.pair[p]
            columns.pair[count] = k
            columns.arcs[count] = columns.arcs[p]
            columns.split[count] = columns.split[p]
            columns.amount[count] = columns.amount[p]
            columns.start[count] = end
            for at in range(low, high):
                columns.row[end] = columns.row[at]
                end += 1
            columns.following[count] = columns.first[k]
            columns.first[k] = count
            count += 1
            columns.start[count] = end
    columns.state[COUNT] = count


@kernel(_nrt=False)
def measure_columns(columns, pairs, arcs, price, length):
    """Fill the cost of a unit of bandwidth on each column; rows from ``arcs`` on are tables."""
    for p in range(columns.state[COUNT]):
        total = 0.0
        tables = 0.0
        for at in range(columns.start[p], columns.start[p + 1]):
            row = columns.row[at]
            if row < arcs:
                total += price[row]
            else:
                tables += price[row]
        length[p] = total + pairs.unit[columns.pair[p]] * tables
