"""Routes as linked rings: build, refresh, cut and join, read out."""

import numpy as np
from netroute.solvers.vrp._kernels.distance import distance
from netroute.solvers.vrp._kernels.hgs_state import (
    COUNT,
    DISTANCE,
    EMPTY,
    EXCESS,
    INDEX,
    LOOP,
    LOOP_MOVES,
    MOVES,
    PHASE,
)
from netroute.solvers.vrp._kernels.rng import below

from netroute.core.jit import kernel

_TURN = 65535
_STAMP_LIMIT = 1 << 31


@kernel(_nrt=False)
def leg(task, i, j):
    """Return the distance between two nodes, depot copies included."""
    n = task.demand.shape[0]
    a = i if i < n else np.uint32(0)
    b = j if j < n else np.uint32(0)
    return distance(task.source, a, b)


@kernel(_nrt=False)
def refresh(task, work, r):
    """Recompute everything that is kept for route r from its ring."""
    n = task.demand.shape[0]
    depot = np.uint32(n + r)
    load = 0.0
    count = 0
    low = 0
    high = 0
    node = depot
    work.load_to[depot] = 0.0
    work.position[depot] = 0
    while True:
        after = work.next[node]
        work.leg[node] = leg(task, node, after)
        if after == depot:
            break
        count += 1
        load += task.demand[after]
        work.load_to[after] = load
        work.position[after] = count
        work.route[after] = np.uint32(r)
        angle = task.angle[after]
        if count == 1:
            low = angle
            high = angle
        elif ((angle - low) & _TURN) > ((high - low) & _TURN):
            if ((angle - high) & _TURN) <= ((low - angle) & _TURN):
                high = angle
            else:
                low = angle
        node = after
    work.load[r] = load
    work.count[r] = count
    work.low[r] = low
    work.high[r] = high
    work.changed[r] = work.progress[MOVES]


@kernel(_nrt=False)
def find_empty(work):
    """Note the first empty route, or -1."""
    work.progress[EMPTY] = -1
    for r in range(work.count.shape[0]):
        if work.count[r] == 0:
            work.progress[EMPTY] = r
            return


@kernel(_nrt=False)
def begin(task, work):
    """Link the routes in ``tour`` and ``start`` and make ready for a local search."""
    n = task.demand.shape[0]
    m = work.count.shape[0]
    progress = work.progress
    if progress[MOVES] > _STAMP_LIMIT:
        progress[MOVES] = 0
        for i in range(work.table.shape[0]):
            work.table[i, 7] = np.uint32(0)
    progress[MOVES] += 1
    for r in range(m):
        depot = np.uint32(n + r)
        work.route[depot] = np.uint32(r)
        node = depot
        if r < progress[COUNT]:
            for i in range(work.start[r], work.start[r + 1]):
                client = work.tour[i]
                work.next[node] = client
                work.previous[client] = node
                node = client
        work.next[node] = depot
        work.previous[depot] = node
        refresh(task, work, r)
        work.star_tested[r] = -1
        work.route_order[r] = r
    find_empty(work)
    for i in range(n - 1):
        node = np.uint32(i + 1)
        work.order[i] = node
        work.tested[node] = -1
    for i in range(n - 2, 0, -1):
        j = below(work.random, i + 1)
        work.order[i], work.order[j] = work.order[j], work.order[i]
    for i in range(m - 1, 0, -1):
        j = below(work.random, i + 1)
        work.route_order[i], work.route_order[j] = work.route_order[j], work.route_order[i]
    progress[LOOP] = 0
    progress[PHASE] = 0
    progress[INDEX] = 0
    progress[LOOP_MOVES] = progress[MOVES]


@kernel(_nrt=False)
def export(task, work):
    """Write the routes to ``tour`` and ``start`` by direction, and measure them."""
    n = task.demand.shape[0]
    m = work.count.shape[0]
    distance_sum = 0.0
    excess = 0.0
    count = 0
    for r in range(m):
        if work.count[r] == 0:
            continue
        x = 0.0
        y = 0.0
        depot = np.uint32(n + r)
        distance_sum += work.leg[depot]
        node = work.next[depot]
        while node != depot:
            distance_sum += work.leg[node]
            x += task.x[node]
            y += task.y[node]
            node = work.next[node]
        excess += max(0.0, work.load[r] - task.limits[0])
        angle = np.arctan2(y, x)
        # Insertion by direction: neighbours in the tour are neighbours in the plane.
        i = count
        while i > 0 and work.key[i - 1] > angle:
            work.key[i] = work.key[i - 1]
            work.route_order[i] = work.route_order[i - 1]
            i -= 1
        work.key[i] = angle
        work.route_order[i] = r
        count += 1
    place = 0
    for i in range(count):
        work.start[i] = place
        depot = np.uint32(n + work.route_order[i])
        node = work.next[depot]
        while node != depot:
            work.tour[place] = node
            place += 1
            node = work.next[node]
    work.start[count] = place
    work.progress[COUNT] = count
    work.figures[DISTANCE] = distance_sum
    work.figures[EXCESS] = excess


@kernel(_nrt=False)
def join(work, a, b):
    """Let b follow a."""
    work.next[a] = b
    work.previous[b] = a


@kernel(_nrt=False)
def place_after(work, u, v):
    """Take u out of its route and put it behind v."""
    join(work, work.previous[u], work.next[u])
    after = work.next[v]
    join(work, v, u)
    join(work, u, after)


@kernel(_nrt=False)
def exchange(work, u, v):
    """Let u and v, which are not neighbours, change places."""
    before_u, after_u = work.previous[u], work.next[u]
    before_v, after_v = work.previous[v], work.next[v]
    join(work, before_u, v)
    join(work, v, after_u)
    join(work, before_v, u)
    join(work, u, after_v)


@kernel(_nrt=False)
def turn(work, first, end):
    """Swap the links of the nodes from ``first`` until ``end``, which is left out."""
    node = first
    while node != end:
        after = work.next[node]
        work.next[node] = work.previous[node]
        work.previous[node] = after
        node = after
