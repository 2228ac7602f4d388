"""Label setting over ng-routes on integer loads, and the join of two half-routes.

A label is a path from the depot to a client: its reduced cost, its load and the set of earlier
clients that its last client's ng-set remembers, a bit mask of at most `BITS` bits. Labels are made
in order of load, so that those of one (client, load) cell lie together. ``dom[j, S]`` holds the
lowest cost of any label at client j, of at most the present load, that remembers a subset of S: one
look-up decides dominance.

Source: R. Baldacci, A. Mingozzi, R. Roberti, New route relaxation and pricing strategies for the
vehicle routing problem (Operations Research 2011); the symmetric half-load join follows
G. Righini, M. Salani, Symmetry helps: bounded bi-directional dynamic programming for the elementary
shortest path problem with resource constraints (Discrete Optimization 2006).

All costs are integers held in float64, exact below 2**53.
"""

import numpy as np

from netroute.core.jit import kernel

BITS = 7
"""Clients that an ng-set remembers besides its own: ng-sets of size 8."""

SETS = 1 << BITS
BIG = 1e300


@kernel(_nrt=False)
def _remember(selected, mask):
    """Fold the bytes of ``selected`` picked by the bits of ``mask`` into one byte."""
    out = np.uint64(0)
    word = selected
    bits = np.int64(mask)
    while bits:
        if bits & 1:
            out |= word & np.uint64(255)
        word >>= np.uint64(8)
        bits >>= 1
    return np.int64(out)


@kernel(_nrt=False)
def extend(
    level,
    last_level,
    half,
    work_limit,
    threshold,
    weights,
    arc_order,
    arc_cost,
    arc_count,
    transfer,
    own_bit,
    completion,
    dom,
    first,
    cheapest,
    lowest,
    cell,
    cost,
    node,
    mask,
    parent,
    count,
):
    """Make labels of loads ``level`` to ``last_level``; stop early after ``work_limit`` steps.

    Returns the next level; it is the one that was not finished when the label arrays are full
    (``count[1]`` is then 1) and has to be repeated with larger arrays.

    ``first[i, q]`` is the first label of cell (i, q); its labels end at ``cell[i, q]`` and are
    sorted by cost; ``cheapest[q, i]`` is the lowest cost in it, ``lowest[q]`` that of the load.
    """
    clients = len(weights)
    room = len(cost)
    work = 0
    while level <= last_level and work < work_limit:
        made = count[0]
        level_low = BIG
        for j in range(1, clients):
            q = level - weights[j]
            first[j, level] = made
            cell[j, level] = made
            cheapest[level, j] = BIG
            if q < 0 or q > half:
                continue
            limit = threshold - completion[j, level]
            begin = made
            if q == 0:
                value = arc_cost[j, clients - 1]
                if value < limit and value < dom[j, 0] and value < BIG:
                    if made == room:
                        count[1] = 1
                        return level
                    cost[made] = value
                    node[made] = j
                    mask[made] = 0
                    parent[made] = -1
                    made += 1
                    for s in range(SETS):
                        if value < dom[j, s]:
                            dom[j, s] = value
            elif lowest[q] < BIG:
                bound = min(limit, dom[j, 0])
                low = lowest[q]
                for k in range(arc_count[j]):
                    arc = arc_cost[j, k]
                    if arc + low >= bound:
                        break
                    work += 1
                    i = arc_order[j, k]
                    if cheapest[q, i] + arc >= bound:
                        continue
                    own = np.int64(own_bit[j, i])
                    for label in range(first[i, q], cell[i, q]):
                        work += 1
                        value = cost[label] + arc
                        if value >= bound:
                            break
                        known = np.int64(mask[label])
                        if known & own:
                            continue
                        new = _remember(transfer[j, i], known) | np.int64(own_bit[i, j])
                        if dom[j, new] <= value:
                            continue
                        if made == room:
                            count[1] = 1
                            return level
                        cost[made] = value
                        node[made] = j
                        mask[made] = new
                        parent[made] = label
                        made += 1
                        s = new
                        while s < SETS:
                            if value < dom[j, s]:
                                dom[j, s] = value
                            s = (s + 1) | new
                        if dom[j, 0] < bound:
                            bound = dom[j, 0]
            # Drop what a later label of the same cell dominates, and sort the rest by cost.
            kept = begin
            for label in range(begin, made):
                value = cost[label]
                if dom[j, mask[label]] < value:
                    continue
                new_mask = mask[label]
                new_parent = parent[label]
                at = kept
                while at > begin and cost[at - 1] > value:
                    cost[at] = cost[at - 1]
                    mask[at] = mask[at - 1]
                    parent[at] = parent[at - 1]
                    at -= 1
                cost[at] = value
                mask[at] = new_mask
                parent[at] = new_parent
                kept += 1
            for label in range(begin, kept):
                node[label] = j
            made = kept
            cell[j, level] = made
            if made > begin:
                cheapest[level, j] = cost[begin]
                if cost[begin] < level_low:
                    level_low = cost[begin]
        lowest[level] = level_low
        count[0] = made
        level += 1
    return level


