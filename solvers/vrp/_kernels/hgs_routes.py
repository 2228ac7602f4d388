"""Routes as linked rings: build, refresh, cut and join, read out."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import below
from netroute.solvers.vrp._kernels.hgs_state import (
    COUNT,
    DISTANCE,
    EMPTY,
    EXCESS,
    INDEX,
    LOOP,
    LOOP_MOVES,
    MOTHER,
    MOVES,
    PHASE,
)

_TURN = 65535
_STAMP_LIMIT = 1 << 31


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def leg(task, i, j):
    """Return the distance between two nodes, depot copies included."""
    n = task.client.shape[0]
    a = i if i < n else np.uint32(0)
    b = j if j < n else np.uint32(0)
    return distance(task.source, a, b)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def refresh(task, work, r):
    """Recompute everything that is kept for route r from its ring."""
    n = task.client.shape[0]
    depot = np.uint32(n + r)
    load = 0.0
    count = 0
    low = 0
    high = 0
    node = depot
    work.node[depot].load_to = 0.0
    work.node[depot].position = 0
    while True:
        after = work.node[node].next
        work.node[node].leg = leg(task, node, after)
        if after == depot:
            break
        count += 1
        load += work.node[after].demand
        work.node[after].load_to = load
        work.node[after].position = count
        work.node[after].route = np.uint32(r)
        angle = work.node[after].angle
        if count == 1:
            low = angle
            high = angle
        elif ((angle - low) & _TURN) > ((high - low) & _TURN):
            if ((angle - high) & _TURN) <= ((low - angle) & _TURN):
                high = angle
            else:
                low = angle
        node = after
    work.route[r].load = load
    work.route[r].count = count
    work.route[r].low = low
    work.route[r].high = high
    work.route[r].changed = work.progress[MOVES]
    work.route[r].settled = 0


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def find_empty(work):
    """Note the first empty route, or -1."""
    work.progress[EMPTY] = -1
    for r in range(work.route.shape[0]):
        if work.route[r].count == 0:
            work.progress[EMPTY] = r
            return


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def begin(task, work):
    """Link the routes in ``tour`` and ``start`` and make ready for a local search."""
    n = task.client.shape[0]
    m = work.route.shape[0]
    progress = work.progress
    if progress[MOVES] > _STAMP_LIMIT:
        progress[MOVES] = 0
        for i in range(work.table.shape[0]):
            work.table[i].tag = np.uint32(0)
    progress[MOVES] += 1
    for r in range(m):
        depot = np.uint32(n + r)
        work.node[depot].route = np.uint32(r)
        node = depot
        if r < progress[COUNT]:
            for i in range(work.start[r], work.start[r + 1]):
                client = work.tour[i]
                work.node[node].next = client
                work.node[client].previous = node
                node = client
        work.node[node].next = depot
        work.node[depot].previous = node
        refresh(task, work, r)
        work.route[r].tested = -1
        work.route[r].order = r
    find_empty(work)
    for i in range(n - 1):
        node = np.uint32(i + 1)
        work.order[i] = node
        work.node[node].tested = -1
    for i in range(n - 2, 0, -1):
        j = below(work.random, i + 1)
        work.order[i], work.order[j] = work.order[j], work.order[i]
    for i in range(m - 1, 0, -1):
        j = below(work.random, i + 1)
        first = work.route[i].order
        work.route[i].order = work.route[j].order
        work.route[j].order = first
    progress[LOOP] = 0
    progress[PHASE] = 0
    progress[INDEX] = 0
    progress[LOOP_MOVES] = progress[MOVES]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def settle(task, work, population, repairing):
    """Mark routes among which no move needs to be tried before one of them changes.

    A local search has ended on each parent, so it knows the pairs of routes that both come
    unchanged from the same one. A repair follows a search under a lower penalty, which knows the
    pairs of routes without excess.
    """
    n = task.client.shape[0]
    for r in range(work.progress[COUNT]):
        if repairing:
            work.route[r].settled = 1 if work.route[r].load <= task.limits[0] else 0
            continue
        depot = np.uint32(n + r)
        for side in range(2):
            parent = work.progress[MOTHER + side]
            if parent < 0:
                continue
            node = work.node[depot].next
            same = population.previous[parent, node] == 0
            while same and node != depot:
                after = work.node[node].next
                same = population.next[parent, node] == (after if after != depot else 0)
                node = after
            if same:
                work.route[r].settled = 1 + side
                break


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def export(task, work):
    """Write the routes to ``tour`` and ``start`` by direction, and measure them."""
    n = task.client.shape[0]
    m = work.route.shape[0]
    distance_sum = 0.0
    excess = 0.0
    count = 0
    for r in range(m):
        if work.route[r].count == 0:
            continue
        x = 0.0
        y = 0.0
        depot = np.uint32(n + r)
        distance_sum += work.node[depot].leg
        node = work.node[depot].next
        while node != depot:
            distance_sum += work.node[node].leg
            x += task.client[node].x
            y += task.client[node].y
            node = work.node[node].next
        excess += max(0.0, work.route[r].load - task.limits[0])
        angle = np.arctan2(y, x)
        # Insertion by direction: neighbours in the tour are neighbours in the plane.
        i = count
        while i > 0 and work.route[i - 1].key > angle:
            work.route[i].key = work.route[i - 1].key
            work.route[i].order = work.route[i - 1].order
            i -= 1
        work.route[i].key = angle
        work.route[i].order = r
        count += 1
    place = 0
    for i in range(count):
        work.start[i] = place
        depot = np.uint32(n + work.route[i].order)
        node = work.node[depot].next
        while node != depot:
            work.tour[place] = node
            place += 1
            node = work.node[node].next
    work.start[count] = place
    work.progress[COUNT] = count
    work.figures[DISTANCE] = distance_sum
    work.figures[EXCESS] = excess


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
def join(work, a, b):
    """Let b follow a."""
    work.node[a].next = b
    work.node[b].previous = a


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def place_after(work, u, v):
    """Take u out of its route and put it behind v."""
    join(work, work.node[u].previous, work.node[u].next)
    after = work.node[v].next
    join(work, v, u)
    join(work, u, after)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def exchange(work, u, v):
    """Let u and v, which are not neighbours, change places."""
    before_u, after_u = work.node[u].previous, work.node[u].next
    before_v, after_v = work.node[v].previous, work.node[v].next
    join(work, before_u, v)
    join(work, v, after_u)
    join(work, before_v, u)
    join(work, u, after_v)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def turn(work, first, end):
    """Swap the links of the nodes from ``first`` until ``end``, which is left out."""
    node = first
    while node != end:
        after = work.node[node].next
        work.node[node].next = work.node[node].previous
        work.node[node].previous = after
        node = after
