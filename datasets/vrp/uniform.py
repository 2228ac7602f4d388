"""Uniform instances of the learning literature."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.problems.geometry import Rounding
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

CAPACITIES = {10: 20, 20: 30, 50: 40, 100: 50, 200: 80, 500: 100, 1000: 250}
"""Usual capacity for a number of clients. Up to 100: Nazari et al. 2018 and Kool et al. 2019."""


def generate_uniform(
    n: int, *, seed: int = 0, capacity: int | None = None, name: str | None = None
) -> VrpInstance:
    """Make an instance as the learning literature trains and tests on.

    Depot and clients are uniform in the unit square, demands are uniform among 1 to 9, distances
    are Euclidean and not rounded.

    Parameters
    ----------
    n : int
        Number of clients.
    seed : int
        Same seed, same instance.
    capacity : int, optional
        Without it that of the literature for the largest size that is at most ``n``: 30 from 20
        clients on, 40 from 50, 50 from 100, 80 from 200, 100 from 500, 250 from 1000.
    name : str, optional
        Made of size, capacity and seed without it.

    Raises
    ------
    InputError
        No client, or a capacity below the largest demand, 9.

    References
    ----------
    W. Kool, H. van Hoof, M. Welling: Attention, learn to solve routing problems! ICLR 2019. The
    capacities of 200 clients and more are those of F. Luo et al.: Neural combinatorial optimization
    with heavy decoder, NeurIPS 2023.

    Examples
    --------
    >>> instance = generate_uniform(50, seed=1)
    >>> instance.name, instance.size, instance.vehicles[0].capacity
    ('uniform-n50-q40-s1', 51, (40.0,))
    """
    if n < 1:
        raise InputError(f"found {n}, expected at least one client", where="n")
    if capacity is None:
        capacity = usual_capacity(n)
    if capacity < 9:
        raise InputError(
            f"found {capacity}, expected at least the largest demand, 9", where="capacity"
        )
    rng = generator(seed)
    coordinates = rng.random((n + 1, 2))
    demand = rng.integers(1, 10, n)
    return VrpInstance(
        name=name or f"uniform-n{n}-q{capacity}-s{seed}",
        coordinates=coordinates,
        deliveries=np.concatenate([[0], demand]),
        rounding=Rounding.EXACT,
        vehicles=(VehicleType(capacity=(capacity,)),),
    )


def usual_capacity(n: int) -> int:
    """Return the literature's capacity for the largest of its sizes that is at most ``n``.

    Examples
    --------
    >>> usual_capacity(99), usual_capacity(100)
    (40, 50)
    """
    return CAPACITIES[max((size for size in CAPACITIES if size <= n), default=10)]
