"""Granular local search with SWAP*; it can stop and go on between any two clients."""

import numpy as np

from netroute.core.jit import kernel
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


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def search_client(task, work, u):
    """Try the moves of client u towards its neighbours and an empty route."""
    n = task.client.shape[0]
    progress = work.progress
    last = work.node[u].tested
    work.node[u].tested = progress[MOVES]
    first_time = last < 0
    k = task.near_start[u]
    end = task.near_start[u + 1]
    progress[WORK] += 2
    head = False
    v = u
    while k <= end:
        fresh = first_time
        if head:
            v = work.node[v].previous
        elif k < end:
            v = task.near[k]
        else:
            # Opening a route is tried from the second pass on, when the others have settled.
            if progress[LOOP] == 0 or progress[EMPTY] < 0:
                break
            v = np.uint32(n + progress[EMPTY])
            fresh = progress[LOOP] == 1 and work.route[work.node[u].route].settled == 0
        one, other = work.route[work.node[u].route], work.route[work.node[v].route]
        known = one.settled != 0 and one.settled == other.settled
        if not known and (fresh or one.changed > last or other.changed > last):
            progress[WORK] += 1
            kind = best_move(task, work, u, v)
            if kind > 0:
                apply_move(task, work, kind, u, v)
                progress[WORK] += 4
            elif not head and k < end and work.node[v].previous >= n:
                head = True
                continue
        head = False
        k += 1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def search_route(task, work, r):
    """Try SWAP* between route r and those whose polar sectors overlap with its own."""
    progress = work.progress
    last = work.route[r].tested
    work.route[r].tested = progress[MOVES]
    progress[WORK] += 1
    if work.route[r].count == 0:
        return
    for i in range(work.route.shape[0]):
        q = work.route[i].order
        if q <= r:  # each pair is met from its lower route
            continue
        one, other = work.route[r], work.route[q]
        known = one.settled != 0 and one.settled == other.settled
        stale = last < 0 or one.changed > last or other.changed > last
        if stale and not known and other.count > 0 and overlap(work, r, q):
            progress[WORK] += 2 + (work.route[r].count + work.route[q].count) // 4
            swap_star(task, work, r, q)
            if work.route[r].count == 0:
                return


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def descend(task, work, limit):
    """Improve until no move is left; False if the work limit came first (call again to go on)."""
    n = task.client.shape[0]
    m = work.route.shape[0]
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
            # SWAP* is dear: it waits while the other moves still change a lot.
            rough = 4 * (progress[MOVES] - progress[LOOP_MOVES]) > n
            progress[INDEX] = m if rough else 0
        while progress[INDEX] < m:
            if progress[WORK] >= limit:
                return False
            r = work.route[progress[INDEX]].order
            progress[INDEX] += 1
            search_route(task, work, r)
        if progress[LOOP] > 0 and progress[MOVES] == progress[LOOP_MOVES]:
            return True
        progress[LOOP] += 1
        progress[PHASE] = 0
        progress[INDEX] = 0
        progress[LOOP_MOVES] = progress[MOVES]
