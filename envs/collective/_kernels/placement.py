"""A batch of fabrics on which flows ask for a spine, each at its own place in its own episode."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.collective._kernels.leaf import HIGHEST, book, open_ledger, recall

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_LOW = np.uint64(0xFFFFFFFF)


class Menu(NamedTuple):
    """What all fabrics share: F flows between leaves, sorted by phase, and L x s links each way.

    Attributes
    ----------
    source, target, row, phase : ndarray of int32, shape (F,)
        Leaves; row of the table of remaining demand; phase, of those that have flows here.
    size : ndarray of int64, shape (F,)
        Bytes.
    start : ndarray of int64, shape (P + 1,)
        First flow of each phase.
    nic, low : ndarray of float64, shape (P,)
        Time that hosts' links take at least, and lower bound, of each phase.
    volume : ndarray of float64, shape (P,)
        Bytes of each phase.
    up, down : ndarray of int64, shape (L, s)
        Capacities from leaves to spines and, by leaf as well, back.
    up_time, down_time : ndarray of float64, shape (L, s)
        Their inverses, 0 where a link failed.
    up_rate, down_rate : ndarray of float32, shape (L, s)
        Capacities over the largest one, as they are shown.
    extra, bound : float
        Time of phases without flows here; lower bound of all phases.
    largest : float
        Bytes of the largest flow.
    delay : int
        Decisions that are not yet to be seen.
    noise : float
        Share by which a load that is seen may be wrong.
    refresh : int
        Decisions of a phase between two publications of the loads.
    unit, mean : ndarray of float64, shape (P,)
        Load of a byte and of a flow of mean size, at the highest capacity, over the lower bound.
    """

    source: np.ndarray
    target: np.ndarray
    row: np.ndarray
    phase: np.ndarray
    size: np.ndarray
    start: np.ndarray
    nic: np.ndarray
    low: np.ndarray
    volume: np.ndarray
    up: np.ndarray
    down: np.ndarray
    up_time: np.ndarray
    down_time: np.ndarray
    up_rate: np.ndarray
    down_rate: np.ndarray
    extra: float
    bound: float
    largest: float
    delay: int
    noise: float
    refresh: int
    unit: np.ndarray
    mean: np.ndarray


class Worlds(NamedTuple):
    """State of B fabrics.

    Attributes
    ----------
    up, down : ndarray of int64, shape (B, L, s)
        Bytes of this phase on each link.
    seen_up, seen_down : ndarray of int64, shape (B, L, s)
        The same as it is seen, without the last decisions or as published last; the same arrays
        where it is always up to date.
    remaining : ndarray of int64, shape (B, X, L)
        Bytes of this phase still to be placed, by row and target leaf.
    theta, total : ndarray of float64, shape (B,)
        Highest load over capacity of this phase, and the sum over all phases so far.
    step : ndarray of int64, shape (B,)
        Flows placed.
    order, choice : ndarray of int32, shape (B, F)
        Flow of each arrival, and its spine.
    seed : ndarray of uint64, shape (B,)
        Of the noise.
    """

    up: np.ndarray
    down: np.ndarray
    seen_up: np.ndarray
    seen_down: np.ndarray
    remaining: np.ndarray
    theta: np.ndarray
    total: np.ndarray
    step: np.ndarray
    order: np.ndarray
    choice: np.ndarray
    seed: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _enter(menu, worlds, ledger, b, p):
    """Begin a phase with empty links."""
    if ledger is not None:
        open_ledger(ledger, b)
    for i in range(worlds.up.shape[1]):
        for a in range(worlds.up.shape[2]):
            worlds.up[b, i, a] = 0
            worlds.down[b, i, a] = 0
            worlds.seen_up[b, i, a] = 0
            worlds.seen_down[b, i, a] = 0
    worlds.theta[b] = 0.0
    if worlds.remaining.shape[1] == 0:
        return
    for x in range(worlds.remaining.shape[1]):
        for j in range(worlds.remaining.shape[2]):
            worlds.remaining[b, x, j] = 0
    for f in range(menu.start[p], menu.start[p + 1]):
        worlds.remaining[b, menu.row[f], menu.target[f]] += menu.size[f]


@kernel(_nrt=False)
def clear(menu, worlds, ledger, b):
    """Begin an episode of fabric ``b``, whose order and seed are set; ``ledger`` may be None."""
    worlds.step[b] = 0
    worlds.total[b] = 0.0
    _enter(menu, worlds, ledger, b, 0)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _publish(worlds, b):
    """Let the loads of fabric ``b`` be seen."""
    for i in range(worlds.up.shape[1]):
        for a in range(worlds.up.shape[2]):
            worlds.seen_up[b, i, a] = worlds.up[b, i, a]
            worlds.seen_down[b, i, a] = worlds.down[b, i, a]


@kernel(_nrt=False)
def act(menu, worlds, ledger, action, idle, reward, done):
    """Place the flow at hand of each fabric that is not ``idle``.

    ``action`` (int64) is a spine; where a link to it failed, the next one with both links up.
    ``ledger`` is None where leaves remember nothing.
    """
    spines, flows = menu.up.shape[1], menu.size.shape[0]
    for b in range(action.shape[0]):
        reward[b] = 0.0
        done[b] = False
        if idle[b]:
            continue
        t = worlds.step[b]
        f = worlds.order[b, t]
        i, j, p, size = menu.source[f], menu.target[f], menu.phase[f], menu.size[f]
        a = action[b]
        # Ends: an instance has a path for each of its flows.
        while menu.up[i, a] == 0 or menu.down[j, a] == 0:
            a = a + 1 if a + 1 < spines else 0
        worlds.choice[b, t] = a
        worlds.up[b, i, a] += size
        worlds.down[b, j, a] += size
        if ledger is not None:
            book(ledger, b, i, j, a, size)
        before = worlds.theta[b]
        up, down = worlds.up[b, i, a] / menu.up[i, a], worlds.down[b, j, a] / menu.down[j, a]
        theta = max(before, max(up, down))
        first = menu.start[p]
        if t == first:
            theta = max(theta, menu.nic[p])
        rise = theta - before
        if t == 0:
            rise += menu.extra
        worlds.theta[b] = theta
        worlds.total[b] += rise
        reward[b] = -rise / menu.bound
        if worlds.remaining.shape[1] > 0:
            worlds.remaining[b, menu.row[f], j] -= size
        late = t - menu.delay
        # Without delay they are the same arrays as the loads.
        if menu.delay > 0 and late >= first:
            g, c = worlds.order[b, late], worlds.choice[b, late]
            worlds.seen_up[b, menu.source[g], c] += menu.size[g]
            worlds.seen_down[b, menu.target[g], c] += menu.size[g]
        t += 1
        worlds.step[b] = t
        done[b] = t == flows
        if t < flows and t == menu.start[p + 1]:
            _enter(menu, worlds, ledger, b, p + 1)
        elif menu.refresh > 1 and (t - first) % menu.refresh == 0:
            _publish(worlds, b)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _mixed(seed, number):
    """Return 64 bits that depend on both (SplitMix64: Steele, Lea, Flood 2014)."""
    x = np.uint64(seed) + _GOLDEN * (np.uint64(number) + np.uint64(1))
    x = (x ^ (x >> np.uint64(30))) * _FIRST
    x = (x ^ (x >> np.uint64(27))) * _SECOND
    return x ^ (x >> np.uint64(31))


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _blank(sight, b):
    """Write zeros: there is no flow at hand."""
    for a in range(sight.turn.shape[1]):
        sight.own_up[b, a] = 0.0
        sight.own_down[b, a] = 0.0
        sight.sent_up[b, a] = 0.0
        sight.sent_down[b, a] = 0.0
        sight.turn[b, a] = 0.0
    for x in range(4):
        sight.scale[b, x] = 0.0


@kernel(_nrt=False)
def observe(menu, worlds, ledger, up, down, up_rate, down_rate, flow, ends, mask, remaining, sight):
    """Write what is to be seen of the flow at hand of each fabric; zeros after the last one.

    ``up``, ``down``, ``up_rate``, ``down_rate`` (float32, (B, s)): loads and capacities; ``flow``
    (float32, (B, 3)): size, and shares of the phase and of all flows that are placed; ``ends``
    (int64, (B, 2)); ``mask`` (int8, (B, s)); ``remaining`` (float32, (B, Y, L)): the row of the
    flow, or all of them; ``sight``: what leaves remember, None without a ``ledger``.
    """
    spines, flows = menu.up.shape[1], menu.size.shape[0]
    for b in range(up.shape[0]):
        t = worlds.step[b]
        if t == flows:
            for a in range(spines):
                up[b, a] = 0.0
                down[b, a] = 0.0
                up_rate[b, a] = 0.0
                down_rate[b, a] = 0.0
                mask[b, a] = 1
            flow[b, 0] = 0.0
            flow[b, 1] = 1.0
            flow[b, 2] = 1.0
            ends[b, 0] = 0
            ends[b, 1] = 0
            for y in range(remaining.shape[1]):
                for x in range(remaining.shape[2]):
                    remaining[b, y, x] = 0.0
            if sight is not None:
                _blank(sight, b)
            continue
        f = worlds.order[b, t]
        i, j, p = menu.source[f], menu.target[f], menu.phase[f]
        scale = 1.0 / menu.low[p]
        # One short loop each: compilers make vectors of them.
        for a in range(spines):
            up[b, a] = min(worlds.seen_up[b, i, a] * menu.up_time[i, a] * scale, HIGHEST)
        for a in range(spines):
            down[b, a] = min(worlds.seen_down[b, j, a] * menu.down_time[j, a] * scale, HIGHEST)
        for a in range(spines):
            up_rate[b, a] = menu.up_rate[i, a]
        for a in range(spines):
            down_rate[b, a] = menu.down_rate[j, a]
        for a in range(spines):
            mask[b, a] = (up_rate[b, a] > 0.0) & (down_rate[b, a] > 0.0)
        if menu.noise > 0.0:
            low, share = 1.0 - menu.noise, menu.noise * 2.0**-31
            for a in range(spines):
                bits = _mixed(worlds.seed[b], t * spines + a)
                one, other = np.int64(bits >> np.uint64(32)), np.int64(bits & _LOW)
                up[b, a] = min(up[b, a] * (low + share * one), HIGHEST)
                down[b, a] = min(down[b, a] * (low + share * other), HIGHEST)
        first = menu.start[p]
        if sight is not None:
            recall(
                ledger, worlds.up, worlds.seen_up, b, i, j, t - first, menu.refresh, menu.size[f],
                menu.unit[p], menu.mean[p], sight,
            )  # fmt: skip
        flow[b, 0] = menu.size[f] / menu.largest
        flow[b, 1] = (t - first) / (menu.start[p + 1] - first)
        flow[b, 2] = t / flows
        ends[b, 0] = i
        ends[b, 1] = j
        unit = 1.0 / menu.volume[p]
        if remaining.shape[1] == 1:
            for x in range(remaining.shape[2]):
                remaining[b, 0, x] = worlds.remaining[b, menu.row[f], x] * unit
        else:
            for y in range(remaining.shape[1]):
                for x in range(remaining.shape[2]):
                    remaining[b, y, x] = worlds.remaining[b, y, x] * unit
