"""Online admission at prices that a small network corrects."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.online import narrowest, occupy

ARC_FEATURES = 9
PATH_FEATURES = 9

LARGEST_FEATURE = 6.0
"""Features are cut off here, which matters only for instances unlike any seen in training."""

WIDEST_CORRECTION = 3.0
"""Logarithms of factors are cut off here, so that no weights can overflow."""


class Knowledge(NamedTuple):
    """What other days tell: as `Prices`, and more of each arc.

    Attributes
    ----------
    base : ndarray of float64, shape (m,)
        Mean of the duals.
    level, gain : float
    typical : float
        Median of weight over bandwidth.
    bandwidth : float
        Mean bandwidth.
    price, spread, usage, width : ndarray of float64, shape (m,)
        Mean dual in multiples of ``typical``, as a logarithm; standard deviation of the duals over
        their mean; share of the capacity that the relaxations use; logarithm of the capacity in
        mean bandwidths.
    """

    base: np.ndarray
    level: float
    gain: float
    typical: float
    bandwidth: float
    price: np.ndarray
    spread: np.ndarray
    usage: np.ndarray
    width: np.ndarray


class Weights(NamedTuple):
    """Two networks of one hidden layer each, all float64; H and G hidden units.

    Attributes
    ----------
    arc_in, arc_shift : ndarray, shapes (H, `ARC_FEATURES`), (H,)
    arc_out, arc_base : ndarray, shapes (2, H), (2,)
        Logarithm of a factor of the arc's price, and what is added to it in ``typical``.
    path_in, path_shift : ndarray, shapes (G, `PATH_FEATURES`), (G,)
    path_out, path_base : ndarray, shapes (1, G), (1,)
        Logarithm of a factor of the path's cost.
    """

    arc_in: np.ndarray
    arc_shift: np.ndarray
    arc_out: np.ndarray
    arc_base: np.ndarray
    path_in: np.ndarray
    path_shift: np.ndarray
    path_out: np.ndarray
    path_base: np.ndarray


class Bench(NamedTuple):
    """Room for the decision at hand.

    Attributes
    ----------
    stamp : ndarray of int64, shape (m,)
        Arrival for which the arc was priced last, -1 at first.
    arc_price : ndarray of float64, shape (m,)
    arc : ndarray of float64, shape (`ARC_FEATURES`,)
    path : ndarray of float64, shape (`PATH_FEATURES`,)
    """

    stamp: np.ndarray
    arc_price: np.ndarray
    arc: np.ndarray
    path: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _clip(into):
    for i in range(len(into)):
        into[i] = min(max(into[i], -LARGEST_FEATURE), LARGEST_FEATURE)


@kernel(_nrt=False)
def arc_features(menu, known, capacity, arc, time, into):
    """Write what the network sees of an arc."""
    used = 1.0 - capacity[arc] / menu.capacity[arc]
    into[0] = used - time
    into[1] = time
    into[2] = np.log((1.02 - used) / (1.02 - time))
    into[3] = known.price[arc]
    into[4] = known.spread[arc]
    into[5] = known.usage[arc]
    into[6] = known.width[arc]
    into[7] = np.log1p(capacity[arc] / known.bandwidth)
    into[8] = used - time * known.usage[arc]
    _clip(into)


@kernel(_nrt=False)
def path_features(menu, known, capacity, flow, path, room, cost, time, into):
    """Write what the network sees of a path for the flow at hand; ``cost`` is before it."""
    bandwidth = menu.bandwidth[flow]
    weight = menu.weight[flow]
    k = menu.allowed.shape[1]
    first = path - path % k
    hops = menu.start[path + 1] - menu.start[path]
    fullest = 0.0
    total = 0.0
    for i in range(menu.start[path], menu.start[path + 1]):
        arc = menu.arc[i]
        used = 1.0 - capacity[arc] / menu.capacity[arc]
        total += used
        fullest = max(fullest, used)
    into[0] = (weight - cost) / max(weight + cost, 1e-300)
    into[1] = bandwidth / room
    into[2] = np.log(bandwidth / known.bandwidth)
    into[3] = 0.1 * hops
    into[4] = np.log(max(weight, 1e-300) / (bandwidth * known.typical))
    into[5] = time
    into[6] = 0.25 * (hops - (menu.start[first + 1] - menu.start[first]))
    into[7] = fullest
    into[8] = total / hops
    _clip(into)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _corrected(menu, known, weights, strength, capacity, arc, time, into):
    """Return the price of a unit of bandwidth on an arc."""
    arc_features(menu, known, capacity, arc, time, into)
    factor = weights.arc_base[0]
    extra = weights.arc_base[1]
    for h in range(len(weights.arc_shift)):
        value = weights.arc_shift[h]
        for i in range(ARC_FEATURES):
            value += weights.arc_in[h, i] * into[i]
        value /= 1.0 + abs(value)
        factor += weights.arc_out[0, h] * value
        extra += weights.arc_out[1, h] * value
    factor = min(max(strength * factor, -WIDEST_CORRECTION), WIDEST_CORRECTION)
    # A dual of 0 is no evidence that the arc is free for ever: hence the second term.
    used = 1.0 - capacity[arc] / menu.capacity[arc]
    price = known.base[arc] * np.exp(known.gain * (used - time) + factor)
    return max(0.0, price + strength * extra * known.typical)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _factor(weights, strength, into):
    """Return the factor of a path's cost."""
    factor = weights.path_base[0]
    for h in range(len(weights.path_shift)):
        value = weights.path_shift[h]
        for i in range(PATH_FEATURES):
            value += weights.path_in[h, i] * into[i]
        factor += weights.path_out[0, h] * (value / (1.0 + abs(value)))
    return np.exp(min(max(strength * factor, -WIDEST_CORRECTION), WIDEST_CORRECTION))


