"""Random points in a square: the DIMACS challenge's instances, and those of learning."""

from __future__ import annotations

import math

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.problems.geometry import Rounding
from netroute.problems.tsp.instance import TspInstance

KINDS = ("uniform", "clustered")


def generate_points(
    *,
    nodes: int = 100,
    seed: int = 0,
    kind: str = "uniform",
    side: float = 1_000_000.0,
    rounding: str = "nearest",
    clusters: int | None = None,
    name: str | None = None,
) -> TspInstance:
    """Make an instance with Euclidean distances.

    Parameters
    ----------
    nodes : int
        Number of nodes, at least 3.
    seed : int
        Same seed, same instance.
    kind : str
        uniform; or clustered: normally distributed around uniform centres, with the standard
        deviation side / sqrt(nodes) in each direction.
    side : float
        Of the square in which nodes or centres are uniform.
    rounding : str
        Of the distances: nearest, up, down, exact or dimacs. Coordinates are integers unless it is
        exact; the learning literature has --side 1 --rounding exact.
    clusters : int, optional
        Number of centres; one for a hundred nodes without it.
    name : str, optional
        Made of kind, size and seed without it.

    Raises
    ------
    InputError
        A value is out of range.

    References
    ----------
    D. Johnson, L. McGeoch: Experimental analysis of heuristics for the STSP (2002), whose classes E
    and C these are, with other random numbers.

    Examples
    --------
    >>> instance = generate_points(nodes=50, seed=1, kind="clustered")
    >>> instance.name, instance.size, str(instance.rounding)
    ('clustered-n50-s1', 50, 'nearest')
    """
    if kind not in KINDS:
        raise unknown_name("kind", kind, KINDS)
    if nodes < 3:
        raise InputError(f"found {nodes}, expected at least 3", where="nodes")
    if not (math.isfinite(side) and 0.0 < side <= 1e12):
        raise InputError(f"found {side}, expected more than 0 and at most 1e12", where="side")
    if clusters is None:
        clusters = max(1, nodes // 100)
    if not 1 <= clusters <= nodes:
        raise InputError(f"found {clusters}, expected 1 to {nodes}", where="clusters")
    rng = generator(seed)
    if kind == "uniform":
        points = rng.random((nodes, 2)) * side
    else:
        centres = rng.random((clusters, 2)) * side
        spread = rng.standard_normal((nodes, 2)) * side / math.sqrt(nodes)
        points = centres[rng.integers(0, clusters, nodes)] + spread
    return TspInstance(
        name=name or f"{kind}-n{nodes}-s{seed}",
        coordinates=points if rounding == Rounding.EXACT else np.floor(points),
        rounding=rounding,
    )