@kernel(_nrt=False)
def join(
    capacity,
    half,
    threshold,
    weights,
    first,
    cell,
    cost,
    mask,
    best,
    best_left,
    best_right,
    partner_cost,
    partner,
):
    """Find for each client the cheapest route below ``threshold`` in whose middle it stands.

    Two labels meet at their common last client j; its weight counts once. Routes with only one
    client pair a label with itself. Returns the lowest reduced cost of any route, or ``threshold``.
    """
    clients = len(weights)
    lowest = threshold
    for j in range(1, clients):
        best[j] = threshold
        best_left[j] = -1
        for s in range(SETS):
            partner_cost[s] = BIG
            partner[s] = -1
        top = min(capacity, half + weights[j])
        grown = 0
        for level in range(top, weights[j] - 1, -1):
            # Partners weigh at most as much as this label: each pair is seen once.
            limit = min(capacity - level + weights[j], level)
            if limit < weights[j]:
                continue
            # The limit grows while it is the capacity that binds, and shrinks with the level after.
            if capacity - level + weights[j] > level:
                break
            while grown < limit:
                grown += 1
                for label in range(first[j, grown], cell[j, grown]):
                    value = cost[label]
                    new = np.int64(mask[label])
                    s = new
                    while s < SETS:
                        if value < partner_cost[s]:
                            partner_cost[s] = value
                            partner[s] = label
                        s = (s + 1) | new
            for label in range(first[j, level], cell[j, level]):
                other = (SETS - 1) & ~np.int64(mask[label])
                value = cost[label] + partner_cost[other]
                if value < best[j]:
                    best[j] = value
                    best_left[j] = label
                    best_right[j] = partner[other]
        # Below that level both labels are light and any two of them fit together.
        middle = (capacity + weights[j]) // 2
        while grown < min(middle, top):
            grown += 1
            for label in range(first[j, grown], cell[j, grown]):
                value = cost[label]
                new = np.int64(mask[label])
                s = new
                while s < SETS:
                    if value < partner_cost[s]:
                        partner_cost[s] = value
                        partner[s] = label
                    s = (s + 1) | new
        for level in range(weights[j], min(middle, top) + 1):
            for label in range(first[j, level], cell[j, level]):
                other = (SETS - 1) & ~np.int64(mask[label])
                value = cost[label] + partner_cost[other]
                if value < best[j]:
                    best[j] = value
                    best_left[j] = label
                    best_right[j] = partner[other]
        if best[j] < lowest:
            lowest = best[j]
    return lowest


@kernel(_nrt=False)
def trace(label, node, parent, out):
    """Write the clients of a label's path, last first, to ``out``; return their number."""
    length = 0
    while label >= 0:
        out[length] = node[label]
        length += 1
        label = parent[label]
    return length
