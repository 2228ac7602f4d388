"""How often short tours go to the nearest node, the second nearest and so on.

``python -m netroute.experiments.tsp_ranks`` prints the shares that tree search begins with
(`netroute.solvers.tsp.edge_prior.RANKS`), from tours of 40 uniform instances of 500 nodes.
"""

from __future__ import annotations

import numpy as np

from netroute.problems.tsp import TspInstance
from netroute.solvers.tsp.batch import solve_many
from netroute.solvers.tsp.neighbours import nearest_neighbours


def rank_shares(
    instances: int = 40, *, nodes: int = 500, ranks: int = 10, seed: int = 0, tours: int = 30
) -> np.ndarray:
    """Return the share of edges that lead to each rank of neighbour, float64 of shape (ranks,).

    Each edge counts at both of its ends. What is missing to 1 are edges to farther nodes.

    Examples
    --------
    >>> shares = rank_shares(2, nodes=50, tours=4)
    >>> len(shares), bool(shares[0] > shares[3])
    (10, True)
    """
    points = np.random.default_rng(seed).random((instances, nodes, 2))
    counts = np.zeros(ranks)
    for place, tour in zip(points, solve_many(points, seed=seed, tours=tours), strict=True):
        near = nearest_neighbours(TspInstance(coordinates=place), ranks).astype(np.int64)
        for step in (-1, 1):
            beside = np.empty(nodes, np.int64)
            beside[tour] = np.roll(tour, step)
            counts += (near == beside[:, None]).sum(axis=0)
    shares: np.ndarray = counts / (2 * instances * nodes)
    return shares


if __name__ == "__main__":
    print(", ".join(f"{share:.3f}" for share in rank_shares()))
