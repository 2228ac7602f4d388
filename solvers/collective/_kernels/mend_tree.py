"""Moves of single flows between the paths of a fat tree until no link is above its limit."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below
from netroute.solvers.collective._kernels.mend import note


class TreeRows(NamedTuple):
    """Rows of a phase: ends, pods, bytes of a flow, and rows by source and by target leaf."""

    source: np.ndarray
    target: np.ndarray
    source_pod: np.ndarray
    target_pod: np.ndarray
    size: np.ndarray
    from_begin: np.ndarray
    into_begin: np.ndarray
    into: np.ndarray


class Shape(NamedTuple):
    """Numbers of leaves, planes, cores of a plane, pods and leaves of a pod."""

    leaves: np.int64
    planes: np.int64
    cores: np.int64
    pods: np.int64
    per_pod: np.int64


@kernel(_nrt=False)
def _excess(load, limit):
    return max(np.int64(0), load - limit)


@kernel(_nrt=False)
def links_on(rows, shape, row, path, out):
    """Write down the links of a row's path; return how many there are.

    Links up are numbered ``leaf * planes + plane``, links down follow in the same order, then those
    to cores, ``pod * paths + path``, and back. A path is plane times cores + core.
    """
    plane = path // shape.cores
    edge = shape.leaves * shape.planes
    out[0] = np.int64(rows.source[row]) * shape.planes + plane
    out[1] = edge + np.int64(rows.target[row]) * shape.planes + plane
    if rows.source_pod[row] == rows.target_pod[row]:
        return 2
    paths = shape.planes * shape.cores
    out[2] = 2 * edge + np.int64(rows.source_pod[row]) * paths + path
    out[3] = 2 * edge + shape.pods * paths + np.int64(rows.target_pod[row]) * paths + path
    return 4


@kernel(_nrt=False)
def _change(state, links, number, size):
    """Add bytes to links; return how much that changes the sum of excesses."""
    change = np.int64(0)
    for t in range(number):
        e = links[t]
        change -= _excess(state.load[e], state.limit[e])
        state.load[e] += size
        change += _excess(state.load[e], state.limit[e])
    return change


@kernel(_nrt=False)
def _cost(state, links, number, size):
    """Return what `_change` would; a very high number for a failed link."""
    change = np.int64(0)
    for t in range(number):
        e = links[t]
        if state.limit[e] < 0:
            return np.int64(2**62)
        change += _excess(state.load[e] + size, state.limit[e])
        change -= _excess(state.load[e], state.limit[e])
    return change


@kernel(_nrt=False)
def mend_tree(rows, state, shape, links, steps, began, random):
    """Make up to ``steps`` moves; return how many were made until no link was in excess.

    As `netroute.solvers.collective._kernels.mend.mend`; ``links`` is room for two paths' links.
    """
    paths = shape.planes * shape.cores
    edge = shape.leaves * shape.planes
    for step in range(steps):
        if state.number[0] == 0:
            return step
        link = np.int64(state.over[below(random, state.number[0])])
        # The rows that may use the link, and the paths on which they do.
        if link < 2 * edge:
            rising = link < edge
            at = link if rising else link - edge
            leaf, first = at // shape.planes, at % shape.planes * shape.cores
            last, end = first + shape.cores, leaf + 1
        else:
            rising = link < 2 * edge + shape.pods * paths
            at = link - 2 * edge if rising else link - 2 * edge - shape.pods * paths
            leaf, first = at // paths * shape.per_pod, at % paths
            last, end = first + 1, leaf + shape.per_pod
        begin = rows.from_begin if rising else rows.into_begin
        best, ties = np.int64(2**62), np.int64(0)
        best_row, best_old, best_new = np.uint32(0), np.int64(0), np.int64(0)
        now = began + step
        for t in range(begin[leaf], begin[end]):
            r = np.uint32(t) if rising else rows.into[t]
            inside = rows.source_pod[r] == rows.target_pod[r]
            if inside and link >= 2 * edge:
                continue
            size = rows.size[r]
            for old in range(first, last):
                if state.counts[old, r] == 0:
                    continue
                number = links_on(rows, shape, r, old, links[0])
                gain = _change(state, links[0], number, -size)
                for new in range(0, paths, shape.cores if inside else 1):
                    if new == old:
                        continue
                    links_on(rows, shape, r, new, links[1])
                    cost = _cost(state, links[1], number, size)
                    if cost == np.int64(2**62):
                        continue
                    change = cost + gain
                    if state.barred[new, r] > now and change >= 0:
                        continue
                    if change < best:
                        best, ties = change, np.int64(1)
                        best_row, best_old, best_new = r, np.int64(old), np.int64(new)
                    elif change == best:
                        ties += 1
                        if below(random, ties) == 0:
                            best_row, best_old, best_new = r, np.int64(old), np.int64(new)
                _change(state, links[0], number, size)
        if ties == 0:
            continue
        size = rows.size[best_row]
        state.counts[best_old, best_row] -= 1
        state.counts[best_new, best_row] += 1
        number = links_on(rows, shape, best_row, best_old, links[0])
        links_on(rows, shape, best_row, best_new, links[1])
        _change(state, links[0], number, -size)
        _change(state, links[1], number, size)
        state.barred[best_old, best_row] = now + 8 + below(random, np.int64(8))
        for t in range(number):
            note(state, np.uint32(links[0, t]))
            note(state, np.uint32(links[1, t]))
    return steps
