"""Travelling salesmen of mixed sizes and layouts."""

from __future__ import annotations

import math

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.datasets.points import DISTRIBUTIONS, draw_points
from netroute.problems.geometry import Rounding
from netroute.problems.tsp.instance import TspInstance

__all__ = ["DISTRIBUTIONS", "draw_points", "generate_mixture"]


def generate_mixture(
    *,
    nodes: int = 100,
    most_nodes: int | None = None,
    seed: int = 0,
    distribution: str = "mixture",
    side: float = 1_000_000.0,
    rounding: str = "nearest",
    name: str | None = None,
) -> TspInstance:
    """Make an instance whose size and layout are drawn at random.

    Parameters
    ----------
    nodes : int
        Least number of nodes, at least 3.
    most_nodes : int, optional
        Largest number; each one between is equally likely. Always ``nodes`` without it.
    seed : int
        Same seed, same instance.
    distribution : str
        uniform, gaussian-mixture, clustered, mixed, or mixture, any of these; see
        `netroute.datasets.points.draw_points`.
    side : float
        Of the square in which the nodes are.
    rounding : str
        Of the distances: nearest, up, down, exact or dimacs. Coordinates are integers unless it is
        exact; the learning literature has --side 1 --rounding exact.
    name : str, optional
        Made of distribution, size and seed without it.

    Raises
    ------
    InputError
        A value is out of range.

    Examples
    --------
    >>> instance = generate_mixture(nodes=50, most_nodes=200, seed=1)
    >>> instance.name, instance.size
    ('mixture-n121-s1', 121)
    """
    if nodes < 3:
        raise InputError(f"found {nodes}, expected at least 3", where="nodes")
    if most_nodes is not None and most_nodes < nodes:
        raise InputError(f"found {most_nodes}, expected at least {nodes}", where="most_nodes")
    if not (math.isfinite(side) and 0.0 < side <= 1e12):
        raise InputError(f"found {side}, expected more than 0 and at most 1e12", where="side")
    rng = generator(seed)
    size = nodes if most_nodes is None else int(rng.integers(nodes, most_nodes + 1))
    points = side * draw_points(rng, 1, size, distribution=distribution)[0]
    return TspInstance(
        name=name or f"{distribution}-n{size}-s{seed}",
        coordinates=points if rounding == Rounding.EXACT else np.floor(points),
        rounding=rounding,
    )
