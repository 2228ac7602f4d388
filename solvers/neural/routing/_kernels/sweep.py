"""How far ahead of a sweep around the depot clients are."""

import math

from netroute.core.jit import kernel

WIDTH = 3
"""Numbers that say where a client is in the sweep."""


@kernel(_nrt=False)
def sweep(tables, states, s, nodes, there, rank, token):
    """Say how far ahead of the sweep the vehicle and the candidates ``nodes`` are.

    Routes are built in the order of a sweep; what it has served leaves the largest gap between
    the directions of the clients that are left, ``there``, bool (N,), so that it goes on behind
    that. ``rank``, int64 (N,), is room.

    ``token``, float32 (K + 2, WIDTH), of where the vehicle is, of the goal and of the candidates:
    the angle from there in quarters of a turn, the share of the clients between, and their number
    in tens, at most four. All are 0 at the depot.

    Source of the order: B. Gillett, L. Miller, A heuristic algorithm for the vehicle-dispatch
    problem (Operations Research 1974).
    """
    b = states.instance[s]
    here = states.here[s]
    begin, gap = _front(tables, b, here, there)
    if begin < 0:
        return
    start = tables.turn[b, tables.around[b, begin]]
    clients = tables.around.shape[1]
    ahead = 0
    for k in range(clients):
        v = tables.around[b, (begin + k) % clients]
        if v >= 0 and there[v]:
            rank[v] = ahead
            ahead += v != here
    for q in range(-1, len(nodes)):
        v = here if q < 0 else nodes[q]
        if v < 0:
            break
        if v == states.goal[s]:
            continue
        angle = (tables.turn[b, v] - start) % (2.0 * math.pi)
        # What has been served is behind the front.
        if q < 0 and angle > 2.0 * math.pi - gap:
            angle -= 2.0 * math.pi
            ahead = 0
        else:
            ahead = rank[v]
        row = q + 2 if q >= 0 else 0
        token[row, 0] = angle / (0.5 * math.pi)
        token[row, 1] = ahead / max(1, states.number[s])
        token[row, 2] = min(ahead, 40) / 10.0


@kernel(_nrt=False)
def _front(tables, b, here, there):
    """Return the place of the client behind the largest gap between directions, and that gap."""
    first = -1
    last = -1
    begin = -1
    widest = 0.0
    for k in range(tables.around.shape[1]):
        v = tables.around[b, k]
        if v < 0:
            break
        if not there[v] or v == here:
            continue
        if last >= 0 and tables.turn[b, v] - tables.turn[b, last] > widest:
            widest = tables.turn[b, v] - tables.turn[b, last]
            begin = k
        if first < 0:
            first = k
        last = v
    if first >= 0:
        gap = tables.turn[b, tables.around[b, first]] + 2.0 * math.pi - tables.turn[b, last]
        if gap > widest:
            widest = gap
            begin = first
    return begin, widest
