"""Simulated annealing over each flow's choice of a candidate path, with ejection chains.

A step changes the choice of one flow. Where that fills arcs beyond their capacity and is too dear
by itself, flows on the dearest of these arcs change theirs, one after the other, until the chain as
a whole is accepted or given up.

Source of the idea of ejection chains: F. Glover, Ejection chains, reference structures and
alternating path methods for traveling salesman problems (Discrete Applied Mathematics 1996).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below, uniform
from netroute.solvers.sdn._kernels.choices import REJECTED, change_cost, shift

TRIES = 3
"""Options drawn at most for each flow wanted on an arc: not every option is the current one."""


class Search(NamedTuple):
    """Where the search stands.

    Attributes
    ----------
    current : ndarray of uint32, shape (F,)
        Option of each flow.
    width : ndarray of int64, shape (F,)
        How many of its first options a flow may change to.
    pool : ndarray of uint32, shape (F,)
        The flows that have anything to change to, at the front.
    room : ndarray of float64, shape (m,)
        Free capacity, negative where it is exceeded.
    fine : ndarray of float64, shape (m,)
        For a unit of bandwidth in excess.
    chain : ndarray of uint32, shape (2, depth + 1)
        Flows of the chain in work and their options before it.
    rng : ndarray of uint64, shape (1,)
    """

    current: np.ndarray
    width: np.ndarray
    pool: np.ndarray
    room: np.ndarray
    fine: np.ndarray
    chain: np.ndarray
    rng: np.ndarray


@kernel(_nrt=False)
def set_widths(choices, search, limit):
    """Let flows choose among options that lose at most ``limit``; return the pool's size."""
    size = 0
    for f in range(len(search.width)):
        flow = np.uint32(f)
        first, last = choices.start[flow], choices.start[flow + np.uint32(1)]
        width = 0
        while first + width < last and choices.loss[first + width] <= limit:
            width += 1
        search.width[flow] = width
        if width > 1 or (width == 1 and np.int64(search.current[flow]) != first):
            search.pool[size] = flow
            size += 1
    return size


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _draw_option(choices, search, flow):
    """Return another option than the current one, the current one where there is none."""
    first, width = choices.start[flow], search.width[flow]
    now = search.current[flow]
    place = np.int64(now) - first
    if place >= width:
        return np.uint32(first + below(search.rng, width)) if width > 0 else now
    if width < 2:
        return now
    drawn = below(search.rng, width - 1)
    if drawn >= place:
        drawn += 1
    return np.uint32(first + drawn)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def choose(columns, tables, choices, search, flow, option):
    """Change a flow's choice."""
    bandwidth = choices.bandwidth[flow]
    shift(columns, tables, search.room, choices.column[search.current[flow]], bandwidth, -1.0)
    shift(columns, tables, search.room, choices.column[option], bandwidth, 1.0)
    search.current[flow] = option


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _cost(columns, tables, choices, search, fixed, flow, option):
    return change_cost(
        columns, tables, search.room, search.fine, fixed, choices, flow,
        choices.column[search.current[flow]], choices.column[option],
    )  # fmt: skip


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _dearest_arc(columns, search, column):
    """Return the arc of a column whose excess is fined most, -1 where none is in excess."""
    found, most = np.int64(-1), 0.0
    for k in range(columns.start[column], columns.start[column + np.uint32(1)]):
        a = columns.arc[k]
        if search.room[a] < 0.0 and -search.room[a] * search.fine[a] >= most:
            most = -search.room[a] * search.fine[a]
            found = np.int64(a)
    return found


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _in_chain(search, size, flow):
    found = False
    for i in range(size):
        found |= search.chain[0, i] == flow
    return found


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _best_ejection(columns, tables, choices, search, fixed, arc, size, samples, enough):
    """Return (flow, option, cost) of the best of some changes of flows on ``arc``.

    The first one that costs at most ``enough`` will do; the cost is infinite where none is found.
    """
    low = choices.user_start[arc]
    number = choices.user_start[arc + np.uint32(1)] - low
    best_flow, best_option, best = np.uint32(0), np.uint32(0), np.inf
    seen = 0
    for _ in range(TRIES * samples):
        used = choices.user[low + below(search.rng, number)]
        flow = choices.flow[used]
        if search.current[flow] != used or _in_chain(search, size, flow):
            continue
        option = _draw_option(choices, search, flow)
        if option == used:
            continue
        cost = _cost(columns, tables, choices, search, fixed, flow, option)
        if cost < best:
            best_flow, best_option, best = flow, option, cost
            if cost <= enough:
                break
        seen += 1
        if seen == samples:
            break
    return best_flow, best_option, best


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _chain(columns, tables, choices, search, fixed, flow, option, cost, enough, samples):
    """Start a chain by a change that costs more than ``enough``; undo it unless it gets cheaper."""
    depth = search.chain.shape[1] - 1
    size = 0
    while True:
        search.chain[0, size] = flow
        search.chain[1, size] = search.current[flow]
        size += 1
        choose(columns, tables, choices, search, flow, option)
        if cost <= enough:
            return True
        column = choices.column[option]
        if column == REJECTED:
            column = choices.column[search.current[search.chain[0, 0]]]
        arc = np.int64(-1)
        if size <= depth and column != REJECTED:
            arc = _dearest_arc(columns, search, column)
        if arc < 0:
            break
        flow, option, more = _best_ejection(
            columns, tables, choices, search, fixed, np.uint32(arc), size, samples, enough - cost
        )
        if more >= 0.0 or (size == depth and cost + more > enough):
            break
        cost += more
    for i in range(size - 1, -1, -1):
        choose(columns, tables, choices, search, search.chain[0, i], search.chain[1, i])
    return False


@kernel(_nrt=False)
def anneal(
    columns, tables, choices, search, pool_size, fixed, temperature, reach, samples, iterations
):  # fmt: skip
    """Take ``iterations`` steps at one temperature; return how many changed anything.

    ``fixed`` is the fine for each arc in excess beyond that for its units; a chain is begun by
    changes that cost less than ``reach``, and tries ``samples`` flows for each of its links.
    """
    accepted = 0
    for _ in range(iterations):
        flow = search.pool[below(search.rng, pool_size)]
        option = _draw_option(choices, search, flow)
        cost = _cost(columns, tables, choices, search, fixed, flow, option)
        enough = 0.0
        if cost > 0.0:
            enough = temperature * -np.log(1.0 - uniform(search.rng))
        if cost <= enough:
            choose(columns, tables, choices, search, flow, option)
            accepted += 1
        elif (
            cost < reach
            and choices.column[option] != REJECTED
            and _chain(columns, tables, choices, search, fixed, flow, option, cost, enough, samples)
        ):
            accepted += 1
    return accepted
