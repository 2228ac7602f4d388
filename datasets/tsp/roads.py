"""Asymmetric instances: driving times on a random road network with one-way streets."""

from __future__ import annotations

import numpy as np

from netroute.core.rng import generator
from netroute.datasets.roads import road_times
from netroute.problems.tsp.instance import TspInstance


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
    times, points = road_times(generator(seed), nodes, one_way=one_way, slowest=slowest)
    return TspInstance(
        name=name or f"roads-n{nodes}-s{seed}",
        matrix=np.floor(times + 0.5),
        display=points,
    )
