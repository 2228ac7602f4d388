"""What a leaf knows of a flow's paths: loads as published last, and what it has sent itself."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

HIGHEST = 100.0
"""Loads that are seen are cut off here, in multiples of the lower bound."""


class Ledger(NamedTuple):
    """What leaves have sent to each other in this phase, in each of B fabrics.

    Attributes
    ----------
    sent, before : ndarray of int64, shape (B, L, L, s)
        Bytes by source leaf, target leaf and spine: now, and when loads were published last.
    stamp : ndarray of int64, shape (B, L, L)
        Number of the publication that ``before`` belongs to.
    flows : ndarray of int64, shape (B, L, L)
        Flows.
    """

    sent: np.ndarray
    before: np.ndarray
    stamp: np.ndarray
    flows: np.ndarray


class Sight(NamedTuple):
    """What is seen of the flow at hand in each of B fabrics.

    Loads are times over the lower bound of the phase; of links whose capacity is not to be seen,
    times at the highest capacity.

    Attributes
    ----------
    own_up, own_down : ndarray of float32, shape (B, s)
        What the source leaf has sent since loads were published, over each spine: in all, and to
        the target leaf.
    sent_up, sent_down : ndarray of float32, shape (B, s)
        What it had sent until then.
    turn : ndarray of float32, shape (B, s)
        How many turns each spine has to wait in a rota that leaves keep without talking, over s.
    scale : ndarray of float32, shape (B, 4)
        Load of the flow, of a flow of mean size, and what all leaves have sent since loads were
        published and until then, in flows of mean size spread over all links.
    """

    own_up: np.ndarray
    own_down: np.ndarray
    sent_up: np.ndarray
    sent_down: np.ndarray
    turn: np.ndarray
    scale: np.ndarray


@kernel(_nrt=False)
def open_ledger(ledger, b):
    """Forget what was sent in fabric ``b``: a phase begins."""
    for i in range(ledger.stamp.shape[1]):
        for j in range(ledger.stamp.shape[2]):
            ledger.stamp[b, i, j] = -1
            ledger.flows[b, i, j] = 0
            for a in range(ledger.sent.shape[3]):
                ledger.sent[b, i, j, a] = 0
                ledger.before[b, i, j, a] = 0


@kernel(_nrt=False)
def book(ledger, b, i, j, a, size):
    """Note a flow of ``size`` bytes from leaf ``i`` to leaf ``j`` over spine ``a``."""
    ledger.sent[b, i, j, a] += size
    ledger.flows[b, i, j] += 1


@kernel(_nrt=False)
def recall(ledger, up, seen_up, b, i, j, t, refresh, size, unit, mean, sight):
    """Write what leaf ``i`` remembers before it sends flow ``t`` of the phase to leaf ``j``.

    ``up``, ``seen_up`` (int64, (B, L, s)): bytes on links to spines, now and as published; only the
    leaf itself loads them. ``refresh`` (int64): flows between two publications. ``size`` (int64):
    bytes of the flow. ``unit``, ``mean`` (float64): load of a byte and of a flow of mean size, at
    the highest capacity.
    """
    leaves, spines = up.shape[1], up.shape[2]
    published = t // refresh
    share = mean / (leaves * spines)
    sight.scale[b, 0] = min(size * unit, HIGHEST)
    sight.scale[b, 1] = min(mean, HIGHEST)
    sight.scale[b, 2] = min((t - published * refresh) * share, HIGHEST)
    sight.scale[b, 3] = min(published * refresh * share, HIGHEST)
    if ledger.stamp[b, i, j] != published:
        ledger.stamp[b, i, j] = published
        for a in range(spines):
            ledger.before[b, i, j, a] = ledger.sent[b, i, j, a]
    # The n-th flow from i to j begins to look at spine i + j + n.
    begin = (np.int64(i) + np.int64(j) + ledger.flows[b, i, j]) % spines
    for a in range(spines):
        sight.own_up[b, a] = min((up[b, i, a] - seen_up[b, i, a]) * unit, HIGHEST)
        sight.sent_up[b, a] = min(seen_up[b, i, a] * unit, HIGHEST)
        before = ledger.before[b, i, j, a]
        sight.own_down[b, a] = min((ledger.sent[b, i, j, a] - before) * unit, HIGHEST)
        sight.sent_down[b, a] = min(before * unit, HIGHEST)
        wait = a - begin
        if wait < 0:
            wait += spines
        sight.turn[b, a] = wait / spines
