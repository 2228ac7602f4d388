"""Instances as the peers want them: integer distances and demands, and a number of vehicles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.peers.integers import integer_distances
from netroute.solvers.vrp.bin_packing import best_fit_decreasing
from netroute.solvers.vrp.feasibility import integer_sizes

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance


@dataclass(frozen=True, slots=True, eq=False)
class IntegerInstance:
    """What the peers read.

    Attributes
    ----------
    distances : ndarray of int64, shape (n, n)
        Distances times ``scale``, rounded to the nearest integer.
    scale : float
        1 where all distances are integers.
    demand : list of int
        Of each location.
    capacity : int
        In the unit of ``demand``; fractional demands are rounded up, so that a plan is feasible.
    vehicles : int
        How many the peer may use.
    """

    distances: np.ndarray
    scale: float
    demand: list[int]
    capacity: int
    vehicles: int


def integer_instance(instance: VrpInstance) -> IntegerInstance:
    """Scale an instance with one depot and one vehicle type.

    Where the fleet is not limited, the peer gets 20 % more vehicles than best fit decreasing needs,
    and at least five more: a vehicle for each client would slow the peers down.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [0, 1.25]],
    ...     deliveries=[0, 0.5],
    ...     vehicles=(VehicleType(capacity=(1,)),),
    ... )
    >>> scaled = integer_instance(instance)
    >>> scaled.distances.tolist(), scaled.scale, scaled.demand, scaled.capacity
    ([[0, 125], [125, 0]], 100.0, [0, 5], 10)
    """
    distances, scale = integer_distances(instance.distance_rows, instance.size)
    vehicle = instance.vehicles[0]
    values = instance.demand()[:, 0] if instance.dimensions else np.zeros(instance.size)
    total = float(values.sum())
    capacity = min(vehicle.capacity[0] if vehicle.capacity else np.inf, max(total, 1.0))
    sizes, limit, _ = integer_sizes(values, capacity, optimistic=False)
    sizes = np.minimum(sizes, limit)
    clients = len(instance.clients)
    if vehicle.number is not None:
        vehicles = min(vehicle.number, clients)
    else:
        packed = len(best_fit_decreasing(sizes[1:], limit))
        vehicles = min(clients, packed + max(5, packed // 5))
    return IntegerInstance(distances, scale, sizes.tolist(), limit, max(1, vehicles))
