"""Plans as genes, one for each flow, and how new ones are bred and decoded."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.rng import below, uniform


class Genome(NamedTuple):
    """What genes mean: gene j < k is a flow's path number j, gene k rejects it.

    Attributes
    ----------
    pair, start : ndarray of int64
    arc : ndarray of uint32
    allowed : ndarray of bool, shape (F, k)
        As in `netroute.solvers.sdn.candidates.Candidates`.
    bandwidth : ndarray of int64, shape (F,)
    weight : ndarray of float64, shape (F,)
    tail : ndarray of uint32, shape (m,)
    capacity : ndarray of int64, shape (m,)
    entries : ndarray of int64, shape (n,)
        Flow-table entries.
    order : ndarray of uint32, shape (F,)
        In which flows are decoded.
    """

    pair: np.ndarray
    start: np.ndarray
    arc: np.ndarray
    allowed: np.ndarray
    bandwidth: np.ndarray
    weight: np.ndarray
    tail: np.ndarray
    capacity: np.ndarray
    entries: np.ndarray
    order: np.ndarray


class Room(NamedTuple):
    """Working space of decoding: capacity int64 (m,), entries int64 (n,)."""

    capacity: np.ndarray
    entries: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _admit(genome, room, flow, choice):
    """Put a flow on a path if it is allowed and has room; return whether it did."""
    if not genome.allowed[flow, choice]:
        return False
    path = genome.pair[flow] * genome.allowed.shape[1] + choice
    low, high = genome.start[path], genome.start[path + 1]
    bandwidth = genome.bandwidth[flow]
    for i in range(low, high):
        a = genome.arc[i]
        if room.capacity[a] < bandwidth or room.entries[genome.tail[a]] < 1:
            return False
    for i in range(low, high):
        a = genome.arc[i]
        room.capacity[a] -= bandwidth
        room.entries[genome.tail[a]] -= 1
    return True


@kernel(_nrt=False)
def decode(genome, room, genes):
    """Repair genes into those of a plan that keeps all limits; return its weight.

    First the flows that are not rejected get their own path or the first one with room, else they
    are rejected; then the rejected ones get the first path with room that is left.
    """
    for a in range(len(room.capacity)):
        room.capacity[a] = genome.capacity[a]
    for v in range(len(room.entries)):
        room.entries[v] = genome.entries[v]
    k = genome.allowed.shape[1]
    value = 0.0
    for turn in range(2):
        for i in range(len(genome.order)):
            flow = genome.order[i]
            gene = np.int64(genes[flow])
            # The second turn is about the flows that the first one left out.
            if (gene == k) != (turn == 1):
                continue
            found = k
            if gene < k and _admit(genome, room, flow, gene):
                found = gene
            choice = 0
            while found == k and choice < k:
                if choice != gene and _admit(genome, room, flow, choice):
                    found = choice
                choice += 1
            genes[flow] = found
            if found < k:
                value += genome.weight[flow]
    return value


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _winner(value, size, rng):
    """Return the best of ``size`` plans drawn at random."""
    best = below(rng, len(value))
    for _ in range(size - 1):
        other = below(rng, len(value))
        if value[other] > value[best]:
            best = other
    return best


@kernel(_nrt=False)
def breed(genome, room, parents, value, children, child_value, first, last, size, rate, rng):
    """Fill children ``first`` to ``last - 1``: tournaments, uniform crossover, mutation, decoding.

    Parameters
    ----------
    parents, children : ndarray of uint8, shape (P, F)
    value, child_value : ndarray of float64, shape (P,)
    size : int
        Plans in a tournament.
    rate : float
        Probability that a gene is drawn anew.
    rng : ndarray of uint64, shape (1,)
    """
    genes = genome.allowed.shape[1] + 1
    for child in range(first, last):
        one, two = _winner(value, size, rng), _winner(value, size, rng)
        for flow in range(parents.shape[1]):
            source = one if uniform(rng) < 0.5 else two
            gene = np.int64(parents[source, flow])
            if uniform(rng) < rate:
                gene = below(rng, genes)
            children[child, flow] = gene
        child_value[child] = decode(genome, room, children[child])
