"""Flows that leaves put on spines one by one, by what they know."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.collective._kernels.leaf import HIGHEST, book, recall
from netroute.solvers.collective._kernels.nowcast import expected_level, outlook
from netroute.solvers.collective._kernels.scorer import best_spine

TURNS, WEIGHTED, GREEDY, GREEDY_OWN, GREEDY_RATES, EXPECTED, TWO_CHOICES = range(7)
"""Rules: the rota; at random by capacity; least loaded as published, with own flows, with own rates
as well, and with what others are expected to have sent; the better of two random spines."""

_TIE = 1e-3
"""Flows by which a spine is worse whose turn is last: it decides between equal ones only."""

_LAST53 = 2.0**-53


class Demand(NamedTuple):
    """Flows of a phase in the order of arrival: leaves (uint32) and bytes (int64), shape (F,)."""

    source: np.ndarray
    target: np.ndarray
    size: np.ndarray


class Links(NamedTuple):
    """The links of a fabric, and what is known of them.

    Attributes
    ----------
    up_time, down_time : ndarray of float64, shape (L, s)
        Time that a byte takes, by leaf; 0 where a link failed.
    up_rate, down_rate : ndarray of float32, shape (L, s)
        Capacities over the highest one as leaves know them; 0 where a link failed.
    low : float
        Lower bound of the phase, the unit of loads.
    unit, mean : float
        Load of a byte and of a flow of mean size, at the highest capacity.
    refresh : int
        Arrivals between two publications of loads.
    """

    up_time: np.ndarray
    down_time: np.ndarray
    up_rate: np.ndarray
    down_rate: np.ndarray
    low: float
    unit: float
    mean: float
    refresh: int


class Loads(NamedTuple):
    """Bytes on each link, now and as published last (the same arrays if always): (1, L, s)."""

    up: np.ndarray
    down: np.ndarray
    seen_up: np.ndarray
    seen_down: np.ndarray


class View(NamedTuple):
    """What is seen of both links of each spine: published loads and rates, float32, (1, s)."""

    up: np.ndarray
    down: np.ndarray
    up_rate: np.ndarray
    down_rate: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _look(t, demand, links, loads, ledger, view, sight):
    """Write what the leaf of flow ``t`` sees."""
    i, j, refresh = demand.source[t], demand.target[t], links.refresh
    leaves, spines = links.up_time.shape
    if refresh > 1 and t % refresh == 0:
        for k in range(leaves):
            for a in range(spines):
                loads.seen_up[0, k, a] = loads.up[0, k, a]
                loads.seen_down[0, k, a] = loads.down[0, k, a]
    scale = 1.0 / links.low
    for a in range(spines):
        view.up[0, a] = min(loads.seen_up[0, i, a] * links.up_time[i, a] * scale, HIGHEST)
        view.down[0, a] = min(loads.seen_down[0, j, a] * links.down_time[j, a] * scale, HIGHEST)
        view.up_rate[0, a] = links.up_rate[i, a]
        view.down_rate[0, a] = links.down_rate[j, a]
    recall(
        ledger, loads.up, loads.seen_up, 0, i, j, t, refresh, demand.size[t], links.unit,
        links.mean, sight,
    )  # fmt: skip


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _put(t, a, demand, loads, ledger, spine):
    """Put flow ``t`` on spine ``a``."""
    i, j, size = demand.source[t], demand.target[t], demand.size[t]
    loads.up[0, i, a] += size
    loads.down[0, j, a] += size
    book(ledger, 0, i, j, a, size)
    spine[t] = a


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _random(dice):
    """Return a number from 0 to 1 (xorshift64*: Vigna 2016)."""
    x = dice[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    dice[0] = x
    return ((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * _LAST53


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _load(rule, a, view, sight):
    """Return the higher load of both links of spine ``a`` with the flow, as a rule reckons it."""
    x = sight.scale[0, 0]
    up_rate, down_rate = view.up_rate[0, a], view.down_rate[0, a]
    if rule == GREEDY_RATES and view.up[0, a] > 0.0:
        # Nobody else loads the link: what was sent over the time it took is its capacity.
        up_rate = sight.sent_up[0, a] / view.up[0, a]
    own_up, own_down = np.float32(0.0), np.float32(0.0)
    if rule != GREEDY:
        own_up, own_down = sight.own_up[0, a], sight.own_down[0, a]
    up = view.up[0, a] + (own_up + x) / up_rate
    return max(up, view.down[0, a] + (own_down + x) / down_rate)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _by_rule(rule, view, sight, dice):
    """Return the spine that a rule chooses."""
    spines = view.up.shape[1]
    best, chosen, one, other = np.inf, 0, -1, -1
    if rule == TWO_CHOICES:
        usable = 0
        for a in range(spines):
            usable += (view.up_rate[0, a] > 0.0) & (view.down_rate[0, a] > 0.0)
        one = np.int64(_random(dice) * usable)
        # Another one where there is another.
        other = one + 1 + np.int64(_random(dice) * (usable - 1))
        if other >= usable:
            other -= usable
    level = 0.0
    if rule == EXPECTED:
        level = expected_level(view.down, view.up_rate, view.down_rate, sight)
    usable = 0
    for a in range(spines):
        up_rate, down_rate = view.up_rate[0, a], view.down_rate[0, a]
        if up_rate == 0.0 or down_rate == 0.0:
            continue
        usable += 1
        if rule == TWO_CHOICES and usable - 1 != one and usable - 1 != other:
            continue
        if rule == TURNS:
            value = np.float64(sight.turn[0, a])
        elif rule == WEIGHTED:
            # The least of exponential times: chosen in proportion to the rates.
            value = -np.log(1.0 - _random(dice)) / min(up_rate, down_rate)
        elif rule == EXPECTED:
            value = outlook(a, level, view.up, view.down, view.up_rate, view.down_rate, sight)
        else:
            value = _load(rule, a, view, sight) + _TIE * sight.scale[0, 1] * sight.turn[0, a]
        if value < best:
            best, chosen = value, a
    return chosen


@kernel(_nrt=False)
def place_by_rule(first, last, demand, links, loads, ledger, view, sight, rule, dice, spine):
    """Place the flows ``first`` to ``last`` by a rule; ``dice`` (uint64, (1,)) is not 0."""
    for t in range(first, last):
        _look(t, demand, links, loads, ledger, view, sight)
        _put(t, _by_rule(rule, view, sight, dice), demand, loads, ledger, spine)


@kernel(_nrt=False)
def place_by_scorer(first, last, demand, links, loads, ledger, view, sight, scorer, desk, spine):
    """Place the flows ``first`` to ``last`` where the scorer's score is highest."""
    flows = demand.size.shape[0]
    for t in range(first, last):
        _look(t, demand, links, loads, ledger, view, sight)
        share = np.float32(t / flows)
        a = best_spine(
            view.up, view.down, view.up_rate, view.down_rate, sight, share, scorer, desk
        )  # fmt: skip
        _put(t, a, demand, loads, ledger, spine)
