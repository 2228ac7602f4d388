"""Division of a bipartite multigraph into parts of evenly spread degrees.

Edges are entries ``(row, column)`` with a multiplicity. Ids are uint32; ``NONE`` stands for no id.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

NONE = np.uint32(2**32 - 1)


class Scratch(NamedTuple):
    """Room of `halve` for odd entries: their columns, partners and signs, and who waits.

    The odd entries of a row stand side by side from an even place on, so that the partner of
    ``t`` in its row is ``t ^ 1``; the last place stands for no partner.
    """

    column: np.ndarray
    partner: np.ndarray
    sign: np.ndarray
    waits: np.ndarray


class Incidence(NamedTuple):
    """Room of `portion`: ends of the edges, the edges of each node, and a path.

    Rows are nodes from 0, columns follow after ``half`` nodes.
    """

    left: np.ndarray
    right: np.ndarray
    rest: np.ndarray
    start: np.ndarray
    edge: np.ndarray
    first: np.ndarray
    second: np.ndarray
    path: np.ndarray
    nodes: np.ndarray
    place: np.ndarray


@kernel(_nrt=False)
def halve(begin, column, value, part, scratch):
    """Move half of each entry to ``part``, odd ones up or down so that all sums halve, too.

    Entries are sorted by row; those of row ``i`` begin at ``begin[i]``. An odd entry is paired with
    the next odd one of its row, and with the next one of its column; of a pair one is rounded up.
    Pairs form paths and even cycles. One pass each without unforeseeable jumps, O(entries).
    """
    none = np.uint32(scratch.partner.shape[0] - 1)
    one = np.uint32(1)
    odd = _line_up(begin, column, value, scratch)
    for t in range(odd):
        at = np.uint32(t)
        j = scratch.column[at]
        w = scratch.waits[j]
        scratch.partner[at] = w
        scratch.partner[w] = at
        # Whoever is no real entry joins nobody.
        real = scratch.sign[at] == 2
        scratch.waits[j] = w if not real else (at if w == none else none)
        if not real:
            scratch.partner[at] = none
    for j in range(scratch.waits.shape[0]):
        scratch.waits[j] = none
    for t in range(odd):
        at = np.uint32(t)
        if scratch.sign[at] == 2:
            u = at
            while scratch.sign[u] == 2:
                scratch.sign[u] = 1
                scratch.sign[u ^ one] = 0
                u = scratch.partner[u ^ one]
            u = scratch.partner[at]
            while scratch.sign[u] == 2:
                scratch.sign[u] = 0
                scratch.sign[u ^ one] = 1
                u = scratch.partner[u ^ one]
    t = np.uint32(0)
    for i in range(begin.shape[0] - 1):
        t = (t + one) & ~one
        for e in range(begin[i], begin[i + 1]):
            x = value[e]
            bit = x & np.uint16(1)
            taken = np.uint16((x >> np.uint16(1)) + (bit & np.uint16(scratch.sign[t])))
            part[e] = taken
            value[e] = np.uint16(x - taken)
            t += np.uint32(bit)


@kernel(_nrt=False)
def _line_up(begin, column, value, scratch):
    """Put the odd entries side by side, rows filled up to an even number; return how many."""
    t = np.uint32(0)
    one = np.uint32(1)
    for i in range(begin.shape[0] - 1):
        for e in range(begin[i], begin[i + 1]):
            scratch.column[t] = column[e]
            scratch.sign[t] = 2
            t += np.uint32(value[e] & np.uint16(1))
        if t & one:
            scratch.column[t] = 0
            scratch.sign[t] = 0
            t += one
    scratch.sign[scratch.sign.shape[0] - 1] = 0
    return t


@kernel(_nrt=False)
def portion(row, column, value, part, room, some, parts, rows, columns):
    """Put ``some`` / ``parts`` of each entry into ``part``, rounded so that all sums are, too.

    Every entry, row sum and column sum of the part is its exact share rounded up or down. Entries'
    fractions lie on edges of a bipartite graph, completed by a slack row and column so that all
    sums are whole; around any cycle of fractions they are shifted alternately until one is whole.
    A node's first two fractional edges are all that walks use: both only ever move on.
    """
    entries = value.shape[0]
    half = rows + 1
    nodes = half + columns + 1
    for u in range(nodes + 1):
        room.start[u] = 0
    edges = 0
    # Slack is summed up in ``place``.
    for u in range(nodes):
        room.place[u] = 0
    for e in range(entries):
        whole = np.int64(value[e]) * some
        part[e] = whole // parts
        f = whole % parts
        room.left[e] = row[e]
        room.right[e] = np.uint32(half + np.int64(column[e]))
        room.rest[e] = f
        room.place[room.left[e]] += f
        room.place[room.right[e]] += f
    edges = entries
    slack = np.int64(0)
    for i in range(rows):
        f = (parts - room.place[i] % parts) % parts
        if f > 0:
            room.left[edges], room.right[edges] = np.uint32(i), np.uint32(nodes - 1)
            room.rest[edges] = f
            edges += 1
            slack += f
    for j in range(columns):
        f = (parts - room.place[half + j] % parts) % parts
        if f > 0:
            room.left[edges], room.right[edges] = np.uint32(rows), np.uint32(half + j)
            room.rest[edges] = f
            edges += 1
    f = (parts - slack % parts) % parts
    if f > 0:
        room.left[edges], room.right[edges] = np.uint32(rows), np.uint32(nodes - 1)
        room.rest[edges] = f
        edges += 1
    for e in range(edges):
        if room.rest[e] > 0:
            room.start[room.left[e] + np.uint32(1)] += 1
            room.start[room.right[e] + np.uint32(1)] += 1
    for u in range(nodes):
        room.start[u + 1] += room.start[u]
        room.first[u] = room.start[u]
    for e in range(edges):
        if room.rest[e] > 0:
            for u in (room.left[e], room.right[e]):
                room.edge[room.first[u]] = np.uint32(e)
                room.first[u] += 1
    for u in range(nodes):
        room.first[u] = room.start[u]
        room.second[u] = room.start[u] + 1
        room.place[u] = -1
    for u in range(nodes):
        _clear(np.uint32(u), part, room, parts)


@kernel(_nrt=False)
def _clear(origin, part, room, parts):
    """Shift fractions around cycles until none is left at a node or on the way from it."""
    entries = part.shape[0]
    length = 0
    u = origin
    room.nodes[0] = u
    room.place[u] = 0
    came = NONE
    while True:
        e = _next_edge(u, came, room)
        if e == NONE:
            # Nothing is fractional here any more: only where the path is empty.
            room.place[u] = -1
            return
        room.path[length] = e
        length += 1
        u = room.right[e] if room.left[e] == u else room.left[e]
        came = e
        at = room.place[u]
        if at < 0:
            room.nodes[length] = u
            room.place[u] = length
            continue
        # The path from there on is a cycle: its edges take turns to grow and to shrink.
        step = np.int64(parts)
        for t in range(at, length):
            f = np.int64(room.rest[room.path[t]])
            step = min(step, parts - f if (t - at) % 2 == 0 else f)
        for t in range(at, length):
            e = room.path[t]
            f = np.int64(room.rest[e])
            f = f + step if (t - at) % 2 == 0 else f - step
            if f == parts:
                f = np.int64(0)
                if e < entries:
                    part[e] += 1
            room.rest[e] = f
        for t in range(at + 1, length):
            room.place[room.nodes[t]] = -1
        length = at
        came = room.path[at - 1] if at > 0 else NONE


@kernel(_nrt=False)
def _next_edge(u, came, room):
    """Return a fractional edge of a node other than the one it was reached by."""
    end = room.start[u + np.uint32(1)]
    first = room.first[u]
    while first < end and room.rest[room.edge[first]] == 0:
        first += 1
    room.first[u] = first
    if first >= end:
        return NONE
    if room.edge[first] != came:
        return room.edge[first]
    second = max(room.second[u], first + 1)
    while second < end and room.rest[room.edge[second]] == 0:
        second += 1
    room.second[u] = second
    if second >= end:
        return NONE
    return room.edge[second]
