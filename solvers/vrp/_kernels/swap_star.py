"""SWAP*: exchange two clients of two routes, each to its best place in the other route.

Source: T. Vidal, Hybrid genetic search for the CVRP (Computers & OR 2022), section 4: for a pair
of clients the best place is one of the three best ones of the intact route, or the place of the
client that leaves.
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.vrp._kernels.hgs_moves import changed, overload
from netroute.solvers.vrp._kernels.hgs_routes import leg, place_after
from netroute.solvers.vrp._kernels.hgs_state import MOVES, PENALTY

_TURN = 65535
_FAR = np.float32(1e30)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def overlap(work, r, q):
    """Whether the polar sectors of two routes meet."""
    span_r = (work.route[r].high - work.route[r].low) & _TURN
    span_q = (work.route[q].high - work.route[q].low) & _TURN
    return ((work.route[q].low - work.route[r].low) & _TURN) <= span_r or (
        (work.route[r].low - work.route[q].low) & _TURN
    ) <= span_q


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def table_line(task, work, u, r):
    """Return the line of the cache for client u and route r."""
    width = work.table.shape[0] // task.client.shape[0]
    return np.int64(u) * width + r % width


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def prepare(task, work, r, q):
    """Measure, for each client of route r, leaving it and the three best places in route q."""
    n = task.client.shape[0]
    depot_r, depot_q = np.uint32(n + r), np.uint32(n + q)
    tag = np.uint32(q + 1)
    stamp = np.uint32(work.progress[MOVES])
    changed_q = work.route[q].changed
    u = work.node[depot_r].next
    while u != depot_r:
        before = work.node[u].previous
        work.node[u].removal = (
            leg(task, before, work.node[u].next) - work.node[before].leg - work.node[u].leg
        )
        line = table_line(task, work, u, q)
        if work.table[line].tag != tag or np.int64(work.table[line].stamp) < changed_q:
            first = second = third = _FAR
            at_first = at_second = at_third = depot_q
            v = depot_q
            to_v = leg(task, u, v)
            while True:
                after = work.node[v].next
                to_after = leg(task, u, after)
                cost = np.float32(to_v + to_after - work.node[v].leg)
                if cost < third:
                    if cost < second:
                        third, at_third = second, at_second
                        if cost < first:
                            second, at_second = first, at_first
                            first, at_first = cost, v
                        else:
                            second, at_second = cost, v
                    else:
                        third, at_third = cost, v
                v = after
                to_v = to_after
                if v == depot_q:
                    break
            work.table[line].cost_1 = first
            work.table[line].cost_2 = second
            work.table[line].cost_3 = third
            work.table[line].at_1 = at_first
            work.table[line].at_2 = at_second
            work.table[line].at_3 = at_third
            work.table[line].stamp = stamp
            work.table[line].tag = tag
        u = work.node[u].next


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def best_place(task, work, u, v, q):
    """Return the cheapest extra distance of u in route q once v has left, and the place."""
    before, after = work.node[v].previous, work.node[v].next
    cost = (
        leg(task, before, u) + leg(task, u, after) - work.node[before].leg - work.node[v].leg
    ) - work.node[v].removal
    place = before
    line = table_line(task, work, u, q)
    node, listed = work.table[line].at_1, work.table[line].cost_1
    if node in (v, before):
        node, listed = work.table[line].at_2, work.table[line].cost_2
        if node in (v, before):
            node, listed = work.table[line].at_3, work.table[line].cost_3
    if listed < cost:
        return np.float64(listed), node
    return cost, place


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def place_cost(task, work, u, v, place):
    """Return exactly what `best_place` has from a table of single precision."""
    after = work.node[place].next
    if v != u and after == v:
        after = work.node[v].next
        gone = work.node[place].leg + work.node[v].leg + work.node[v].removal
    else:
        gone = work.node[place].leg
    return leg(task, place, u) + leg(task, u, after) - gone


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def swap_star(task, work, r, q):
    """Carry out the best SWAP* or relocation between routes r and q, if it improves."""
    n = task.client.shape[0]
    nodes = work.node
    capacity = task.limits[0]
    penalty = work.figures[PENALTY]
    nothing = np.uint32(0)
    depot_r, depot_q = np.uint32(n + r), np.uint32(n + q)
    for side in range(2):
        prepare(task, work, r if side == 0 else q, q if side == 0 else r)
    load_r = work.route[r].load
    total = load_r + work.route[q].load
    base = penalty * overload(load_r, total, capacity)
    best = -task.limits[1]
    best_u = best_v = place_u = place_v = nothing
    u = work.node[depot_r].next
    while u != depot_r:
        v = work.node[depot_q].next
        removal = work.node[u].removal - base
        while v != depot_q:
            # Insertion never shortens a route, so that this much is needed already.
            gain = removal + work.node[v].removal
            if gain < best:
                after = load_r + nodes[v].demand - nodes[u].demand
                gain += penalty * overload(after, total, capacity)
                if gain < best:
                    cost_u, at_u = best_place(task, work, u, v, q)
                    gain += cost_u
                    if gain < best:
                        cost_v, at_v = best_place(task, work, v, u, r)
                        gain += cost_v
                        if gain < best:
                            best = gain
                            best_u, best_v, place_u, place_v = u, v, at_u, at_v
            v = work.node[v].next
        u = work.node[u].next
    for side in range(2):
        home, other = (r, q) if side == 0 else (q, r)
        depot = np.uint32(n + home)
        u = work.node[depot].next
        while u != depot:
            line = table_line(task, work, u, other)
            after = work.route[home].load - nodes[u].demand
            gain = work.node[u].removal + np.float64(work.table[line].cost_1) - base
            if gain < best:
                gain += penalty * overload(after, total, capacity)
                if gain < best:
                    best = gain
                    if side == 0:
                        best_u, best_v, place_u = u, nothing, work.table[line].at_1
                    else:
                        best_u, best_v, place_v = nothing, u, work.table[line].at_1
            u = work.node[u].next
    if best_u == nothing and best_v == nothing:
        return
    after = load_r
    exact = -base
    if best_u != nothing:
        after -= nodes[best_u].demand
        v = best_v if best_v != nothing else best_u
        exact += work.node[best_u].removal + place_cost(task, work, best_u, v, place_u)
    if best_v != nothing:
        after += nodes[best_v].demand
        v = best_u if best_u != nothing else best_v
        exact += work.node[best_v].removal + place_cost(task, work, best_v, v, place_v)
    if exact + penalty * overload(after, total, capacity) < -task.limits[1]:
        if best_u != nothing:
            place_after(work, best_u, place_u)
        if best_v != nothing:
            place_after(work, best_v, place_v)
        changed(task, work, r, q)
