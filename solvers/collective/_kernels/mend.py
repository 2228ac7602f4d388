"""Moves of single flows between planes until no link is above its limit."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below


class Rows(NamedTuple):
    """Rows of a phase: ends, bytes of a flow, and rows by source and by target leaf."""

    source: np.ndarray
    target: np.ndarray
    size: np.ndarray
    from_begin: np.ndarray
    into_begin: np.ndarray
    into: np.ndarray


class State(NamedTuple):
    """Flows by plane and row, loads and limits in bytes, and the links above their limit.

    Links up are numbered ``leaf * planes + plane``, links down follow in the same order. A failed
    link has the limit -1. ``over`` lists the links in excess, ``place`` has their positions.
    """

    counts: np.ndarray
    load: np.ndarray
    limit: np.ndarray
    over: np.ndarray
    place: np.ndarray
    number: np.ndarray
    barred: np.ndarray


@kernel(_nrt=False)
def note(state, link):
    """Enter a link into the list of those in excess, or take it out."""
    place = state.place[link]
    if state.load[link] > state.limit[link] and state.load[link] > 0:
        if place < 0:
            state.over[state.number[0]] = link
            state.place[link] = state.number[0]
            state.number[0] += 1
    elif place >= 0:
        state.number[0] -= 1
        last = state.over[state.number[0]]
        state.over[place] = last
        state.place[last] = place
        state.place[link] = -1


@kernel(_nrt=False)
def _excess(load, limit):
    return max(np.int64(0), load - limit)


@kernel(_nrt=False)
def mend(rows, state, planes, steps, began, random):
    """Make up to ``steps`` moves; return how many were made until no link was in excess.

    A step takes a random link in excess and moves one of its flows to another plane so that the sum
    of all excesses becomes as small as possible, at random among equals; a flow may not go back to
    the plane it came from for some steps (min-conflicts with a tabu list).
    """
    half = np.uint32(state.load.shape[0] // 2)
    for step in range(steps):
        if state.number[0] == 0:
            return step
        link = state.over[below(random, state.number[0])]
        up = link < half
        at = link if up else link - half
        leaf, plane = np.uint32(at // planes), np.uint32(at % planes)
        begin = rows.from_begin if up else rows.into_begin
        best, ties = np.int64(2**62), 0
        best_row, best_plane = np.uint32(0), np.uint32(0)
        now = began + step
        for t in range(begin[leaf], begin[leaf + np.uint32(1)]):
            r = np.uint32(t) if up else rows.into[t]
            if state.counts[plane, r] == 0:
                continue
            size = rows.size[r]
            out = rows.source[r] * planes
            into = half + rows.target[r] * planes
            a, b = out + plane, into + plane
            gain = _excess(state.load[a], state.limit[a]) + _excess(state.load[b], state.limit[b])
            gain -= _excess(state.load[a] - size, state.limit[a])
            gain -= _excess(state.load[b] - size, state.limit[b])
            for k in range(planes):
                c, d = out + np.uint32(k), into + np.uint32(k)
                if k == plane or state.limit[c] < 0 or state.limit[d] < 0:
                    continue
                change = _excess(state.load[c] + size, state.limit[c]) - gain
                change += _excess(state.load[d] + size, state.limit[d])
                change -= _excess(state.load[c], state.limit[c])
                change -= _excess(state.load[d], state.limit[d])
                if state.barred[k, r] > now and change >= 0:
                    continue
                if change < best:
                    best, ties = change, 1
                    best_row, best_plane = r, np.uint32(k)
                elif change == best:
                    ties += 1
                    if below(random, ties) == 0:
                        best_row, best_plane = r, np.uint32(k)
        if ties == 0:
            continue
        size = rows.size[best_row]
        out = rows.source[best_row] * planes
        into = half + rows.target[best_row] * planes
        state.counts[plane, best_row] -= 1
        state.counts[best_plane, best_row] += 1
        state.load[out + plane] -= size
        state.load[into + plane] -= size
        state.load[out + best_plane] += size
        state.load[into + best_plane] += size
        state.barred[plane, best_row] = now + 8 + below(random, np.int64(8))
        note(state, out + plane)
        note(state, into + plane)
        note(state, out + best_plane)
        note(state, into + best_plane)
    return steps
