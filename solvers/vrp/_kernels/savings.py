"""Merging of routes by savings."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance


@kernel(_nrt=False)
def list_savings(source, near, low, high, value):
    """Fill ``low``, ``high``, ``value`` with each pair of near clients; return their number."""
    count = 0
    n, k = near.shape
    for i in range(1, n):
        a = np.uint32(i)
        for j in range(k):
            b = near[a, j]
            # A pair that stands in both lists is taken once, from the smaller number.
            if b < a:
                mutual = False
                for m in range(k):
                    if near[b, m] == a:
                        mutual = True
                        break
                if mutual:
                    continue
            zero = np.uint32(0)
            saving = distance(source, a, zero) + distance(source, zero, b) - distance(source, a, b)
            if saving > 0.0:
                low[count] = a
                high[count] = b
                value[count] = saving
                count += 1
    return count


@kernel(_nrt=False)
def merge_routes(order, low, high, demand, capacity, left, right, owner, load):
    """Join single-client routes end to end, best saving first.

    ``left`` and ``right`` become each client's neighbours (0 = depot), ``owner`` a union-find
    forest over clients, ``load`` the demand of each root.
    """
    for index in range(len(order)):
        a = low[order[index]]
        b = high[order[index]]
        if (left[a] != 0 and right[a] != 0) or (left[b] != 0 and right[b] != 0):
            continue
        root_a = a
        while owner[root_a] != root_a:
            owner[root_a] = owner[owner[root_a]]
            root_a = owner[root_a]
        root_b = b
        while owner[root_b] != root_b:
            owner[root_b] = owner[owner[root_b]]
            root_b = owner[root_b]
        if root_a == root_b or load[root_a] + load[root_b] > capacity:
            continue
        owner[root_b] = root_a
        load[root_a] += load[root_b]
        if left[a] == 0:
            left[a] = b
        else:
            right[a] = b
        if left[b] == 0:
            left[b] = a
        else:
            right[b] = a


@kernel(_nrt=False)
def read_routes(left, right, seen, flat):
    """Write the routes to ``flat``, each followed by 0; return the length used."""
    length = 0
    for start in range(1, len(left)):
        if seen[start] or (left[start] != 0 and right[start] != 0):
            continue
        before = np.uint32(0)
        at = np.uint32(start)
        while at != 0:
            seen[at] = True
            flat[length] = at
            length += 1
            following = right[at] if left[at] == before else left[at]
            before = at
            at = following
        flat[length] = np.uint32(0)
        length += 1
    return length
