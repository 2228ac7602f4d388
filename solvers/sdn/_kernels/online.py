"""Flows decided one by one, as they arrive, among a few paths each."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

FIRST, WIDEST, CHEAPEST = 0, 1, 2
"""Rules: the first path with room, the one with most room, the cheapest one if it pays."""


class Menu(NamedTuple):
    """What flows may choose from, see `netroute.solvers.sdn.candidates.Candidates`.

    Attributes
    ----------
    pair, start : ndarray of int64
    arc : ndarray of uint32
    allowed : ndarray of bool, shape (F, k)
    bandwidth : ndarray of int64, shape (F,)
    weight : ndarray of float64, shape (F,)
    tail : ndarray of uint32, shape (m,)
    capacity : ndarray of int64, shape (m,)
    """

    pair: np.ndarray
    start: np.ndarray
    arc: np.ndarray
    allowed: np.ndarray
    bandwidth: np.ndarray
    weight: np.ndarray
    tail: np.ndarray
    capacity: np.ndarray


class Prices(NamedTuple):
    """How arcs are priced.

    The price of a unit of bandwidth on arc e at time t in [0, 1] is ``level * (base[e] * exp(gain *
    (u - t)) + slope * (exp(rate * u) - 1))``, where u is the share of its capacity in use.

    Attributes
    ----------
    base : ndarray of float64, shape (m,)
    level, gain, slope, rate : float
    """

    base: np.ndarray
    level: float
    gain: float
    slope: float
    rate: float


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def narrowest(menu, capacity, entries, path):
    """Return the free bandwidth of the narrowest arc of a path, -1 without flow-table entries."""
    room = np.int64(1) << np.int64(62)
    for i in range(menu.start[path], menu.start[path + 1]):
        arc = menu.arc[i]
        if entries[menu.tail[arc]] < 1:
            return np.int64(-1)
        room = min(room, capacity[arc])
    return room


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _cost(menu, capacity, prices, path, time):
    """Return the price of a unit of bandwidth along a path."""
    cost = 0.0
    for i in range(menu.start[path], menu.start[path + 1]):
        arc = menu.arc[i]
        used = 1.0 - capacity[arc] / menu.capacity[arc]
        price = prices.base[arc]
        if prices.gain != 0.0:
            price *= np.exp(prices.gain * (used - time))
        if prices.slope != 0.0:
            price += prices.slope * (np.exp(prices.rate * used) - 1.0)
        cost += price
    return prices.level * cost


@kernel(_nrt=False)
def occupy(menu, capacity, entries, path, bandwidth, count):
    """Take ``bandwidth`` and ``count`` flow-table entries along a path; give back if negative."""
    for i in range(menu.start[path], menu.start[path + 1]):
        arc = menu.arc[i]
        capacity[arc] -= bandwidth
        entries[menu.tail[arc]] -= count


@kernel(_nrt=False)
def decide(menu, rule, prices, flows, first, last, capacity, entries, choice):
    """Decide the arrivals ``flows[first:last]``; ``choice[i]`` is the i-th one's path or -1.

    Nothing beyond the flow at hand is looked at, but for their number, by which time is told.
    """
    k = menu.allowed.shape[1]
    for i in range(first, last):
        flow = flows[i]
        bandwidth = menu.bandwidth[flow]
        time = i / len(flows)
        chosen = -1
        best = np.inf
        for j in range(k):
            if not menu.allowed[flow, j]:
                continue
            path = menu.pair[flow] * k + j
            room = narrowest(menu, capacity, entries, path)
            if room < bandwidth:
                continue
            if rule == WIDEST:
                score = -np.float64(room)
            elif rule == CHEAPEST:
                score = bandwidth * _cost(menu, capacity, prices, path, time)
                if score > menu.weight[flow]:
                    continue
            else:
                score = 0.0
            if score < best:
                best = score
                chosen = j
        choice[i] = chosen
        if chosen >= 0:
            occupy(menu, capacity, entries, menu.pair[flow] * k + chosen, bandwidth, 1)
