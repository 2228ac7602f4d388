"""Flow-level simulation with max-min fair rates by progressive filling."""

import numpy as np

from netroute.core.jit import kernel

TIE = 1.0 + 1e-12
"""Shares and times within this factor count as equal, whatever the rounding."""


@kernel(_nrt=False)
def fill(links, begin, flow, capacity, bytes_left, rate, room, users):
    """Set max-min fair rates of all flows with bytes left; others get rate 0.

    The links with the least share for each of their flows are filled first; these flows keep their
    rate, and what they take is gone for the others.
    """
    open_flows = 0
    for e in range(capacity.shape[0]):
        room[e] = capacity[e]
        users[e] = 0
    for f in range(links.shape[0]):
        rate[f] = 0.0
        if bytes_left[f] > 0.0:
            rate[f] = -1.0
            open_flows += 1
            for t in range(links.shape[1]):
                if links[f, t] >= 0:
                    users[links[f, t]] += 1
    while open_flows > 0:
        least = np.inf
        for e in range(capacity.shape[0]):
            if users[e] > 0:
                least = min(least, room[e] / users[e])
        for e in range(capacity.shape[0]):
            if users[e] == 0 or room[e] / users[e] > least * TIE:
                continue
            for t in range(begin[e], begin[e + 1]):
                f = flow[t]
                if rate[f] >= 0.0:
                    continue
                rate[f] = least
                open_flows -= 1
                for s in range(links.shape[1]):
                    other = links[f, s]
                    if other >= 0:
                        room[other] = max(0.0, room[other] - least)
                        users[other] -= 1


@kernel(_nrt=False)
def run(links, begin, flow, capacity, bytes_left, rate, room, users, events):
    """Let flows run for up to ``events`` changes of rates; return the time that takes.

    Flows that end together, are one change. ``bytes_left`` is 0 for those that have ended.
    """
    time = 0.0
    for _ in range(events):
        fill(links, begin, flow, capacity, bytes_left, rate, room, users)
        step = np.inf
        for f in range(rate.shape[0]):
            if rate[f] > 0.0:
                step = min(step, bytes_left[f] / rate[f])
        if step == np.inf:
            return time
        time += step
        for f in range(rate.shape[0]):
            if rate[f] > 0.0:
                if bytes_left[f] <= step * rate[f] * TIE:
                    bytes_left[f] = 0.0
                else:
                    bytes_left[f] -= step * rate[f]
    return time
