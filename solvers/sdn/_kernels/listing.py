"""Lists that the search over candidate paths is built from."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.choices import REJECTED


@kernel(_nrt=False)
def list_users(start, item, column, user_start, user):
    """Group options by what their columns use; an option without a column uses nothing.

    Column c uses ``item[start[c]:start[c + 1]]``; ``user_start`` (zeros, one more than there are
    items) and ``user`` are filled.
    """
    last = len(user_start) - 1
    for option in range(len(column)):
        c = column[option]
        if c != REJECTED:
            for k in range(start[c], start[c + np.uint32(1)]):
                user_start[item[k]] += 1
    total = np.int64(0)
    for i in range(last + 1):
        total, user_start[i] = total + user_start[i], total
    for option in range(len(column)):
        c = column[option]
        if c != REJECTED:
            for k in range(start[c], start[c + np.uint32(1)]):
                user[user_start[item[k]]] = option
                user_start[item[k]] += 1
    for i in range(last, 0, -1):
        user_start[i] = user_start[i - 1]
    user_start[0] = 0


@kernel(_nrt=False)
def follow_relaxation(choices, flows, share, left, current):
    """Give each flow the option that the relaxation does.

    ``share`` is the admitted share of each flow, ``left`` the bandwidth of each column, which is
    used up. Flows come in the order of ``flows``; capacities are not looked at.
    """
    for i in range(len(flows)):
        flow = flows[i]
        first, last = choices.start[flow], choices.start[flow + np.uint32(1)]
        best, most = current[flow], -np.inf
        for k in range(first, last):
            column = choices.column[np.uint32(k)]
            if column == REJECTED:
                if share[flow] < 0.5:
                    best, most = np.uint32(k), np.inf
            elif left[column] > most:
                best, most = np.uint32(k), left[column]
        current[flow] = best
        if choices.column[best] != REJECTED:
            left[choices.column[best]] -= choices.bandwidth[flow]
