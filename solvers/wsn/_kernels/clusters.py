"""Lasting clusters that choose their heads each round: k-means, and halves of halves."""

from typing import NamedTuple

import numpy as np

from netroute.solvers._kernels.rng import uniform
from netroute.solvers.wsn._kernels.world import charge, follow, goes_on, inner, lead, outer, pay

MOST_STEPS = 50
"""Of Lloyd's algorithm."""


class Clusters(NamedTuple):
    """Clusters of B fields.

    Attributes
    ----------
    of : ndarray of int32, shape (B, n)
        Cluster of each node, below k.
    centre : ndarray of float64, shape (B, k, 2)
    alive : ndarray of int64, shape (B,)
        Living nodes when the clusters were made, 0 before.
    size : ndarray of int64, shape (k,)
        Living nodes of each cluster, for one run after the other.
    level : ndarray of float64, shape (k,)
        Their mean residual energy, or the largest one.
    head : ndarray of int64, shape (k,)
        Head of each cluster, -1 in an empty one.
    near : ndarray of float64, shape (n,)
        Squared distances.
    """

    of: np.ndarray
    centre: np.ndarray
    alive: np.ndarray
    size: np.ndarray
    level: np.ndarray
    head: np.ndarray
    near: np.ndarray


@inner
def _apart(field, clusters, b, i, c):
    dx, dy = field.x[b, i] - clusters.centre[b, c, 0], field.y[b, i] - clusters.centre[b, c, 1]
    return dx * dx + dy * dy


@inner
def _sow(field, run, clusters, b):
    """Draw centres with probabilities that follow the squared distance to the nearest one."""
    n, random = field.x.shape[1], run.random[b]
    for i in range(n):
        clusters.near[i] = 1.0 if run.left[b, i] > 0.0 else 0.0
    for c in range(clusters.centre.shape[1]):
        total = 0.0
        for i in range(n):
            total += clusters.near[i]
        # All centres after this one coincide with nodes that have one: empty clusters.
        mark, chosen = uniform(random) * total, np.int64(-1)
        for i in range(n):
            if run.left[b, i] <= 0.0:
                continue
            if chosen < 0 or clusters.near[i] > 0.0:
                chosen = i
            mark -= clusters.near[i]
            if mark < 0.0:
                break
        clusters.centre[b, c, 0] = field.x[b, chosen]
        clusters.centre[b, c, 1] = field.y[b, chosen]
        for i in range(n):
            if run.left[b, i] > 0.0:
                d2 = _apart(field, clusters, b, i, c)
                clusters.near[i] = d2 if c == 0 else min(clusters.near[i], d2)


@inner
def _assign(field, run, clusters, b):
    """Put each living node into the cluster of the nearest centre; return whether any moved."""
    moved = False
    for i in range(field.x.shape[1]):
        if run.left[b, i] <= 0.0:
            continue
        best, cluster = np.inf, 0
        for c in range(clusters.centre.shape[1]):
            d2 = _apart(field, clusters, b, i, c)
            if d2 < best:
                best, cluster = d2, c
        moved = moved or clusters.of[b, i] != cluster
        clusters.of[b, i] = cluster
    return moved


@inner
def lloyd(field, run, clusters, b):
    """Make new clusters of the living nodes."""
    count = clusters.centre.shape[1]
    _sow(field, run, clusters, b)
    _assign(field, run, clusters, b)
    for _ in range(MOST_STEPS):
        for c in range(count):
            clusters.size[c] = 0
        for i in range(field.x.shape[1]):
            if run.left[b, i] <= 0.0:
                continue
            c = np.uint32(clusters.of[b, i])
            if clusters.size[c] == 0:
                clusters.centre[b, c, 0] = 0.0
                clusters.centre[b, c, 1] = 0.0
            clusters.size[c] += 1
            clusters.centre[b, c, 0] += field.x[b, i]
            clusters.centre[b, c, 1] += field.y[b, i]
        for c in range(count):
            if clusters.size[c] > 0:
                clusters.centre[b, c, 0] /= clusters.size[c]
                clusters.centre[b, c, 1] /= clusters.size[c]
        if not _assign(field, run, clusters, b):
            break
    clusters.alive[b] = run.alive[b]


@inner
def _central(field, run, clusters, b):
    """In each cluster, choose the node nearest to the centre with at least mean energy."""
    n = field.x.shape[1]
    for c in range(clusters.head.shape[0]):
        clusters.head[c] = -1
        clusters.size[c] = 0
        clusters.level[c] = 0.0
    for i in range(n):
        if run.left[b, i] > 0.0:
            c = np.uint32(clusters.of[b, i])
            clusters.size[c] += 1
            clusters.level[c] += run.left[b, i]
    for c in range(clusters.head.shape[0]):
        # Rounding must not leave a cluster without a head.
        clusters.level[c] *= (1.0 - 1e-12) / max(1, clusters.size[c])
    for i in range(n):
        c = np.int64(clusters.of[b, i])
        if run.left[b, i] <= 0.0 or run.left[b, i] < clusters.level[c]:
            continue
        known = clusters.head[c]
        if known < 0 or _apart(field, clusters, b, i, c) < _apart(field, clusters, b, known, c):
            clusters.head[c] = i


@inner
def _richest(run, clusters, b):
    """In each cluster, choose the node with the most energy left."""
    for c in range(clusters.head.shape[0]):
        clusters.head[c] = -1
        clusters.level[c] = 0.0
    for i in range(run.left.shape[1]):
        c = np.uint32(clusters.of[b, i])
        if run.left[b, i] > clusters.level[c]:
            clusters.level[c] = run.left[b, i]
            clusters.head[c] = i


@inner
def _serve(field, run, log, clusters, b):
    """Play the round in which each node reports to the head of its cluster."""
    run.leading[b] = 0
    for c in range(clusters.head.shape[0]):
        if clusters.head[c] >= 0:
            lead(run, b, np.uint32(clusters.head[c]))
    for i in range(run.left.shape[1]):
        if run.left[b, i] > 0.0:
            run.parent[b, i] = clusters.head[np.uint32(clusters.of[b, i])]
    follow(field, run, b)
    charge(field, run, b)
    pay(field, run, log, b)


@outer
def cluster_rounds(field, run, log, rounds, clusters):
    """Play ``rounds`` rounds of every run; a death makes for new clusters by k-means."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            if clusters.alive[b] != run.alive[b]:
                lloyd(field, run, clusters, b)
            _central(field, run, clusters, b)
            _serve(field, run, log, clusters, b)


@outer
def richest_rounds(field, run, log, rounds, clusters):
    """Play ``rounds`` rounds of every run, always in the same clusters."""
    for b in range(run.alive.shape[0]):
        for _ in range(rounds):
            if not goes_on(run, log, b):
                break
            _richest(run, clusters, b)
            _serve(field, run, log, clusters, b)
