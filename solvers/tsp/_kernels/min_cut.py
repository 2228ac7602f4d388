"""Small cuts of a weighted graph."""

from netroute.core.jit import kernel


@kernel(_nrt=False)
def small_cuts(weight, label, reach, limit, most, members, value):
    """Find sets that the other nodes are joined to by less than ``limit``; return how many.

    ``weight``, shape (n, n), symmetric and with a diagonal of 0, is used up. Each phase adds the
    node that is tied most to those before; the last one's ties are a smallest cut between it and
    the last but one, which are merged then. Row r of ``members`` gets the r-th set as zeros and
    ones, ``value[r]`` its cut.

    Source: M. Stoer, F. Wagner, A simple min-cut algorithm (Journal of the ACM 1997).
    """
    n = len(weight)
    found = 0
    for v in range(n):
        label[v] = v
    left = n
    # ``label[v]`` is the node that v has been merged into; ``reach`` below 0 marks merged ones.
    for v in range(n):
        reach[v] = 0.0
    while left > 1 and found < most:
        for v in range(n):
            if reach[v] >= -1.5:
                reach[v] = 0.0
        last = -1
        before = -1
        tie = 0.0
        for _ in range(left):
            best = -1
            for v in range(n):
                if reach[v] >= 0.0 and (best < 0 or reach[v] > reach[best]):
                    best = v
            before = last
            last = best
            tie = reach[best]
            reach[best] = -1.0
            for v in range(n):
                if reach[v] >= 0.0:
                    reach[v] += weight[best, v]
        if tie < limit:
            for v in range(n):
                members[found, v] = 1 if label[v] == last else 0
            value[found] = tie
            found += 1
        for v in range(n):
            if label[v] == last:
                label[v] = before
            if v != before and v != last:
                weight[before, v] += weight[last, v]
                weight[v, before] = weight[before, v]
            weight[last, v] = 0.0
            weight[v, last] = 0.0
        reach[last] = -2.0
        left -= 1
    return found
