"""A batch of networks on which flows ask for admission, each at its own place in its own day."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.online import narrowest, occupy

DEAREST = 10.0
"""Costs in multiples of the weight are cut off here."""


class Worlds(NamedTuple):
    """State of B networks.

    Attributes
    ----------
    capacity : ndarray of int64, shape (B, m)
        Free bandwidth.
    entries : ndarray of int64, shape (B, n)
        Free flow-table entries.
    used : ndarray of float32, shape (B, m)
        Utilisation.
    step : ndarray of int64, shape (B,)
        Arrivals decided.
    ends, size : ndarray of int64, shape (B, F)
        Flows of the menu from which each arrival has its ends and its bandwidth and weight.
    choice : ndarray of int64, shape (B, F)
        Path of each decided arrival, -1 where it was rejected or has left.
    offered, admitted : ndarray of int64, shape (B, priorities)
        Flows so far by class, lowest first.
    mask : ndarray of int8, shape (B, k + 1)
        Actions that are possible; the last one rejects.
    """

    capacity: np.ndarray
    entries: np.ndarray
    used: np.ndarray
    step: np.ndarray
    ends: np.ndarray
    size: np.ndarray
    choice: np.ndarray
    offered: np.ndarray
    admitted: np.ndarray
    mask: np.ndarray


class Calendar(NamedTuple):
    """When flows come and go.

    Attributes
    ----------
    arrival, leave : ndarray of float64, shape (B, F)
        ``leave`` is when an arrival leaves if it is admitted.
    heap : ndarray of int64, shape (B, F)
        Those of them that are in the network, the next one to leave first.
    present : ndarray of int64, shape (B,)
        How many there are.
    """

    arrival: np.ndarray
    leave: np.ndarray
    heap: np.ndarray
    present: np.ndarray


class Scales(NamedTuple):
    """What observations are made of beside the menu.

    Attributes
    ----------
    cost : ndarray of float64, shape (K * k,)
        Bid prices summed along each path.
    flow : ndarray of float32, shape (F, 3)
        Bandwidth, weight and priority of each flow, in [0, 1].
    node : ndarray of int64, shape (F, 2)
        Source and target of each flow.
    priority : ndarray of int64, shape (F,)
    longest, widest : float
        Hops of the longest path and the largest capacity.
    """

    cost: np.ndarray
    flow: np.ndarray
    node: np.ndarray
    priority: np.ndarray
    longest: float
    widest: float


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _place(menu, worlds, b, t, sign):
    """Let the arrival ``t`` of network ``b`` take its path (sign 1) or leave it (sign -1)."""
    path = worlds.choice[b, t]
    bandwidth = menu.bandwidth[worlds.size[b, t]]
    occupy(menu, worlds.capacity[b], worlds.entries[b], path, sign * bandwidth, sign)
    for i in range(menu.start[path], menu.start[path + 1]):
        arc = menu.arc[i]
        worlds.used[b, arc] = 1.0 - worlds.capacity[b, arc] / menu.capacity[arc]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _enter(calendar, b, t):
    """Note when the arrival ``t`` leaves."""
    heap, leave = calendar.heap[b], calendar.leave[b]
    at = calendar.present[b]
    calendar.present[b] += 1
    while at > 0:
        above = (at - 1) >> 1
        if leave[heap[above]] <= leave[t]:
            break
        heap[at] = heap[above]
        at = above
    heap[at] = t


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _next_to_leave(calendar, b):
    """Take the arrival that leaves next out of the calendar."""
    heap, leave = calendar.heap[b], calendar.leave[b]
    first = heap[0]
    calendar.present[b] -= 1
    size = calendar.present[b]
    last = heap[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and leave[heap[below + 1]] < leave[heap[below]]:
            below += 1
        if leave[heap[below]] >= leave[last]:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = last
    return first


@kernel(_nrt=False)
def clear(menu, worlds, calendar, b, entries):
    """Empty network ``b`` and begin its day anew; ``entries`` (int64, (n,)) are its tables."""
    worlds.step[b] = 0
    for arc in range(len(menu.capacity)):
        worlds.capacity[b, arc] = menu.capacity[arc]
        worlds.used[b, arc] = 0.0
    for node in range(len(entries)):
        worlds.entries[b, node] = entries[node]
    for t in range(worlds.choice.shape[1]):
        worlds.choice[b, t] = -1
    for p in range(worlds.offered.shape[1]):
        worlds.offered[b, p] = 0
        worlds.admitted[b, p] = 0
    if calendar is not None:
        calendar.present[b] = 0


@kernel(_nrt=False)
def act(menu, scales, worlds, calendar, action, idle, reward, done):
    """Decide the arrival at hand of each network that is not ``idle``.

    ``action`` (int64) below k is a path, anything else, and a path that the mask excludes, rejects.
    Flows that leave before the next arrival give back what they held.
    """
    k = menu.allowed.shape[1]
    flows = worlds.choice.shape[1]
    for b in range(len(action)):
        reward[b] = 0.0
        done[b] = False
        if idle[b]:
            continue
        t = worlds.step[b]
        flow = worlds.size[b, t]
        level = scales.priority[flow] - 1
        worlds.offered[b, level] += 1
        chosen = action[b]
        if 0 <= chosen < k and worlds.mask[b, chosen] != 0:
            worlds.choice[b, t] = menu.pair[worlds.ends[b, t]] * k + chosen
            _place(menu, worlds, b, t, 1)
            worlds.admitted[b, level] += 1
            reward[b] = menu.weight[flow]
            if calendar is not None:
                _enter(calendar, b, t)
        t += 1
        worlds.step[b] = t
        done[b] = t == flows
        if calendar is not None and t < flows:
            now = calendar.arrival[b, t]
            while calendar.present[b] > 0 and calendar.leave[b, calendar.heap[b, 0]] <= now:
                gone = _next_to_leave(calendar, b)
                _place(menu, worlds, b, gone, -1)
                worlds.choice[b, gone] = -1


@kernel(_nrt=False)
def observe(menu, scales, worlds, paths, flow, ends, utilisation, mask):
    """Write what is to be seen of the arrival at hand of each network, and the masks.

    After the last arrival only the utilisation is left to see.

    ``paths`` (float32, (B, k, 3)): hops, narrowest free bandwidth, cost over weight; ``flow``
    (float32, (B, 4)): bandwidth, weight, priority, time; ``ends`` (int64, (B, 2)); ``utilisation``
    (float32, (B, m)); ``mask`` (int8, (B, k + 1)).
    """
    k = menu.allowed.shape[1]
    flows = worlds.choice.shape[1]
    for b in range(len(worlds.step)):
        t = worlds.step[b]
        for arc in range(utilisation.shape[1]):
            utilisation[b, arc] = worlds.used[b, arc]
        for j in range(k):
            worlds.mask[b, j] = 0
            for column in range(3):
                paths[b, j, column] = 0.0
        worlds.mask[b, k] = 1
        for column in range(3):
            flow[b, column] = 0.0
        flow[b, 3] = t / flows
        ends[b, 0] = 0
        ends[b, 1] = 0
        if t < flows:
            asks, size = worlds.ends[b, t], worlds.size[b, t]
            for column in range(3):
                flow[b, column] = scales.flow[size, column]
            ends[b, 0] = scales.node[asks, 0]
            ends[b, 1] = scales.node[asks, 1]
            bandwidth, weight = menu.bandwidth[size], menu.weight[size]
            for j in range(k):
                path = menu.pair[asks] * k + j
                hops = menu.start[path + 1] - menu.start[path]
                if hops == 0:
                    continue
                room = narrowest(menu, worlds.capacity[b], worlds.entries[b], path)
                cost = bandwidth * scales.cost[path]
                paths[b, j, 0] = hops / scales.longest
                paths[b, j, 1] = max(room, 0) / scales.widest
                paths[b, j, 2] = cost / weight if cost < DEAREST * weight else DEAREST
                if cost == 0.0:
                    paths[b, j, 2] = 0.0
                if menu.allowed[asks, j] and room >= bandwidth:
                    worlds.mask[b, j] = 1
        for j in range(k + 1):
            mask[b, j] = worlds.mask[b, j]
