"""SWAP*: exchange two clients of two routes, each to its best place in the other route.

Source: T. Vidal, Hybrid genetic search for the CVRP (Computers & OR 2022), section 4: for a pair
of clients the best place is one of the three best ones of the intact route, or the place of the
client that leaves.
"""

import numpy as np
from netroute.solvers.vrp._kernels.hgs_moves import changed, overload
from netroute.solvers.vrp._kernels.hgs_routes import leg, place_after
from netroute.solvers.vrp._kernels.hgs_state import MOVES, PENALTY

from netroute.core.jit import kernel

_TURN = 65535
_FAR = np.float32(1e30)


@kernel(_nrt=False)
def overlap(work, r, q):
    """Whether the polar sectors of two routes meet."""
    span_r = (work.high[r] - work.low[r]) & _TURN
    span_q = (work.high[q] - work.low[q]) & _TURN
    return ((work.low[q] - work.low[r]) & _TURN) <= span_r or (
        (work.low[r] - work.low[q]) & _TURN
    ) <= span_q


@kernel(_nrt=False)
def table_line(task, work, u, r):
    """Return the line of the cache for client u and route r."""
    width = work.table.shape[0] // task.demand.shape[0]
    return np.int64(u) * width + r % width


@kernel(_nrt=False)
def prepare(task, work, r, q):
    """Measure, for each client of route r, leaving it and the three best places in route q."""
    n = task.demand.shape[0]
    depot_r, depot_q = np.uint32(n + r), np.uint32(n + q)
    tag = np.uint32(q + 1)
    stamp = np.uint32(work.progress[MOVES])
    changed_q = work.changed[q]
    u = work.next[depot_r]
    while u != depot_r:
        before = work.previous[u]
        work.removal[u] = leg(task, before, work.next[u]) - work.leg[before] - work.leg[u]
        line = table_line(task, work, u, q)
        if work.table[line, 7] != tag or np.int64(work.table[line, 6]) < changed_q:
            first = second = third = _FAR
            at_first = at_second = at_third = depot_q
            v = depot_q
            to_v = leg(task, u, v)
            while True:
                after = work.next[v]
                to_after = leg(task, u, after)
                cost = np.float32(to_v + to_after - work.leg[v])
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
            work.table_cost[line, 0] = first
            work.table_cost[line, 1] = second
            work.table_cost[line, 2] = third
            work.table[line, 3] = at_first
            work.table[line, 4] = at_second
            work.table[line, 5] = at_third
            work.table[line, 6] = stamp
            work.table[line, 7] = tag
        u = work.next[u]


@kernel(_nrt=False)
def best_place(task, work, u, v, q):
    """Return the cheapest extra distance of u in route q once v has left, and the place."""
    before, after = work.previous[v], work.next[v]
    cost = (
        leg(task, before, u) + leg(task, u, after) - work.leg[before] - work.leg[v]
    ) - work.removal[v]
    place = before
    line = table_line(task, work, u, q)
    for k in range(3):
        node = work.table[line, 3 + k]
        if node != v and node != before:
            listed = np.float64(work.table_cost[line, k])
            if listed < cost and listed < 1e29:
                cost = listed
                place = node
            break
    return cost, place


@kernel(_nrt=False)
def place_cost(task, work, u, v, place):
    """Return exactly what `best_place` has from a table of single precision."""
    after = work.next[place]
    if v != u and after == v:
        after = work.next[v]
        gone = work.leg[place] + work.leg[v] + work.removal[v]
    else:
        gone = work.leg[place]
    return leg(task, place, u) + leg(task, u, after) - gone


@kernel(_nrt=False)
def swap_star(task, work, r, q):
    """Carry out the best SWAP* or relocation between routes r and q, if it improves."""
    n = task.demand.shape[0]
    demand = task.demand
    capacity = task.limits[0]
    penalty = work.figures[PENALTY]
    nothing = np.uint32(0)
    depot_r, depot_q = np.uint32(n + r), np.uint32(n + q)
    for side in range(2):
        prepare(task, work, r if side == 0 else q, q if side == 0 else r)
    load_r = work.load[r]
    total = load_r + work.load[q]
    base = penalty * overload(load_r, total, capacity)
    best = -task.limits[1]
    best_u = best_v = place_u = place_v = nothing
    u = work.next[depot_r]
    while u != depot_r:
        v = work.next[depot_q]
        removal = work.removal[u] - base
        while v != depot_q:
            # Insertion never shortens a route, so that this much is needed already.
            gain = removal + work.removal[v]
            if gain < best:
                after = load_r + demand[v] - demand[u]
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
            v = work.next[v]
        u = work.next[u]
    for side in range(2):
        home, other = (r, q) if side == 0 else (q, r)
        depot = np.uint32(n + home)
        u = work.next[depot]
        while u != depot:
            line = table_line(task, work, u, other)
            after = work.load[home] - demand[u]
            gain = work.removal[u] + np.float64(work.table_cost[line, 0]) - base
            if gain < best:
                gain += penalty * overload(after, total, capacity)
                if gain < best:
                    best = gain
                    if side == 0:
                        best_u, best_v, place_u = u, nothing, work.table[line, 3]
                    else:
                        best_u, best_v, place_v = nothing, u, work.table[line, 3]
            u = work.next[u]
    if best_u == nothing and best_v == nothing:
        return
    after = load_r
    exact = -base
    if best_u != nothing:
        after -= demand[best_u]
        v = best_v if best_v != nothing else best_u
        exact += work.removal[best_u] + place_cost(task, work, best_u, v, place_u)
    if best_v != nothing:
        after += demand[best_v]
        v = best_u if best_u != nothing else best_v
        exact += work.removal[best_v] + place_cost(task, work, best_v, v, place_v)
    if exact + penalty * overload(after, total, capacity) < -task.limits[1]:
        if best_u != nothing:
            place_after(work, best_u, place_u)
        if best_v != nothing:
            place_after(work, best_v, place_v)
        changed(task, work, r, q)
