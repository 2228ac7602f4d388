"""The moves of the granular local search between the surroundings of two nodes.

With x behind u and y behind v: put u, (u, x) or (x, u) behind v; swap u with v, (u, x) with v,
(u, x) with (v, y); 2-opt; both forms of 2-opt*. Two routes change their loads by opposite amounts,
so that a move is judged by its change of distance and the new load of the first route alone.
Source: T. Vidal, Hybrid genetic search for the CVRP (Computers & OR 2022), section 3.
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.vrp._kernels.hgs_routes import (
    exchange,
    find_empty,
    join,
    leg,
    place_after,
    refresh,
    turn,
)
from netroute.solvers.vrp._kernels.hgs_state import EMPTY, MOVES, PENALTY

(
    RELOCATE,
    RELOCATE_PAIR,
    RELOCATE_REVERSED,
    SWAP,
    SWAP_PAIR_ONE,
    SWAP_PAIRS,
    TWO_OPT,
    CROSS_REVERSED,
    CROSS,
) = range(1, 10)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def overload(load_u, total, capacity):
    """Excess of two routes that share the load ``total``, the first one carrying ``load_u``."""
    return max(0.0, load_u - capacity) + max(0.0, total - load_u - capacity)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def best_move(task, work, u, v):
    """Return the best improving move of u towards v, 0 where there is none.

    v may be a depot copy, then only moves to the head of its route are meant.
    """
    n = task.client.shape[0]
    nodes = work.node
    capacity = task.limits[0]
    penalty = work.figures[PENALTY]
    ru, rv = nodes[u].route, nodes[v].route
    p, x = nodes[u].previous, nodes[u].next
    y = nodes[v].next
    xx = nodes[x].next
    pu, ux, vy, xxx = nodes[p].leg, nodes[u].leg, nodes[v].leg, nodes[x].leg
    w = nodes[v].previous
    wv, yyy = nodes[w].leg, nodes[y].leg
    other = ru != rv
    load_u = work.route[ru].load
    total = load_u + work.route[rv].load
    base = penalty * overload(load_u, total, capacity) if other else 0.0
    uv = leg(task, u, v)
    # By the triangle inequality no move gains where u and v lie this far apart.
    around = pu + ux + xxx
    if 2.0 * uv - base >= max(2.0 * (ux + vy), around + 2.0 * vy, around + wv + vy + yyy):
        return 0
    uy, xv, xy = leg(task, u, y), leg(task, x, v), leg(task, x, y)
    best = -task.limits[1]
    kind = 0
    # Removing all excess gains `base` at most: `bound` rejects by distance alone.
    bound = best + base
    if v != p:
        change = leg(task, p, x) - pu - ux + uv + uy - vy
        if change < bound:
            if other:
                change += penalty * overload(load_u - nodes[u].demand, total, capacity) - base
            if change < best:
                best = change
                bound = best + base
                kind = RELOCATE
        if x < n and v != x:
            p_xx = leg(task, p, xx)
            stem = p_xx - pu - xxx - vy
            straight = uv + xy
            reverse = xv + uy
            change = stem + min(straight, reverse)
            if change < bound:
                if other:
                    after = load_u - nodes[u].demand - nodes[x].demand
                    change += penalty * overload(after, total, capacity) - base
                if change < best:
                    best = change
                    bound = best + base
                    kind = RELOCATE_PAIR if straight <= reverse else RELOCATE_REVERSED
        if v < n and v != x:
            pv, wu = leg(task, p, v), leg(task, w, u)
            stem = pv + wu - pu - wv
            if u < v:
                change = stem + xv + uy - ux - vy
                if change < bound:
                    if other:
                        after = load_u + nodes[v].demand - nodes[u].demand
                        change += penalty * overload(after, total, capacity) - base
                    if change < best:
                        best = change
                        bound = best + base
                        kind = SWAP
            if x < n and v != xx:
                change = stem + leg(task, v, xx) + xy - xxx - vy
                if change < bound:
                    if other:
                        after = load_u + nodes[v].demand - nodes[u].demand - nodes[x].demand
                        change += penalty * overload(after, total, capacity) - base
                    if change < best:
                        best = change
                        bound = best + base
                        kind = SWAP_PAIR_ONE
                if u < v and y < n and y != p:
                    yy = nodes[y].next
                    change = stem + leg(task, y, xx) + leg(task, x, yy) - xxx - yyy
                    if change < bound:
                        if other:
                            after = (
                                load_u
                                + nodes[v].demand
                                + nodes[y].demand
                                - nodes[u].demand
                                - nodes[x].demand
                            )
                            change += penalty * overload(after, total, capacity) - base
                        if change < best:
                            best = change
                            bound = best + base
                            kind = SWAP_PAIRS
    if other:
        if u < v:
            change = uv + xy - ux - vy
            if change < bound:
                after = nodes[u].load_to + nodes[v].load_to
                change += penalty * overload(after, total, capacity) - base
                if change < best:
                    best = change
                    bound = best + base
                    kind = CROSS_REVERSED
        change = uy + xv - ux - vy
        if change < bound:
            after = nodes[u].load_to + work.route[rv].load - nodes[v].load_to
            change += penalty * overload(after, total, capacity) - base
            if change < best:
                kind = CROSS
    elif v < n and v != x and nodes[u].position < nodes[v].position and uv + xy - ux - vy < best:
        kind = TWO_OPT
    return kind


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def apply_move(task, work, kind, u, v):
    """Carry out a move that `best_move` found."""
    ru, rv = np.int64(work.node[u].route), np.int64(work.node[v].route)
    x, y = work.node[u].next, work.node[v].next
    if kind == TWO_OPT:
        turn(work, x, y)
        join(work, u, v)
        join(work, x, y)
    elif kind >= CROSS_REVERSED:
        _cross(task, work, kind, u, v)
    else:
        if kind >= SWAP:
            exchange(work, u, v)
        elif kind != RELOCATE_REVERSED:
            place_after(work, u, v)
        if kind == RELOCATE_REVERSED:
            place_after(work, x, v)
            place_after(work, u, x)
        elif kind in (RELOCATE_PAIR, SWAP_PAIR_ONE):
            place_after(work, x, u)
        elif kind == SWAP_PAIRS:
            exchange(work, x, y)
    changed(task, work, ru, rv)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def changed(task, work, ru, rv):
    """Count a move and refresh its routes."""
    work.progress[MOVES] += 1
    for k in range(1 if ru == rv else 2):
        refresh(task, work, ru if k == 0 else rv)
    if work.route[ru].count == 0 or work.route[rv].count == 0 or work.progress[EMPTY] == rv:
        find_empty(work)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _cross(task, work, kind, u, v):
    """2-opt*: the parts up to u and v and the parts behind them are joined anew."""
    n = np.int64(task.client.shape[0])
    depot_u = np.uint32(n + np.int64(work.node[u].route))
    depot_v = np.uint32(n + np.int64(work.node[v].route))
    x, y = work.node[u].next, work.node[v].next
    last_u, last_v = work.node[depot_u].previous, work.node[depot_v].previous
    first_v = work.node[depot_v].next
    if kind == CROSS:
        # First u … y, then v … x; a missing part closes the ring at its depot.
        if y != depot_v:
            join(work, u, y)
            join(work, last_v, depot_u)
        else:
            join(work, u, depot_u)
        if x != depot_u:
            join(work, v, x)
            join(work, last_u, depot_v)
        else:
            join(work, v, depot_v)
        return
    if v != depot_v:
        turn(work, first_v, y)
    if x != depot_u:
        turn(work, x, depot_u)
    if v != depot_v:
        join(work, u, v)
        join(work, first_v, depot_u)
    else:
        join(work, u, depot_u)
    if x != depot_u:
        join(work, depot_v, last_u)
        join(work, x, y)
    else:
        join(work, depot_v, y)
