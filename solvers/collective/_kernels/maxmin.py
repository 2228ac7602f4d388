"""Flow-level simulation with max-min fair rates by progressive filling."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

TIE = 1.0 + 1e-12
"""Shares and times within this factor count as equal, whatever the rounding."""


class Network(NamedTuple):
    """Links of each flow (-1: none) and flows of each link; capacities; room for the work.

    ``flow`` from ``begin`` on lists a link's flows; ``room``, ``share`` and ``users`` are of links,
    ``busy`` and ``alive`` list links and flows.
    """

    links: np.ndarray
    begin: np.ndarray
    flow: np.ndarray
    capacity: np.ndarray
    room: np.ndarray
    share: np.ndarray
    users: np.ndarray
    busy: np.ndarray
    alive: np.ndarray


@kernel(_nrt=False)
def fill(network, flows, rate):
    """Set max-min fair rates of the first ``flows`` flows that are alive; all others have rate 0.

    The links with the least share for each of their flows are filled first; these flows keep their
    rate, and what they take is gone for the others.
    """
    users, room, share = network.users, network.room, network.share
    links, busy = network.links, network.busy
    for e in range(network.capacity.shape[0]):
        users[e] = 0
    number = 0
    for t in range(flows):
        f = network.alive[t]
        rate[f] = -1.0
        for s in range(links.shape[1]):
            e = links[f, s]
            if e >= 0:
                if users[e] == 0:
                    busy[number] = e
                    number += 1
                    room[e] = network.capacity[e]
                users[e] += 1
    open_flows = flows
    while open_flows > 0:
        least = np.inf
        kept = 0
        for t in range(number):
            e = busy[t]
            if users[e] > 0:
                busy[kept] = e
                kept += 1
                share[e] = room[e] / users[e]
                least = min(least, share[e])
        number = kept
        for t in range(number):
            e = busy[t]
            if share[e] > least * TIE:
                continue
            for at in range(network.begin[e], network.begin[e + 1]):
                f = network.flow[at]
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
def run(network, flows, bytes_left, rate, events):
    """Let flows run for up to ``events`` changes of rates; return the time that takes.

    Flows that end together, are one change. ``flows`` holds how many are alive; those that have
    ended have the rate 0.
    """
    time = 0.0
    for _ in range(events):
        number = flows[0]
        if number == 0:
            return time
        fill(network, number, rate)
        step = np.inf
        for t in range(number):
            f = network.alive[t]
            step = min(step, bytes_left[f] / rate[f])
        time += step
        kept = 0
        for t in range(number):
            f = network.alive[t]
            if bytes_left[f] <= step * rate[f] * TIE:
                bytes_left[f] = 0.0
                rate[f] = 0.0
            else:
                bytes_left[f] -= step * rate[f]
                network.alive[kept] = f
                kept += 1
        flows[0] = kept
    return time
