"""Greedy search for violated rounded capacity inequalities.

Source of the construction: J. Lysgaard, A. N. Letchford, R. W. Eglese, A new branch-and-cut
algorithm for the capacitated vehicle routing problem (Mathematical Programming 2004).
"""

from netroute.core.jit import kernel


@kernel(_nrt=False)
def grow(
    support, near, near_count, weights, capacity, most, seeds, rule, inside, link, members, found
):
    """Grow a client set from each seed; keep its most violated state.

    ``support[i, j]`` is the value of edge (i, j); ``near[i, :near_count[i]]`` lists the clients
    with a positive one. Each step takes the client with the largest value of edges into the set
    (``rule`` 0), of those per edge value that it brings to the border (1), or less where it is
    tied to the depot (2). Row r of ``members`` gets the set of seed r in order of entry,
    ``found[r]`` its violation and ``link[r]`` its size.
    """
    clients = len(weights)
    for row in range(len(seeds)):
        for i in range(clients):
            inside[0, i] = 0.0
            inside[1, i] = 0.0
        size = 0
        weight = 0
        cut = 0.0
        found[row] = 0.0
        link[row] = 0
        v = seeds[row]
        while v > 0 and size < most:
            degree = support[v, 0]
            for k in range(near_count[v]):
                degree += support[v, near[v, k]]
            cut += degree - 2.0 * inside[1, v]
            inside[0, v] = 1.0
            weight += weights[v]
            members[row, size] = v
            size += 1
            for k in range(near_count[v]):
                inside[1, near[v, k]] += support[v, near[v, k]]
            needed = (weight + capacity - 1) // capacity
            violation = 2.0 * needed - cut
            if violation > found[row] + 1e-9:
                found[row] = violation
                link[row] = size
            v = 0
            best = 1e-9
            for k in range(size):
                u = members[row, k]
                for m in range(near_count[u]):
                    i = near[u, m]
                    if inside[0, i] == 0.0 and inside[1, i] > 0.0:
                        value = inside[1, i]
                        if rule == 1:
                            value = value / (0.2 + 2.0 + support[i, 0] - inside[1, i])
                        if rule == 2:
                            value = value * (1.0 - support[i, 0] / 2.5)
                        if value > best:
                            best = value
                            v = i
