"""What the search over candidate paths works on, and the cost of one change in it.

Loads may exceed capacities during the search, at a fine for each unit and each arc in excess.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

REJECTED = np.uint32(0xFFFFFFFF)
"""The column of a flow that is not admitted."""


class Columns(NamedTuple):
    """Candidate paths (with protection: pairs of paths).

    Attributes
    ----------
    start : ndarray of int64, shape (C + 1,)
        The arcs of column c are ``arc[start[c]:start[c + 1]]``.
    arc : ndarray of uint32
    """

    start: np.ndarray
    arc: np.ndarray


class Choices(NamedTuple):
    """What each flow can choose from.

    Attributes
    ----------
    start : ndarray of int64, shape (F + 1,)
        The options of flow f are ``start[f]`` to ``start[f + 1] - 1``, best first.
    column : ndarray of uint32, shape (O,)
        Column of each option or `REJECTED`, which each flow has once.
    loss : ndarray of float64, shape (O,)
        How much less than the flow's best option it gains at the prices of the relaxation.
    flow : ndarray of uint32, shape (O,)
    bandwidth, weight : ndarray of float64, shape (F,)
    user_start : ndarray of int64, shape (m + 1,)
        The options that use arc a are ``user[user_start[a]:user_start[a + 1]]``.
    user : ndarray of uint32
    """

    start: np.ndarray
    column: np.ndarray
    loss: np.ndarray
    flow: np.ndarray
    bandwidth: np.ndarray
    weight: np.ndarray
    user_start: np.ndarray
    user: np.ndarray


class Tables(NamedTuple):
    """Flow tables: the nodes of each column and what room their tables have.

    Attributes
    ----------
    start : ndarray of int64, shape (C + 1,)
    node : ndarray of uint32
        Each node once.
    entries : ndarray of float64
        Entries that the column takes at the node.
    room : ndarray of float64, shape (n,)
        Free entries now; negative where too many are in use.
    fine : ndarray of float64, shape (n,)
    """

    start: np.ndarray
    node: np.ndarray
    entries: np.ndarray
    room: np.ndarray
    fine: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def excess_fine(room, need, fine, fixed):
    """Fine for taking ``need`` where there is ``room``."""
    over = need - room
    if over <= 0.0:
        return 0.0
    return fine * over + fixed if over <= need else fine * need


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def shift(columns, tables, room, column, bandwidth, sign):
    """Take (sign 1.0) or give back (-1.0) what a flow needs on a column."""
    if column == REJECTED:
        return
    amount = sign * bandwidth
    for k in range(columns.start[column], columns.start[column + np.uint32(1)]):
        room[columns.arc[k]] -= amount
    if tables is not None:
        for k in range(tables.start[column], tables.start[column + np.uint32(1)]):
            tables.room[tables.node[k]] -= sign * tables.entries[k]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def use_fine(columns, tables, room, fine, fixed, column, bandwidth):
    """Fines for putting a flow on a column that it does not use yet."""
    if column == REJECTED:
        return 0.0
    total = 0.0
    for k in range(columns.start[column], columns.start[column + np.uint32(1)]):
        a = columns.arc[k]
        total += excess_fine(room[a], bandwidth, fine[a], fixed)
    if tables is not None:
        for k in range(tables.start[column], tables.start[column + np.uint32(1)]):
            v = tables.node[k]
            total += excess_fine(tables.room[v], tables.entries[k], tables.fine[v], fixed)
    return total


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def change_cost(columns, tables, room, fine, fixed, choices, flow, old, new):
    """Lost weight plus additional fines when a flow goes from column ``old`` to ``new``."""
    bandwidth = choices.bandwidth[flow]
    cost = 0.0
    if old == REJECTED:
        cost -= choices.weight[flow]
    elif new == REJECTED:
        cost += choices.weight[flow]
    shift(columns, tables, room, old, bandwidth, -1.0)
    cost += use_fine(columns, tables, room, fine, fixed, new, bandwidth)
    cost -= use_fine(columns, tables, room, fine, fixed, old, bandwidth)
    shift(columns, tables, room, old, bandwidth, 1.0)
    return cost
