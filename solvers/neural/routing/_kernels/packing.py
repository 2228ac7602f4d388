"""Whether what is near can fill the rest of a vehicle: sums of subsets, in the bits of words."""

import numpy as np

from netroute.core.jit import kernel

UNITS = 252
"""Parts into which a vehicle's capacity is rounded: all sums fit into four words of 64 bits."""

SOME = 8
"""Nearest candidates that are also looked at alone."""

WIDTH = 3
"""Numbers that say how full the vehicle can get."""

_TENTH = 25.2
_ONE = np.uint64(1)
_NONE = np.uint64(0)


@kernel(_nrt=False)
def pack(tables, states, s, nodes, token):
    """Say how full the vehicle can get, as it is and after each of the candidates ``nodes``.

    ``token``, float32 (K + 2, WIDTH), of where the vehicle is, of the goal and of the candidates:
    what the best subset of the other candidates leaves free, in tenths of the capacity; the same
    of the nearest ones; and what the vehicle can take after the candidate. 1, 1, 0 where it has no
    room for it.
    """
    b = states.instance[s]
    for q in range(-1, len(nodes)):
        row = q + 2 if q >= 0 else 0
        left = states.room[s]
        if q >= 0:
            if nodes[q] < 0:
                break
            left -= tables.demand[b, nodes[q]]
            token[row, 2] = max(0.0, left)
        if left < -1e-9:
            token[row, 0] = 1.0
            token[row, 1] = 1.0
            continue
        most, some = _free(tables, b, nodes, q, int(max(0.0, left) * UNITS + 0.5))
        token[row, 0] = most / _TENTH
        token[row, 1] = some / _TENTH


@kernel(_nrt=False)
def _free(tables, b, nodes, skip, room):
    """Return what the best subsets of all candidates and of the nearest ones leave of ``room``."""
    # Bit k of the four words is set where some subset has the sum k.
    a0, a1, a2, a3 = _ONE, _NONE, _NONE, _NONE
    some = room
    for q in range(len(nodes)):
        if q == SOME:
            some = _unfilled(a0, a1, a2, a3, room)
        if nodes[q] < 0:
            break
        demand = int(tables.demand[b, nodes[q]] * UNITS + 0.5)
        if q == skip or demand == 0 or demand > room:
            continue
        words = demand >> 6
        b0, b1, b2, b3 = a0, a1, a2, a3
        if words == 1:
            b3, b2, b1, b0 = b2, b1, b0, _NONE
        elif words == 2:
            b3, b2, b1, b0 = b1, b0, _NONE, _NONE
        elif words == 3:
            b3, b2, b1, b0 = b0, _NONE, _NONE, _NONE
        by = np.uint64(demand & 63)
        if by > _NONE:
            back = np.uint64(64) - by
            b3 = (b3 << by) | (b2 >> back)
            b2 = (b2 << by) | (b1 >> back)
            b1 = (b1 << by) | (b0 >> back)
            b0 = b0 << by
        a0 |= b0
        a1 |= b1
        a2 |= b2
        a3 |= b3
    most = _unfilled(a0, a1, a2, a3, room)
    if len(nodes) <= SOME or nodes[SOME] < 0:
        some = most
    return most, some


@kernel(_nrt=False)
def _unfilled(a0, a1, a2, a3, room):
    for total in range(room, -1, -1):
        word = a0
        if total >= 192:
            word = a3
        elif total >= 128:
            word = a2
        elif total >= 64:
            word = a1
        if (word >> np.uint64(total & 63)) & _ONE:
            return room - total
    return room
