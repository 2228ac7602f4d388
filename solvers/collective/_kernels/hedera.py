"""Central scheduling of flows by demands: first fit, and annealing by receiving host."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below, uniform

ROOM = 1.0 + 1e-9
"""A link counts as full only beyond it, whatever the rounding."""


class Receivers(NamedTuple):
    """Flows sorted by receiving host: where each host begins, their rows and demands."""

    begin: np.ndarray
    row: np.ndarray
    demand: np.ndarray


class Tree(NamedTuple):
    """Leaves and pods of rows, and which of their paths (plane times cores + core) are up."""

    source: np.ndarray
    target: np.ndarray
    source_pod: np.ndarray
    target_pod: np.ndarray
    up: np.ndarray


@kernel(_nrt=False)
def usable_path(tree, row, path, cores):
    """Return the first path from ``path`` on that is up; within a pod by the plane alone."""
    if tree.source_pod[row] == tree.target_pod[row]:
        path -= path % cores
    while not tree.up[row, path]:
        path += 1
        if path == tree.up.shape[1]:
            path = 0
    return path


@kernel(_nrt=False)
def shift(tree, links, row, path, amount):
    """Add a demand to the links of a path; return how much that changes the excess of them all.

    ``links`` hold times per byte and loads over capacity; the excess of a link is its load beyond
    its capacity.
    """
    cores = links.core_up.shape[2]
    a, c = path // cores, path % cores
    i, j = tree.source[row], tree.target[row]
    p, q = tree.source_pod[row], tree.target_pod[row]
    change = _add(links.up_load, links.up, (i, a), amount)
    change += _add(links.down_load, links.down, (a, j), amount)
    if p != q:
        change += _add(links.core_up_load, links.core_up, (p, a, c), amount)
        change += _add(links.core_down_load, links.core_down, (a, c, q), amount)
    return change


@kernel(_nrt=False)
def _add(load, time, at, amount):
    before = max(0.0, load[at] - 1.0)
    load[at] += amount * time[at]
    return (max(0.0, load[at] - 1.0) - before) / time[at]


@kernel(_nrt=False)
def _fits(tree, links, row, path, amount):
    cores = links.core_up.shape[2]
    a, c = path // cores, path % cores
    i, j = tree.source[row], tree.target[row]
    p, q = tree.source_pod[row], tree.target_pod[row]
    if links.up_load[i, a] + amount * links.up[i, a] > ROOM:
        return False
    if links.down_load[a, j] + amount * links.down[a, j] > ROOM:
        return False
    if p == q:
        return True
    if links.core_up_load[p, a, c] + amount * links.core_up[p, a, c] > ROOM:
        return False
    return links.core_down_load[a, c, q] + amount * links.core_down[a, c, q] <= ROOM


@kernel(_nrt=False)
def first_fit(row_of, demand, tree, links, path):
    """Reserve for each flow the first path with room; without any it keeps the one it has."""
    for f in range(row_of.shape[0]):
        row = row_of[f]
        for t in range(tree.up.shape[1]):
            if tree.up[row, t] and _fits(tree, links, row, t, demand[f]):
                path[f] = t
                shift(tree, links, row, t, demand[f])
                break


@kernel(_nrt=False)
def settle(receivers, tree, links, path):
    """Put all flows onto their receivers' paths; return the sum of all excesses."""
    cores = links.core_up.shape[2]
    energy = 0.0
    for host in range(path.shape[0]):
        energy += _shift_all(receivers, tree, links, host, path[host], cores, 1.0)
    return energy


@kernel(_nrt=False)
def _shift_all(receivers, tree, links, host, path, cores, sign):
    change = 0.0
    for t in range(receivers.begin[host], receivers.begin[host + 1]):
        row = receivers.row[t]
        at = usable_path(tree, row, path, cores)
        change += shift(tree, links, row, at, sign * receivers.demand[t])
    return change


@kernel(_nrt=False)
def anneal(receivers, tree, links, path, best, energies, hot, cold, steps, random):
    """Make ``steps`` trials at temperatures from ``hot`` to ``cold``.

    A trial gives two receivers each other's paths, or one receiver a random one. ``energies`` holds
    the present and the least sum of excesses, ``best`` the paths of the latter.
    """
    hosts, paths = path.shape[0], tree.up.shape[1]
    cores = links.core_up.shape[2]
    for step in range(steps):
        heat = hot + (cold - hot) * step / steps
        one = below(random, np.int64(hosts))
        other = below(random, np.int64(hosts))
        old, into = path[one], path[other]
        swap = uniform(random) < 0.5
        if not swap:
            into = below(random, np.int64(paths))
        if old == into:
            continue
        change = _shift_all(receivers, tree, links, one, old, cores, -1.0)
        change += _shift_all(receivers, tree, links, one, into, cores, 1.0)
        if swap:
            change += _shift_all(receivers, tree, links, other, into, cores, -1.0)
            change += _shift_all(receivers, tree, links, other, old, cores, 1.0)
        if change <= 0.0 or uniform(random) < np.exp(-change / max(heat, 1e-300)):
            path[one] = into
            if swap:
                path[other] = old
            energies[0] += change
            if energies[0] < energies[1] - 1e-9:
                energies[1] = energies[0]
                for h in range(hosts):
                    best[h] = path[h]
            continue
        _shift_all(receivers, tree, links, one, into, cores, -1.0)
        _shift_all(receivers, tree, links, one, old, cores, 1.0)
        if swap:
            _shift_all(receivers, tree, links, other, old, cores, -1.0)
            _shift_all(receivers, tree, links, other, into, cores, 1.0)
