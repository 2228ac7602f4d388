"""Teeth of a comb, for one handle."""

import numpy as np

from netroute.core.jit import kernel


@kernel(_nrt=False)
def choose_teeth(crossing, cost, start, member, taken, mark, chosen):
    """Choose an odd number of teeth that do not meet, the cheapest ones first; return it.

    The nodes of tooth k are ``member[start[k]:start[k + 1]]``; ``cost`` grows with k, and
    ``crossing[k]`` says whether the tooth can be one of this handle. Nodes of chosen teeth get
    ``taken`` set to ``mark``, which has to be a new one.
    """
    count = 0
    spare = -1
    for k in range(len(cost)):
        if not crossing[k]:
            continue
        free = True
        for m in range(start[k], start[k + 1]):
            if taken[member[m]] == mark:
                free = False
                break
        if not free:
            continue
        if cost[k] >= 0.0:
            spare = k
            break
        chosen[count] = k
        count += 1
        for m in range(start[k], start[k + 1]):
            taken[member[m]] = mark
    if count > 0 and count % 2 == 0:
        if spare >= 0 and cost[spare] < -cost[chosen[count - 1]]:
            chosen[count] = np.uint32(spare)
            count += 1
        else:
            count -= 1
    return count
