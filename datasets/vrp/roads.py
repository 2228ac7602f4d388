"""Asymmetric vehicle routing: driving times in a town with one-way streets."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.datasets.roads import MOST_NODES, SIDE, require_roads, road_times
from netroute.datasets.vrp.demands import draw_capacity, draw_demands
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType


def generate_roads(
    n: int,
    *,
    seed: int = 0,
    one_way: float = 0.3,
    slowest: float = 0.5,
    demand: str = "1-9",
    capacity: int | None = None,
    route_size: float | None = None,
    name: str | None = None,
) -> VrpInstance:
    """Make a CVRP instance whose distances are seconds on a road network, rounded to integers.

    Depot and clients are the crossings of a town, see `netroute.datasets.roads.road_times`.

    Parameters
    ----------
    n : int
        Number of clients, 2 to 4999.
    seed : int
        Same seed, same instance.
    one_way : float
        Share of one-way streets among those not needed both ways, 0 to 1.
    slowest : float
        Least speed as a share of the largest one, above 0 and at most 1.
    demand : str
        1-9, unitary, 1-10, 5-10, 1-100, 50-100, quadrant, many-small, or mixture, any of these but
        1-9; see `netroute.datasets.vrp.demands.draw_demands`.
    capacity : int, optional
        Otherwise by ``route_size``, or as in the learning literature for demands of 1-9.
    route_size : float, optional
        Average number of clients on a full route; drawn between 3 and 25 without it.
    name : str, optional
        Made of size and seed without it.

    Raises
    ------
    InputError
        An option that does not exist, or a number out of its range.

    Examples
    --------
    >>> instance = generate_roads(30, seed=1)
    >>> instance.size, sorted(instance.features())
    (31, ['asymmetric distances'])
    """
    if not 2 <= n < MOST_NODES:
        raise InputError(f"found {n}, expected 2 to {MOST_NODES - 1}", where="n")
    require_roads(n + 1, one_way=one_way, slowest=slowest)
    rng = generator(seed)
    times, points = road_times(rng, n + 1, one_way=one_way, slowest=slowest)
    demands = draw_demands(rng, points[None, 1:] / SIDE, demand)
    room = draw_capacity(rng, demands, kind=demand, capacity=capacity, route_size=route_size)
    return VrpInstance(
        name=name or f"roads-n{n}-s{seed}",
        coordinates=points,
        distances=np.floor(times + 0.5),
        deliveries=np.concatenate([[0], demands[0]]),
        vehicles=(VehicleType(capacity=(float(room[0]),)),),
    )
