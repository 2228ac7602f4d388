"""Edge assembly crossover: a tour takes over AB-cycles of another one, the best child stays.

Of the children, each made with one AB-cycle, the one wins that gains most length for the loss of
entropy of the population's edges, so that tours stay diverse. Source: Y. Nagata and S. Kobayashi, A
powerful genetic algorithm using edge assembly crossover for the traveling salesman problem (INFORMS
Journal on Computing 2013).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import below
from netroute.solvers.tsp._kernels.ab_cycles import ab_cycles
from netroute.solvers.tsp._kernels.subtours import exchange, join_subtours, revert, swap_link


class Edges(NamedTuple):
    """How often edges occur in the population.

    Attributes
    ----------
    times : ndarray of int16, shape (n, n), or (0, 0)
        Tours that have the edge; empty where children are chosen by length alone.
    term : ndarray of float64, shape (tours + 2,)
        ``-f log f`` of each possible frequency f.
    """

    times: np.ndarray
    term: np.ndarray


@kernel(_nrt=False)
def walk(link, child):
    """Write the tour given by neighbours to ``child.order`` and ``child.place``."""
    came = np.int64(-1)
    v = np.int64(0)
    for place in range(link.shape[0]):
        child.order[place] = v
        child.place[v] = place
        w = np.int64(link[v, 0])
        if w == came:
            w = np.int64(link[v, 1])
        came = v
        v = w


@kernel(_nrt=False)
def _entropy(child, edges):
    """Return how the entropy of the population's edges changes by the child in hand."""
    total = 0.0
    for k in range(child.logged[0]):
        v = child.log[k, 0]
        f = edges.times[v, child.log[k, 1]]
        if f > 0:
            total += edges.term[f - 1] - edges.term[f]
        f = edges.times[v, child.log[k, 2]]
        total += edges.term[f + 1] - edges.term[f]
    return 0.5 * total


@kernel(_nrt=False)
def _gain(source, cycles, number):
    """Return how much shorter the edges of the second tour are on a cycle."""
    begin = cycles.start[number]
    end = cycles.start[number + 1]
    total = 0.0
    for i in range(begin, end, 2):
        u = np.uint32(cycles.node[i])
        v = np.uint32(cycles.node[i + 1])
        w = np.uint32(cycles.node[i + 2 if i + 2 < end else begin])
        total += distance(source, u, v) - distance(source, v, w)
    return total


@kernel(_nrt=False)
def assemble(link, other, source, moves, cycles, child, rng, tries, edges):
    """Replace a tour by its best child with another one; return the gain in length.

    ``link`` and ``other`` hold the neighbours of each node, int32 of shape (n, 2).
    """
    walk(link, child)
    count = ab_cycles(link, other, cycles, rng)
    for i in range(count):
        cycles.list[i] = i
    by_entropy = edges.times.shape[0] > 0
    best_value = 0.0
    best_gain = 0.0
    child.logged[0] = 0
    child.logged[1] = 0
    for i in range(min(tries, count)):
        j = i + below(rng, np.int64(count - i))
        number = cycles.list[j]
        cycles.list[j] = cycles.list[i]
        gain = _gain(source, cycles, number)
        cuts, parts = exchange(link, cycles, number, child)
        if parts > 1:
            gain += join_subtours(link, source, moves, child, cuts, parts)
        if gain > moves.least[0]:
            value = gain
            if by_entropy:
                loss = -_entropy(child, edges)
                value = gain / loss if loss > 1e-9 else gain * 1e9
            if value > best_value:
                best_value = value
                best_gain = gain
                child.logged[1] = child.logged[0]
                for k in range(child.logged[0]):
                    child.best[k, 0] = child.log[k, 0]
                    child.best[k, 1] = child.log[k, 1]
                    child.best[k, 2] = child.log[k, 2]
        revert(link, child)
    for k in range(child.logged[1]):
        v = child.best[k, 0]
        swap_link(link, v, child.best[k, 1], child.best[k, 2])
        if by_entropy:
            edges.times[v, child.best[k, 1]] -= 1
            edges.times[v, child.best[k, 2]] += 1
    return best_gain


@kernel(_nrt=False)
def generation(tours, lengths, order, begin, end, source, moves, cycles, child, rng, tries, edges):
    """Let tours ``order[begin:end]`` be replaced by their best child with the next one in order."""
    size = order.size
    for i in range(begin, end):
        own = order[i]
        other = order[i + 1 if i + 1 < size else 0]
        lengths[own] -= assemble(
            tours[own], tours[other], source, moves, cycles, child, rng, tries, edges
        )
