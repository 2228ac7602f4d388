"""Exchanges of two edges and moves of short paths (or-opt), over candidates.

Sources: G. Croes, A method for solving traveling-salesman problems (Operations Research 1958); I.
Or, Traveling salesman-type combinatorial problems and their relation to the logistics of regional
blood banking (dissertation, Northwestern University 1976); neighbour lists and don't-look bits: J.
Bentley, Fast algorithms for geometric traveling salesman problems (ORSA Journal on Computing 1992).
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers.tsp._kernels.chained import kick
from netroute.solvers.tsp._kernels.tour import after, between, flip, onward, pop, push, take_back

NONE, EXCHANGE, SHIFT, TURN = 0, 1, 2, 3
"""Kinds of moves: two edges are exchanged; a path moves as it is; a path moves turned round."""

FLIPS = 3
"""Most reversals of a move."""


@kernel(_nrt=False)
def _note(found, kind, forward, b, c, d):
    found[0] = kind
    found[1] = 1 if forward else 0
    found[2] = b
    found[3] = c
    found[4] = d


@kernel(_nrt=False)
def _exchange(tour, source, moves, node, forward, best):
    """Look for edges that can take the place of the one that leads from the node."""
    following = onward(tour, node, forward)
    removed = distance(source, node, following)
    for k in range(moves.near.shape[1]):
        gain = removed - moves.far[node, k]
        if gain <= moves.least[0]:
            break
        other = moves.near[node, k]
        next_other = onward(tour, other, forward)
        gain += distance(source, other, next_other) - distance(source, following, next_other)
        if gain > best:
            best = gain
            _note(moves.found, EXCHANGE, forward, following, other, next_other)
    return best


@kernel(_nrt=False)
def _insert(tour, source, moves, node, last, forward, best):
    """Look for places of the path that leads from the node to ``last``, next to a near node."""
    back = onward(tour, node, not forward)
    onto = onward(tour, last, forward)
    removed = distance(source, back, node) + distance(source, last, onto)
    removed -= distance(source, back, onto)
    for k in range(moves.near.shape[1]):
        gain = removed - moves.far[node, k]
        if gain <= moves.least[0]:
            break
        other = moves.near[node, k]
        if between(tour, node, other, last, forward):
            continue
        for turned in range(2):
            # The path comes after the other node, or turned round before it.
            beside = onward(tour, other, forward == (turned == 0))
            if other == (back if turned == 0 else onto):
                continue
            total = gain + distance(source, other, beside) - distance(source, last, beside)
            if total > best:
                best = total
                kind = SHIFT if turned == 0 else TURN
                _note(moves.found, kind, forward, last, other, beside)
    return best


@kernel(_nrt=False)
def best_move(tour, source, moves, node, longest):
    """Find the move of largest gain that gives ``node`` a nearer neighbour; return its gain, or 0.

    The move stands in ``moves.found``. A path that moves has up to ``longest`` nodes, of which
    ``node`` is an end; there are at least three nodes more than that.
    """
    moves.found[0] = NONE
    best = moves.least[0]
    for side in range(2):
        forward = side == 0
        best = _exchange(tour, source, moves, node, forward, best)
        last = node
        for _ in range(longest):
            best = _insert(tour, source, moves, node, last, forward, best)
            last = onward(tour, last, forward)
    return best if moves.found[0] != NONE else 0.0


@kernel(_nrt=False)
def make_move(tour, moves, queue, node):
    """Make the move in hand; the ends of all edges that change are to be looked at again."""
    forward = moves.found[1] == 1
    last = np.uint32(moves.found[2])
    other = np.uint32(moves.found[3])
    beside = np.uint32(moves.found[4])
    push(queue, node)
    push(queue, last)
    push(queue, other)
    push(queue, beside)
    if moves.found[0] == EXCHANGE:
        flip(tour, last, other, forward)
        return
    back = onward(tour, node, not forward)
    onto = onward(tour, last, forward)
    push(queue, back)
    push(queue, onto)
    # The path and all that it passes are reversed; then each of them again, or what it passes only.
    passed = other if moves.found[0] == SHIFT else beside
    flip(tour, node, passed, forward)
    flip(tour, passed, onto, after(tour, back) == passed)
    if moves.found[0] == SHIFT:
        flip(tour, last, node, after(tour, other) == last)


@kernel(_nrt=False)
def settle(tour, source, moves, queue, longest):
    """Improve from the nodes that wait until none is left, or the log is full; return the gain."""
    total = 0.0
    while queue.ends[1] > 0 and tour.logged[0] + FLIPS <= tour.log.shape[0]:
        node = pop(queue)
        gain = best_move(tour, source, moves, node, longest)
        if gain > 0.0:
            make_move(tour, moves, queue, node)
            total += gain
    return total


@kernel(_nrt=False)
def keep_or_undo(tour, moves, queue, loss, gain):
    """Keep a tour that is no longer than at the last mark, else take all back; return its gain."""
    while queue.ends[1] > 0:
        pop(queue)
    kept = gain >= loss - 0.1 * moves.least[0]
    if not kept:
        take_back(tour, np.int64(0))
    tour.logged[0] = 0
    return gain - loss if kept else 0.0


@kernel(_nrt=False)
def kick_and_settle(tour, source, moves, queue, rng, reach, longest, kicks):
    """Make ``kicks`` kicks, each taken back unless the tour gets no longer; return the gain."""
    total = 0.0
    tour.logged[0] = 0
    for _ in range(kicks):
        loss = kick(tour, source, queue, rng, reach)
        gain = settle(tour, source, moves, queue, longest)
        total += keep_or_undo(tour, moves, queue, loss, gain)
    return total
