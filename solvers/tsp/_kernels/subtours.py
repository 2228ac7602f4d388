"""Exchange an AB-cycle in a tour, find the subtours that are left, and join them to a tour again.

All work grows with the length of the cycle and the size of the small subtours, not with that of the
tour: between two removed edges the old tour is one segment. Source: Y. Nagata and S. Kobayashi, A
powerful genetic algorithm using edge assembly crossover for the traveling salesman problem (INFORMS
Journal on Computing 2013).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance

FREE, TAKEN = -1, -2
"""Values of `Child.partner`: no new edge yet; one that is being entered."""


class Child(NamedTuple):
    """A tour that is being changed, and scratch.

    Attributes
    ----------
    order, place : ndarray of int64, shape (n,)
        The tour before its changes, as nodes in order and the place of each.
    log, best : ndarray of int64, shape (m, 3)
        Changes of neighbours: node, old and new neighbour; those in hand, and of the best child.
    logged : ndarray of int64, shape (2,)
        How many of both.
    cut : ndarray of int64, shape (2 n,)
        Places after which the tour is cut, ascending: segment s ends at ``cut[s]`` and begins
        after the cut before.
    partner : ndarray of int64, shape (4 n,)
        To which end of a segment a new edge leads; 2 s is the first, 2 s + 1 the last node of s.
    part, chain : ndarray of int64, shape (2 n,)
        Subtour of each segment, and the next segment of the same subtour or -1.
    size, head : ndarray of int64, shape (2 n,)
        Nodes of each subtour, 0 if it has been joined, and its first segment.
    """

    order: np.ndarray
    place: np.ndarray
    log: np.ndarray
    best: np.ndarray
    logged: np.ndarray
    cut: np.ndarray
    partner: np.ndarray
    part: np.ndarray
    chain: np.ndarray
    size: np.ndarray
    head: np.ndarray


@kernel(_nrt=False)
def swap_link(link, v, old, new):
    """Let node v have the neighbour ``new`` in place of ``old``."""
    if link[v, 0] == old:
        link[v, 0] = new
    else:
        link[v, 1] = new


@kernel(_nrt=False)
def change(link, child, v, old, new):
    """Swap a neighbour and note it."""
    swap_link(link, v, old, new)
    count = child.logged[0]
    child.log[count, 0] = v
    child.log[count, 1] = old
    child.log[count, 2] = new
    child.logged[0] = count + 1


@kernel(_nrt=False)
def revert(link, child):
    """Take back all changes in hand."""
    for k in range(child.logged[0] - 1, -1, -1):
        swap_link(link, child.log[k, 0], child.log[k, 2], child.log[k, 1])
    child.logged[0] = 0


@kernel(_nrt=False)
def _sink(x, i, size):
    value = x[i]
    while 2 * i + 1 < size:
        j = 2 * i + 1
        if j + 1 < size and x[j + 1] > x[j]:
            j += 1
        if x[j] <= value:
            break
        x[i] = x[j]
        i = j
    x[i] = value


@kernel(_nrt=False)
def sort_first(x, size):
    """Sort the first ``size`` values: by insertion while they are few, else by a heap."""
    if size > 24:
        for i in range(size // 2 - 1, -1, -1):
            _sink(x, i, size)
        for last in range(size - 1, 0, -1):
            x[0], x[last] = x[last], x[0]
            _sink(x, np.int64(0), last)
        return
    for i in range(1, size):
        value = x[i]
        j = i - 1
        while j >= 0 and x[j] > value:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = value


@kernel(_nrt=False)
def segment_of(cut, cuts, place):
    """Return the segment that holds a place of the old tour."""
    low = 0
    high = cuts
    while low < high:
        middle = (low + high) // 2
        if cut[middle] < place:
            low = middle + 1
        else:
            high = middle
    return 0 if low == cuts else low


@kernel(_nrt=False)
def _first_place(child, cuts, segment):
    """Return the place at which a segment begins."""
    place = child.cut[segment - 1 if segment > 0 else cuts - 1] + 1
    return 0 if place == child.order.size else place


@kernel(_nrt=False)
def _free_end(child, cuts, v):
    """Return an end of a segment at node v that has no new edge yet.

    A segment of one node has two of them.
    """
    segment = segment_of(child.cut, cuts, child.place[v])
    first = 2 * segment
    at_first = child.place[v] == _first_place(child, cuts, segment)
    return first if at_first and child.partner[first] == FREE else first + 1


@kernel(_nrt=False)
def _cut(link, cycles, number, child):
    """Exchange the edges of a cycle; return how many cuts that makes."""
    n = child.order.size
    begin = cycles.start[number]
    end = cycles.start[number + 1]
    cuts = 0
    for i in range(begin, end, 2):
        u = cycles.node[i]
        v = cycles.node[i + 1]
        later = cycles.node[i + 2 if i + 2 < end else begin]
        earlier = cycles.node[i - 1 if i > begin else end - 1]
        step = child.place[v] - child.place[u]
        child.cut[cuts] = child.place[u] if step == 1 or step == 1 - n else child.place[v]
        cuts += 1
        change(link, child, u, v, earlier)
        change(link, child, v, u, later)
    sort_first(child.cut, cuts)
    return cuts


@kernel(_nrt=False)
def exchange(link, cycles, number, child):
    """Exchange the edges of an AB-cycle; return the cuts it makes, and the subtours left."""
    cuts = _cut(link, cycles, number, child)
    for i in range(2 * cuts):
        child.partner[i] = FREE
    begin = cycles.start[number]
    end = cycles.start[number + 1]
    for i in range(begin + 1, end, 2):
        a = _free_end(child, cuts, cycles.node[i])
        child.partner[a] = TAKEN
        b = _free_end(child, cuts, cycles.node[i + 1 if i + 1 < end else begin])
        child.partner[a] = b
        child.partner[b] = a
    for s in range(cuts):
        child.part[s] = -1
    parts = 0
    for s in range(cuts):
        if child.part[s] >= 0:
            continue
        child.head[parts] = -1
        size = 0
        here = 2 * s
        while child.part[here >> 1] < 0:
            t = here >> 1
            child.part[t] = parts
            child.chain[t] = child.head[parts]
            child.head[parts] = t
            length = child.cut[t] - _first_place(child, cuts, t) + 1
            size += length if length > 0 else length + child.order.size
            here = child.partner[here ^ 1]
        child.size[parts] = size
        parts += 1
    return cuts, parts


@kernel(_nrt=False)
def _smallest(child, parts):
    best = -1
    for p in range(parts):
        if child.size[p] > 0 and (best < 0 or child.size[p] < child.size[best]):
            best = p
    return best


@kernel(_nrt=False)
def _distance(source, i, j):
    return distance(source, np.uint32(i), np.uint32(j))


@kernel(_nrt=False)
def _best_join(link, source, moves, child, cuts, part):
    """Find the best exchange of an edge of a subtour for one outside.

    Returns its gain, minus infinity if there is none, and the nodes u, u', v, v': edges (u, u') and
    (v, v') become (u, v) and (u', v').
    """
    n = child.order.size
    gain = -np.inf
    best = (0, 0, 0, 0)
    segment = child.head[part]
    while segment >= 0:
        place = _first_place(child, cuts, segment)
        while True:
            u = child.order[place]
            for q in range(moves.limits[3]):
                v = np.int64(moves.near[u, q])
                if child.part[segment_of(child.cut, cuts, child.place[v])] == part:
                    continue
                for side in range(4):
                    u_next = np.int64(link[u, side & 1])
                    v_next = np.int64(link[v, side >> 1])
                    value = _distance(source, u, u_next) + _distance(source, v, v_next)
                    value -= moves.far[u, q] + _distance(source, u_next, v_next)
                    if value > gain:
                        gain = value
                        best = (u, u_next, v, v_next)
            if place == child.cut[segment]:
                break
            place = place + 1 if place + 1 < n else 0
        segment = child.chain[segment]
    return gain, best


@kernel(_nrt=False)
def join_subtours(link, source, moves, child, cuts, parts):
    """Join subtours, the smallest one first, each by the best exchange; return the gain.

    Minus infinity where a subtour has no candidate outside.
    """
    total = 0.0
    for _ in range(parts - 1):
        part = _smallest(child, parts)
        gain, (u, u_next, v, v_next) = _best_join(link, source, moves, child, cuts, part)
        if gain == -np.inf:
            return gain
        change(link, child, u, u_next, v)
        change(link, child, u_next, u, v_next)
        change(link, child, v, v_next, u)
        change(link, child, v_next, v, u_next)
        total += gain
        other = child.part[segment_of(child.cut, cuts, child.place[v])]
        last = child.head[part]
        while True:
            child.part[last] = other
            if child.chain[last] < 0:
                break
            last = child.chain[last]
        child.chain[last] = child.head[other]
        child.head[other] = child.head[part]
        child.size[other] += child.size[part]
        child.size[part] = 0
    return total
