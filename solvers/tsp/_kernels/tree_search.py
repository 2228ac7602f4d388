"""Monte-Carlo tree search over sequential exchanges of edges, guided by weights of edges.

Source: Z. Fu, K. Qiu and H. Zha, Generalize a small pre-trained model to arbitrarily large TSP
instances (AAAI 2021). As there an action is a chain of exchanges whose edges are drawn by weight
and by how seldom they were tried, and weights grow with what an edge gained. Unlike there a chain
begins where a kick has left a long edge, a descent mends the rest, and the tour is kept unless it
got longer, in place of new beginnings.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import uniform
from netroute.solvers.tsp._kernels.chained import kick
from netroute.solvers.tsp._kernels.lin_kernighan import descend
from netroute.solvers.tsp._kernels.or_opt import keep_or_undo
from netroute.solvers.tsp._kernels.tour import after, before, between, flip, onward, push


class Tree(NamedTuple):
    """What is known about the edges to k candidates of each of n nodes.

    Attributes
    ----------
    near : ndarray of uint32, shape (n, k)
        Candidates; a row may end with the node itself, repeated.
    weight : ndarray of float64, shape (n, k)
        Their worth so far; 0 for the node itself.
    total : ndarray of float64, shape (n,)
        Sums of the rows of ``weight``.
    tried : ndarray of float64, shape (n, k)
        How often each one was drawn.
    drawn : ndarray of int64, shape (depth, 2)
        The chain in hand: node and candidate of each step.
    chains : ndarray of float64, shape (1,)
        Chains so far.
    """

    near: np.ndarray
    weight: np.ndarray
    total: np.ndarray
    tried: np.ndarray
    drawn: np.ndarray
    chains: np.ndarray


@kernel(_nrt=False)
def draw_candidate(tour, tree, rng, explore, node, closing):
    """Return the number of a candidate that can be joined to the node, drawn by potential, or -1.

    Neighbours on the tour and the node that closes it are left out. ``explore`` is the weight of
    edges that were seldom tried.
    """
    k = tree.near.shape[1]
    scale = k / tree.total[node]
    previous, following = before(tour, node), after(tour, node)
    chosen = -1
    sum_so_far = 0.0
    for c in range(k):
        other = tree.near[node, c]
        if other in (previous, following, closing, node):
            continue
        potential = tree.weight[node, c] * scale + explore / np.sqrt(tree.tried[node, c] + 1.0)
        if potential <= 0.0:
            continue
        sum_so_far += potential
        # The last one that wins its draw against all before it: one pass, one choice.
        if uniform(rng) * sum_so_far < potential:
            chosen = c
    return chosen


@kernel(_nrt=False)
def swap_paths(tour, tree, rng, explore, t1, t2, t3, t4):
    """Let the path that begins at t2 and the one that ends at t3 change places, before t4.

    The node t5 where the first path ends is drawn from the candidates of t4. Returns the node
    where the second path begins, now next to t1; or t1 if there is none.
    """
    forward = after(tour, t1) == t2
    c = draw_candidate(tour, tree, rng, explore, t4, t1)
    if c < 0:
        return t1
    t5 = tree.near[t4, c]
    if t5 == t3 or not between(tour, t2, t5, t3, forward):
        return t1
    t6 = onward(tour, t5, forward)
    flip(tour, t2, t3, forward)
    flip(tour, t3, t6, after(tour, t1) == t3)
    flip(tour, t5, t2, after(tour, t1) == t6)
    return t6


@kernel(_nrt=False)
def chain(tour, source, tree, queue, rng, reach, least, explore):
    """Kick, and exchange edges until the tour is shorter than before, or the chain at its depth.

    Returns the gain of the tour, which is negative where it got longer, and the steps.
    """
    closed = -kick(tour, source, queue, rng, reach)
    # One of the long edges that the kick has left is the first to go.
    t1 = queue.node[queue.ends[0]]
    t2 = onward(tour, t1, uniform(rng) < 0.5)
    push(queue, t2)
    gain = closed + distance(source, t1, t2)
    steps = 0
    for step in range(tree.drawn.shape[0]):
        c = draw_candidate(tour, tree, rng, explore, t2, t1)
        if c < 0:
            break
        tree.drawn[step, 0] = t2
        tree.drawn[step, 1] = c
        tree.tried[t2, c] += 1.0
        t3 = tree.near[t2, c]
        steps = step + 1
        forward = after(tour, t1) == t2
        gain -= distance(source, t2, t3)
        push(queue, t3)
        t4 = onward(tour, t3, forward)
        if t4 != t1 and uniform(rng) < 0.5:
            last = swap_paths(tour, tree, rng, explore, t1, t2, t3, t4)
            if last != t1:
                # t1 [t2 .. t5] [t6 .. t3] t4 has become t1 [t6 .. t3] [t2 .. t5] t4.
                t5 = onward(tour, t4, after(tour, t1) != last)
                push(queue, t4)
                push(queue, t5)
                push(queue, last)
                gain += distance(source, t3, t4) - distance(source, t4, t5)
                gain += distance(source, t5, last)
                t2 = last
                closed = gain - distance(source, t2, t1)
                if closed > least:
                    break
                continue
        t4 = onward(tour, t3, not forward)
        gain += distance(source, t3, t4)
        flip(tour, t2, t4, forward)
        push(queue, t4)
        t2 = t4
        closed = gain - distance(source, t4, t1)
        if closed > least:
            break
    return closed, steps


@kernel(_nrt=False)
def simulate(tour, source, moves, tree, queue, rng, explore, reward, reach, simulations):
    """Make ``simulations`` chains, each mended, and taken back unless the tour gets no longer.

    Returns the gain. The edges of a chain that made the tour shorter become worth more, by
    ``reward`` times the gain over the length of an edge.
    """
    total = 0.0
    tour.logged[0] = 0
    for _ in range(simulations):
        tree.chains[0] += 1.0
        bonus = explore * np.sqrt(np.log(tree.chains[0] + 1.0))
        closed, steps = chain(tour, source, tree, queue, rng, reach, moves.least[0], bonus)
        gain = descend(tour, source, moves, queue)
        kept = keep_or_undo(tour, moves, queue, -closed, gain)
        total += kept
        if kept > moves.least[0]:
            for step in range(steps):
                node = tree.drawn[step, 0]
                c = tree.drawn[step, 1]
                worth = reward * kept * tree.total[node] / moves.far[node, 0]
                tree.weight[node, c] += worth
                tree.total[node] += worth
    return total
