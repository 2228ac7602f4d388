"""Random networks: a spanning tree, Waxman links, and capacities by betweenness."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.sparse.csgraph import minimum_spanning_tree

from netroute.datasets.sdn.trees import Trees

WAXMAN_BETA = 0.08
"""How far links reach, as a share of the largest distance between two nodes."""

TIERS = (400, 1000, 2500)
"""Capacities before scaling."""

TIER_SHARES = (0.4, 0.8)
"""Up to which rank of the noisy betweenness the first and the second tier go."""

TIER_NOISE = 0.4
"""Standard deviation of the logarithm of the noise."""


class Network(NamedTuple):
    """Links come as two arcs each: link k is arcs 2k and 2k + 1.

    ``position`` (n, 2) in the unit square; ``tail``, ``head`` (m,); ``delay`` (m,) is the length;
    ``tier`` (m,) the capacity before scaling.
    """

    position: np.ndarray
    tail: np.ndarray
    head: np.ndarray
    delay: np.ndarray
    tier: np.ndarray


def random_network(rng: np.random.Generator, nodes: int, links: int) -> Network:
    """Return a connected network of ``links`` >= ``nodes`` - 1 different links."""
    position = rng.random((nodes, 2)).round(5)
    a, b = np.triu_indices(nodes, 1)
    length = np.hypot(*(position[a] - position[b]).T)
    # Two nodes at the same place would otherwise have no link between them in a sparse matrix.
    matrix = np.zeros((nodes, nodes))
    matrix[a, b] = np.maximum(length, 1e-6)
    tree = minimum_spanning_tree(matrix).tocoo()
    chosen = np.zeros((nodes, nodes), bool)
    chosen[np.minimum(tree.row, tree.col), np.maximum(tree.row, tree.col)] = True
    in_tree = chosen[a, b]
    # Sampling without replacement with the weights of Waxman: the smallest Exp(1) / weight.
    keys = np.log(rng.standard_exponential(len(a))) + length / (WAXMAN_BETA * length.max())
    keys[in_tree] = -np.inf
    taken = np.sort(np.argsort(keys, kind="stable")[:links])
    a, b = a[taken], b[taken]
    tail = np.column_stack([a, b]).ravel()
    head = np.column_stack([b, a]).ravel()
    delay = np.repeat(np.maximum(length[taken].round(5), 1e-5), 2)
    return Network(position, tail, head, delay, np.repeat(_tiers(rng, nodes, tail, head, delay), 2))


def _tiers(
    rng: np.random.Generator, nodes: int, tail: np.ndarray, head: np.ndarray, delay: np.ndarray
) -> np.ndarray:
    """Capacity of each link, shape (m / 2,): the more shortest paths, the higher the tier."""
    trees = Trees(nodes, tail, head)
    trees.measure(delay)
    between = trees.loads(1.0 - np.eye(nodes)).reshape(-1, 2).sum(axis=1)
    noisy = between * rng.lognormal(0.0, TIER_NOISE, len(between))
    rank = np.empty(len(noisy), np.int64)
    rank[np.argsort(noisy, kind="stable")] = np.arange(len(noisy))
    borders = [round(share * len(noisy)) for share in TIER_SHARES]
    return np.array(TIERS)[np.searchsorted(borders, rank, side="right")]
