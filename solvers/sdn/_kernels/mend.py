"""Make the choices of a search keep all capacities, use what room is left, shorten paths."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.anneal import choose
from netroute.solvers.sdn._kernels.choices import REJECTED, shift


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def fits(columns, tables, room, column, bandwidth):
    """Whether a column has room for a flow that does not use it."""
    for k in range(columns.start[column], columns.start[column + np.uint32(1)]):
        if room[columns.arc[k]] < bandwidth:
            return False
    if tables is not None:
        for k in range(tables.start[column], tables.start[column + np.uint32(1)]):
            if tables.room[tables.node[k]] < tables.entries[k]:
                return False
    return True


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _way_out(columns, tables, choices, search, flow):
    """Return the option by which a flow leaves its column: the best one with room, or rejection."""
    first, last = choices.start[flow], choices.start[flow + np.uint32(1)]
    now, bandwidth = search.current[flow], choices.bandwidth[flow]
    shift(columns, tables, search.room, choices.column[now], bandwidth, -1.0)
    found = now
    for i in range(first, last):
        option = np.uint32(i)
        if option == now:
            continue
        column = choices.column[option]
        if column == REJECTED:
            found = option
        elif fits(columns, tables, search.room, column, bandwidth):
            found = option
            break
    shift(columns, tables, search.room, choices.column[now], bandwidth, 1.0)
    return found


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _relieve(columns, tables, choices, search, low, high, users, over, per_flow):
    """Let the flow leave that costs least for what it relieves, of those on an arc or node."""
    best_flow, best_option, best = np.uint32(0), REJECTED, np.inf
    for k in range(low, high):
        used = users[k]
        flow = choices.flow[used]
        if search.current[flow] != used:
            continue
        option = _way_out(columns, tables, choices, search, flow)
        cost = 0.0
        if choices.column[option] == REJECTED:
            cost = choices.weight[flow]
        # Among those that can go elsewhere: what they lose, by the relaxation's prices.
        cost += 1e-3 * max(0.0, choices.loss[option] - choices.loss[used])
        relief = 1.0 if per_flow else min(over, choices.bandwidth[flow])
        if cost / relief < best:
            best_flow, best_option, best = flow, option, cost / relief
    if best_option != REJECTED:
        choose(columns, tables, choices, search, best_flow, best_option)
    return best_option != REJECTED


@kernel(_nrt=False)
def mend(columns, tables, choices, search, table_users, place, most):
    """Move or reject flows until no arc and no node holds too much.

    ``table_users`` are the options that use each node, as (start, option), with limited tables.
    Arcs and then nodes are gone through from number ``place`` on; return the number to go on from,
    when ``most`` options have been looked at, or how many there are when all is done.
    """
    arcs = len(search.room)
    places = arcs if tables is None else arcs + len(tables.room)
    while place < min(places, arcs):
        arc = np.uint32(place)
        low, high = choices.user_start[arc], choices.user_start[arc + np.uint32(1)]
        while search.room[arc] < 0.0:
            if most <= 0:
                return place
            most -= high - low
            over = -search.room[arc]
            if not _relieve(columns, tables, choices, search, low, high, choices.user, over, False):
                break
        place += 1
    if tables is not None:
        while place < places:
            node = np.uint32(place - arcs)
            low, high = table_users.start[node], table_users.start[node + np.uint32(1)]
            while tables.room[node] < 0.0:
                if most <= 0:
                    return place
                most -= high - low
                if not _relieve(
                    columns, tables, choices, search, low, high, table_users.option, 1.0, True
                ):
                    break
            place += 1
    return place


@kernel(_nrt=False)
def fill(columns, tables, choices, search, order, first, last):
    """Admit rejected flows in this order where an option has room, from place ``first`` on.

    Return the admitted weight of all flows up to place ``last - 1``.
    """
    value = 0.0
    for i in range(first, last):
        flow = order[i]
        if choices.column[search.current[flow]] == REJECTED:
            begin, end = choices.start[flow], choices.start[flow + np.uint32(1)]
            for k in range(begin, end):
                column = choices.column[np.uint32(k)]
                if column != REJECTED and fits(
                    columns, tables, search.room, column, choices.bandwidth[flow]
                ):
                    choose(columns, tables, choices, search, flow, np.uint32(k))
                    break
        if choices.column[search.current[flow]] != REJECTED:
            value += choices.weight[flow]
    return value


@kernel(_nrt=False)
def shorten(columns, tables, choices, search, delay, order, first, last):
    """Put admitted flows onto the column with the least ``delay`` that has room for them.

    Flows come in this order from place ``first`` to ``last - 1``; return bandwidth times delay of
    all of them, and how much less that is than before.
    """
    spent, saved = 0.0, 0.0
    for i in range(first, last):
        flow = order[i]
        now = choices.column[search.current[flow]]
        if now == REJECTED:
            continue
        bandwidth = choices.bandwidth[flow]
        best, least = search.current[flow], delay[now]
        shift(columns, tables, search.room, now, bandwidth, -1.0)
        for k in range(choices.start[flow], choices.start[flow + np.uint32(1)]):
            option = np.uint32(k)
            column = choices.column[option]
            if column == REJECTED or delay[column] >= least:
                continue
            if fits(columns, tables, search.room, column, bandwidth):
                best, least = option, delay[column]
        shift(columns, tables, search.room, now, bandwidth, 1.0)
        saved += bandwidth * (delay[now] - least)
        spent += bandwidth * least
        if least < delay[now]:
            choose(columns, tables, choices, search, flow, best)
    return spent, saved
