"""Lin-Kernighan local search with a basis move of three edges.

A chain begins with the removal of an edge (t1, t2). Each step exchanges up to three edges so that
a tour is left, except for one edge that closes it at t1; the first step that makes the tour shorter
when closed ends the chain, the best one otherwise begins the next step. Sources: S. Lin and B.
Kernighan, An effective heuristic algorithm for the traveling-salesman problem (Operations Research
1973); K. Helsgaun, An effective implementation of the Lin-Kernighan traveling salesman heuristic
(EJOR 2000), which has basis moves of five edges.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers.tsp._kernels.tour import (
    after,
    before,
    between,
    flip,
    onward,
    pop,
    push,
    take_back,
)

NONE, TWO, THREE, SWAP, BOTH = 0, 1, 2, 3, 4
"""Kinds of steps: two edges; three as two reversals one after the other; two neighbouring paths
change places; two neighbouring paths are reversed in place."""

DEPTH = 6
"""Most steps of a chain that `Moves.limits` may ask for."""

PLACES = 4 * DEPTH + 2
"""Nodes that one chain can touch."""


class Moves(NamedTuple):
    """Where exchanges are looked for.

    Attributes
    ----------
    near : ndarray of uint32, shape (n, k)
        Candidates of each node, nearest first.
    far : ndarray of float64, shape (n, k)
        Distances to them.
    limits : ndarray of int64, shape (4,)
        Candidates at the first and at the second edge of a step, steps of a chain, and candidates
        where subtours are joined; at most k of each.
    least : ndarray of float64, shape (1,)
        Gain that counts as one: above what rounding errors can pretend.
    found : ndarray of int64, shape (5,)
        The step in hand: its kind, t3, t4, t5, t6.
    touched : ndarray of uint32, shape (PLACES,)
        Nodes of the chain in hand.
    """

    near: np.ndarray
    far: np.ndarray
    limits: np.ndarray
    least: np.ndarray
    found: np.ndarray
    touched: np.ndarray


@kernel(_nrt=False)
def _note(found, kind, t3, t4, t5, t6):
    found[0] = kind
    found[1] = t3
    found[2] = t4
    found[3] = t5
    found[4] = t6


@kernel(_nrt=False)
def best_step(tour, source, moves, t1, t2, gain):
    """Find the best step of a chain that has removed (t1, t2).

    Returns the gain with the closing edge left out, and whether the closed tour is shorter. The
    step stands in ``moves.found``.
    """
    forward = after(tour, t1) == t2
    least = moves.least[0]
    found = moves.found
    found[0] = NONE
    best_two = 0.0
    best = 0.0
    for a in range(moves.limits[0]):
        gain_2 = gain - moves.far[t2, a]
        if gain_2 <= least:
            break
        t3 = moves.near[t2, a]
        if t3 == t1:
            continue
        t4 = onward(tour, t3, not forward)
        if t4 != t2:
            gain_4 = gain_2 + distance(source, t3, t4)
            if gain_4 - distance(source, t4, t1) > least:
                _note(found, TWO, t3, t4, t4, t4)
                return gain_4, True
            if gain_4 > best_two and best == 0.0:
                best_two = gain_4
                _note(found, TWO, t3, t4, t4, t4)
            for b in range(moves.limits[1]):
                gain_5 = gain_4 - moves.far[t4, b]
                if gain_5 <= least:
                    break
                t5 = moves.near[t4, b]
                if t5 == t3:
                    continue
                if t5 == t1:
                    continue
                # The path from t2 to t4 is reversed by now.
                t6 = onward(tour, t5, forward == between(tour, t2, t5, t4, forward))
                if t6 == t4:
                    continue
                gain_6 = gain_5 + distance(source, t5, t6)
                if gain_6 - distance(source, t6, t1) > least:
                    _note(found, THREE, t3, t4, t5, t6)
                    return gain_6, True
                if gain_6 > best:
                    best = gain_6
                    _note(found, THREE, t3, t4, t5, t6)
        # The other neighbour of t3 cuts off a cycle; a third edge from within it mends that.
        t4 = onward(tour, t3, forward)
        if t4 == t1:
            continue
        gain_4 = gain_2 + distance(source, t3, t4)
        for b in range(moves.limits[1]):
            gain_5 = gain_4 - moves.far[t4, b]
            if gain_5 <= least:
                break
            t5 = moves.near[t4, b]
            if t5 == t3 or not between(tour, t2, t5, t3, forward):
                continue
            t6 = onward(tour, t5, forward)
            gain_6 = gain_5 + distance(source, t5, t6)
            if gain_6 - distance(source, t6, t1) > least:
                _note(found, SWAP, t3, t4, t5, t6)
                return gain_6, True
            if gain_6 > best:
                best = gain_6
                _note(found, SWAP, t3, t4, t5, t6)
            if t5 == t2:
                continue
            t6 = onward(tour, t5, not forward)
            gain_6 = gain_5 + distance(source, t5, t6)
            if gain_6 - distance(source, t6, t1) > least:
                _note(found, BOTH, t3, t4, t5, t6)
                return gain_6, True
            if gain_6 > best:
                best = gain_6
                _note(found, BOTH, t3, t4, t5, t6)
    return (best if best > 0.0 else best_two), False


@kernel(_nrt=False)
def make_step(tour, moves, t1, t2):
    """Make the step in hand; return the node that is now next to t1 by the closing edge."""
    forward = after(tour, t1) == t2
    kind = moves.found[0]
    t3 = np.uint32(moves.found[1])
    t4 = np.uint32(moves.found[2])
    t5 = np.uint32(moves.found[3])
    t6 = np.uint32(moves.found[4])
    if kind == TWO:
        flip(tour, t2, t4, forward)
        return t4
    if kind == THREE:
        flip(tour, t2, t4, forward)
        flip(tour, t4, t6, after(tour, t1) == t4)
        return t6
    if kind == SWAP:
        # t1 [t2 .. t5] [t6 .. t3] t4 becomes t1 [t6 .. t3] [t2 .. t5] t4.
        flip(tour, t2, t3, forward)
        flip(tour, t3, t6, after(tour, t1) == t3)
        flip(tour, t5, t2, after(tour, t1) == t6)
        return t6
    # t1 [t2 .. t6] [t5 .. t3] t4 becomes t1 [t6 .. t2] [t3 .. t5] t4.
    flip(tour, t2, t6, forward)
    flip(tour, t5, t3, after(tour, t1) == t6)
    return t6


@kernel(_nrt=False)
def improve_node(tour, source, moves, queue, t1):
    """Look for an improving chain from t1, both ways; make it and return its gain, else 0."""
    base = tour.logged[0]
    touched = moves.touched
    for side in range(2):
        t2 = after(tour, t1) if side == 0 else before(tour, t1)
        gain = distance(source, t1, t2)
        touched[0] = t2
        count = 1
        for _ in range(moves.limits[2]):
            gain, shorter = best_step(tour, source, moves, t1, t2, gain)
            if moves.found[0] == NONE:
                break
            for i in range(1, 3 if moves.found[0] == TWO else 5):
                touched[count] = np.uint32(moves.found[i])
                count += 1
            t2 = make_step(tour, moves, t1, t2)
            if shorter:
                push(queue, t1)
                for i in range(count):
                    push(queue, touched[i])
                return gain - distance(source, t2, t1)
        take_back(tour, base)
    return 0.0


@kernel(_nrt=False)
def descend(tour, source, moves, queue):
    """Improve from the nodes that wait until none is left, or the log is full; return the gain."""
    total = 0.0
    most = tour.log.shape[0] - 3 * DEPTH
    while queue.ends[1] > 0 and tour.logged[0] < most:
        node = pop(queue)
        while tour.logged[0] < most:
            gain = improve_node(tour, source, moves, queue, node)
            if gain <= 0.0:
                break
            total += gain
    return total
