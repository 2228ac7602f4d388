"""Granular local search with SWAP*; it can stop and go on between any two clients."""

import numpy as np
from netroute.solvers.vrp._kernels.hgs_moves import apply_move, best_move
from netroute.solvers.vrp._kernels.hgs_state import (
    EMPTY,
    INDEX,
    LOOP,
    LOOP_MOVES,
    MOVES,
    PHASE,
    WORK,
)
from netroute.solvers.vrp._kernels.swap_star import overlap, swap_star

from netroute.core.jit import kernel


@kernel(_nrt=False)
def search_client(task, work, u):
    """Try the moves of client u towards its neighbours and an empty route."""
    n = task.demand.shape[0]
    progress = work.progress
    last = work.tested[u]
    work.tested[u] = progress[MOVES]
    first_time = last < 0
    k = task.near_start[u]
    end = task.near_start[u + 1]
    progress[WORK] += 2
    head = False
    v = u
    while k <= end:
        fresh = first_time
        if head:
            v = work.previous[v]
        elif k < end:
            v = task.near[k]
        else:
            # Opening a route is tried from the second pass on, when the others have settled.
            if progress[LOOP] == 0 or progress[EMPTY] < 0:
                break
            v = np.uint32(n + progress[EMPTY])
            fresh = progress[LOOP] == 1
        if fresh or work.changed[work.route[u]] > last or work.changed[work.route[v]] > last:
            progress[WORK] += 1
            kind = best_move(task, work, u, v)
            if kind > 0:
                apply_move(task, work, kind, u, v)
                progress[WORK] += 4
            elif not head and k < end and work.previous[v] >= n:
                head = True
                continue
        head = False
        k += 1


@kernel(_nrt=False)
def search_route(task, work, r):
    """Try SWAP* between route r and those whose polar sectors overlap with its own."""
    progress = work.progress
    last = work.star_tested[r]
    work.star_tested[r] = progress[MOVES]
    progress[WORK] += 1
    if work.count[r] == 0:
        return
    for i in range(work.route_order.shape[0]):
        q = work.route_order[i]
        # Each pair is met from its lower route, which changes with either of the two.
        if (
            q > r
            and work.count[q] > 0
            and (last < 0 or work.changed[r] > last or work.changed[q] > last)
            and overlap(work, r, q)
        ):
            progress[WORK] += 2 + (work.count[r] + work.count[q]) // 4
            swap_star(task, work, r, q)
            if work.count[r] == 0:
                return


@kernel(_nrt=False)
def descend(task, work, limit):
    """Improve until no move is left; False if the work limit came first (call again to go on)."""
    n = task.demand.shape[0]
    m = work.count.shape[0]
    progress = work.progress
    while True:
        if progress[PHASE] == 0:
            while progress[INDEX] < n - 1:
                if progress[WORK] >= limit:
                    return False
                u = work.order[progress[INDEX]]
                progress[INDEX] += 1
                search_client(task, work, u)
            progress[PHASE] = 1
            progress[INDEX] = 0
        while progress[INDEX] < m:
            if progress[WORK] >= limit:
                return False
            r = work.route_order[progress[INDEX]]
            progress[INDEX] += 1
            search_route(task, work, r)
        if progress[LOOP] > 0 and progress[MOVES] == progress[LOOP_MOVES]:
            return True
        progress[LOOP] += 1
        progress[PHASE] = 0
        progress[INDEX] = 0
        progress[LOOP_MOVES] = progress[MOVES]
