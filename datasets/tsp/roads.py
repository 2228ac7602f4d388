"""Asymmetric instances: driving times on a random road network with one-way streets."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.problems.tsp.instance import TspInstance

SIDE = 10_000.0
"""Metres of the side of the town."""

SPEED = 10.0
"""Metres that take a second on the fastest street."""

MOST_NODES = 5_000
"""More would take more than 200 MB, and minutes of shortest paths."""


def generate_roads(
    *,
    nodes: int = 100,
    seed: int = 0,
    one_way: float = 0.3,
    slowest: float = 0.5,
    name: str | None = None,
) -> TspInstance:
    """Make an asymmetric instance: seconds from each node to each other one on a road network.

    The streets are the edges of the Delaunay triangulation of uniform points. Each direction has
    its own speed; some streets can be driven in one direction only, but never so that a node is cut
    off. Distances are those of shortest paths, rounded to seconds, so that detours pay for
    asymmetry.

    Parameters
    ----------
    nodes : int
        Number of nodes, 3 to 5000.
    seed : int
        Same seed, same instance.
    one_way : float
        Share of one-way streets among those not needed both ways, 0 to 1.
    slowest : float
        Least speed as a share of the largest one, above 0 and at most 1.
    name : str, optional
        Made of size and seed without it.

    Raises
    ------
    InputError
        A value is out of range.

    Examples
    --------
    >>> instance = generate_roads(nodes=30, seed=1)
    >>> instance.symmetric, instance.integral(), instance.display is not None
    (False, True, True)
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
    from scipy.spatial import Delaunay

    if not 3 <= nodes <= MOST_NODES:
        raise InputError(f"found {nodes}, expected 3 to {MOST_NODES}", where="nodes")
    if not 0.0 <= one_way <= 1.0:
        raise InputError(f"found {one_way}, expected 0 to 1", where="one_way")
    if not 0.0 < slowest <= 1.0:
        raise InputError(f"found {slowest}, expected more than 0 and at most 1", where="slowest")
    rng = generator(seed)
    points = rng.random((nodes, 2)) * SIDE
    corners = Delaunay(points).simplices
    ends = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), 1)
    ends = np.unique(ends, axis=0)
    length = np.sqrt(np.square(points[ends[:, 0]] - points[ends[:, 1]]).sum(axis=1))
    graph = csr_array((length, (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    tree = minimum_spanning_tree(graph).tocoo()
    needed = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    free = np.array([pair not in needed for pair in map(tuple, ends.tolist())])
    single = free & (rng.random(len(ends)) < one_way)
    turned = rng.random(len(ends)) < 0.5
    speed = SPEED * rng.uniform(slowest, 1.0, (2, len(ends)))
    there, back = ~single | ~turned, ~single | turned
    times = np.concatenate([(length / speed[0])[there], (length / speed[1])[back]])
    tails = np.concatenate([ends[there, 0], ends[back, 1]])
    heads = np.concatenate([ends[there, 1], ends[back, 0]])
    streets = csr_array((times, (tails, heads)), shape=(nodes, nodes))
    return TspInstance(
        name=name or f"roads-n{nodes}-s{seed}",
        matrix=np.floor(dijkstra(streets) + 0.5),
        display=points,
    )