@kernel(_nrt=False)
def decide_learned(
    menu, known, weights, strength, bench, flows, first, last, capacity, entries, choice
):
    """Decide the arrivals ``flows[first:last]``; ``choice[i]`` is the i-th one's path or -1.

    Nothing beyond the flow at hand is looked at, but for their number, by which time is told.
    ``strength`` scales all corrections; with 0 the rule is the adaptive bid price.
    """
    k = menu.allowed.shape[1]
    for i in range(first, last):
        flow = flows[i]
        bandwidth = menu.bandwidth[flow]
        weight = menu.weight[flow]
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
            cost = 0.0
            for e in range(menu.start[path], menu.start[path + 1]):
                arc = menu.arc[e]
                if bench.stamp[arc] != i:
                    bench.stamp[arc] = i
                    bench.arc_price[arc] = _corrected(
                        menu, known, weights, strength, capacity, arc, time, bench.arc
                    )
                cost += bench.arc_price[arc]
            cost *= bandwidth * known.level
            path_features(menu, known, capacity, flow, path, room, cost, time, bench.path)
            cost *= _factor(weights, strength, bench.path)
            if cost > weight:
                continue
            if cost < best:
                best = cost
                chosen = j
        choice[i] = chosen
        if chosen >= 0:
            occupy(menu, capacity, entries, menu.pair[flow] * k + chosen, bandwidth, 1)


@kernel(_nrt=False)
def describe(menu, known, bench, flow, time, capacity, entries, arc, price, path, on_path, mask):
    """Write what `decide_learned` looks at for one flow, before any correction.

    ``arc`` (float32, (k, L, `ARC_FEATURES`)); ``price`` (float32, (k, L)): of each arc, without the
    level; ``path`` (float32, (k, `PATH_FEATURES`)): but for the first feature, which the correction
    of arcs changes; ``on_path`` (bool, (k, L)); ``mask`` (bool, (k,)): whether the path has room.
    All are zero before. Paths of more than L arcs are left out.
    """
    k = menu.allowed.shape[1]
    for j in range(k):
        here = menu.pair[flow] * k + j
        first = menu.start[here]
        hops = menu.start[here + 1] - first
        if not menu.allowed[flow, j] or hops > price.shape[1]:
            continue
        room = narrowest(menu, capacity, entries, here)
        if room < menu.bandwidth[flow]:
            continue
        mask[j] = True
        for e in range(hops):
            edge = menu.arc[first + e]
            arc_features(menu, known, capacity, edge, time, bench.arc)
            for i in range(ARC_FEATURES):
                arc[j, e, i] = bench.arc[i]
            used = 1.0 - capacity[edge] / menu.capacity[edge]
            price[j, e] = known.base[edge] * np.exp(known.gain * (used - time))
            on_path[j, e] = True
        path_features(menu, known, capacity, flow, here, room, 0.0, time, bench.path)
        for i in range(1, PATH_FEATURES):
            path[j, i] = bench.path[i]
