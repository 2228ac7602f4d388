"""States that a policy meets when it builds a given plan route by route."""

import math

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.tables import distance

DIRECT = 1
BY_DEPOT = 2


@kernel(_nrt=False)
def cut_plans(tables, instance, order, opens, size, begun, planar, draw, part, room, state):
    """Stop in the middle of each plan, and say what may come next.

    Routes are built one after the other, in the order of a sweep around the depot, each from the
    end that is nearest to where the last one ended; the first one at random. Where directions are
    not shown the next one is that with the nearest end, and all others are as right.

    Parameters
    ----------
    instance : int64 (S,)
    order, opens : int64 and bool (I, N)
        Clients in order of visit, and whether a route begins there.
    size : int64 (I,)
        Clients.
    begun : bool (I,)
        Whether the first route is on its way: its first node is where the vehicle is.
    planar : uint8 (I,)
        Whether directions are shown.
    draw : float64 (S, 6)
        Uniform numbers below 1.
    part : float
        Share of the states in which some neighbouring routes are the whole instance.
    room : Room
        Scratch.
    state : Cut
        Gets the result.
    """
    for s in range(len(instance)):
        b = instance[s]
        routes = _routes(order[b], opens[b], size[b], room)
        whole = 0.0 if begun[b] else part
        _keep(tables, b, order[b], routes, draw[s], whole, room)
        total = 0
        for r in range(routes):
            if room.kept[r]:
                total += room.begin[r + 1] - room.begin[r]
        if begun[b]:
            # Half of the states are where the vehicle is, the others later.
            later = draw[s, 0] < 0.5
            stop = 1 + int(draw[s, 2] * (total - 1)) if later else 1
        else:
            stop = int(draw[s, 2] * total)
        _walk(tables, s, b, order[b], routes, stop, begun[b], planar[b], draw[s], room, state)


@kernel(_nrt=False)
def _routes(order, opens, size, room):
    routes = 0
    for q in range(size):
        if opens[q]:
            room.begin[routes] = q
            routes += 1
    room.begin[routes] = size
    return routes


@kernel(_nrt=False)
def _keep(tables, b, order, routes, draw, part, room):
    """Keep all routes, or those nearest to one of them."""
    for r in range(routes):
        room.kept[r] = True
        x = 0.0
        y = 0.0
        for q in range(room.begin[r], room.begin[r + 1]):
            x += tables.x[b, order[q]]
            y += tables.y[b, order[q]]
        length = room.begin[r + 1] - room.begin[r]
        room.x[r] = x / length
        room.y[r] = y / length
    if draw[0] >= part:
        return
    middle = int(draw[1] * routes)
    wanted = 1 + int(draw[5] * routes)
    for r in range(routes):
        room.kept[r] = False
    for _ in range(wanted):
        nearest = -1
        least = np.inf
        for r in range(routes):
            dx = room.x[r] - room.x[middle]
            dy = room.y[r] - room.y[middle]
            if not room.kept[r] and dx * dx + dy * dy < least:
                least = dx * dx + dy * dy
                nearest = r
        room.kept[nearest] = True


@kernel(_nrt=False)
def _walk(tables, s, b, order, routes, stop, begun, planar, draw, room, state):
    count = 0
    for r in range(routes):
        if room.kept[r]:
            count += 1
    chosen = 0 if begun else int(draw[3] * count)
    at = 0
    while chosen > 0 or not room.kept[at]:
        if room.kept[at]:
            chosen -= 1
        at += 1
    backward = draw[4] < 0.5 and not begun
    last = 0
    load = 0.0
    swept = False
    while stop >= room.begin[at + 1] - room.begin[at]:
        stop -= room.begin[at + 1] - room.begin[at]
        room.kept[at] = False
        last = order[room.begin[at]] if backward else order[room.begin[at + 1] - 1]
        load = 0.0
        for q in range(room.begin[at], room.begin[at + 1]):
            load += tables.demand[b, order[q]]
        swept = planar
        own = _direction(tables, b, room, at)
        nearest = np.inf
        for r in range(routes):
            if room.kept[r]:
                first = distance(tables, b, last, order[room.begin[r]])
                final = distance(tables, b, last, order[room.begin[r + 1] - 1])
                far = min(first, final)
                if planar:
                    far = (_direction(tables, b, room, r) - own) % (2.0 * math.pi)
                if far < nearest:
                    nearest = far
                    at = r
                    backward = final < first
    for v in range(state.target.shape[1]):
        state.target[s, v] = 0
    number = 0
    for r in range(routes):
        if not room.kept[r] or r == at:
            continue
        for q in range(room.begin[r], room.begin[r + 1]):
            state.left[s, number] = order[q]
            number += 1
        if stop == 0 and not swept:
            state.target[s, order[room.begin[r]]] = BY_DEPOT
            state.target[s, order[room.begin[r + 1] - 1]] = BY_DEPOT
    if stop == 0:
        state.target[s, order[room.begin[at]]] = BY_DEPOT
        state.target[s, order[room.begin[at + 1] - 1]] = BY_DEPOT
    else:
        load = 0.0
    length = room.begin[at + 1] - room.begin[at]
    for q in range(length):
        node = order[room.begin[at + 1] - 1 - q if backward else room.begin[at] + q]
        if q < stop:
            load += tables.demand[b, node]
            last = node
        else:
            state.left[s, number] = node
            number += 1
            if q == stop and stop > 0:
                state.target[s, node] = DIRECT
    state.here[s] = last
    state.number[s] = number
    state.room[s] = max(0.0, 1.0 - load)


@kernel(_nrt=False)
def _direction(tables, b, room, r):
    """Return the direction of a route's centre, seen from the depot."""
    return math.atan2(room.y[r] - tables.y[b, 0], room.x[r] - tables.x[b, 0])
