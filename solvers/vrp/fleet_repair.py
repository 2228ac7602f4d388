"""Make plans keep a limit on the number of vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.geometry import measure
from netroute.solvers.vrp.feasibility import pack_fleet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.vrp import VrpInstance


def load_limit(instance: VrpInstance) -> float:
    """Capacity of the (only) vehicle type, with the room that rounding errors of sums may take."""
    capacity = instance.vehicles[0].capacity
    return capacity[0] + 1e-10 * max(1.0, capacity[0]) if capacity else np.inf


def loads_of(instance: VrpInstance) -> np.ndarray:
    """Demand of each location in the first load dimension, zero where there is none."""
    demand = instance.demand()
    return demand[:, 0] if demand.shape[1] else np.zeros(instance.size)


def legs(instance: VrpInstance, origins: Any, targets: Any) -> np.ndarray:
    """Distances from origins to targets, broadcast against each other; needs no matrix."""
    if instance.distances is not None:
        values: np.ndarray = instance.distances[origins, targets]
        return values
    assert instance.coordinates is not None
    points = instance.coordinates
    return measure(points[origins], points[targets], instance.metric, instance.rounding)


def fit_fleet(
    instance: VrpInstance, routes: Sequence[Sequence[int]], *, seconds: float
) -> list[list[int]] | None:
    """Return routes of all the same clients, no more of them than there are vehicles.

    The lightest routes are dissolved and their clients, the largest first, inserted where that
    costs least. Where one does not fit, the clients are packed anew without regard to distance.

    Parameters
    ----------
    seconds : float
        For packing anew.

    Returns
    -------
    list of list of int, or None
        None if no packing was found in time.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]],
    ...     deliveries=[0, 1, 1, 1],
    ...     vehicles=(VehicleType(capacity=(3,), number=1),),
    ... )
    >>> fit_fleet(instance, [[1, 2], [3]], seconds=1)
    [[1, 3, 2]]
    """
    number = instance.vehicles[0].number
    if number is None or len(routes) <= number:
        return [list(route) for route in routes]
    demand, limit = loads_of(instance), load_limit(instance)
    ranked = sorted((list(route) for route in routes), key=lambda r: -demand[r].sum())
    kept, loose = ranked[:number], [client for route in ranked[number:] for client in route]
    loads = [float(demand[route].sum()) for route in kept]
    for client in sorted(loose, key=lambda c: -demand[c]):
        if not _insert(instance, kept, loads, client, demand, limit):
            packed = pack_fleet(instance, seconds=seconds)
            return None if packed is None else [_chain(instance, clients) for clients in packed]
    return kept


def _insert(
    instance: VrpInstance,
    routes: list[list[int]],
    loads: list[float],
    client: int,
    demand: np.ndarray,
    limit: float,
) -> bool:
    """Put one client where it costs least; return whether it fits anywhere."""
    best, place = np.inf, (-1, -1)
    for index, route in enumerate(routes):
        if loads[index] + demand[client] > limit:
            continue
        stops = np.array([0, *route, 0])
        before, after = stops[:-1], stops[1:]
        cost = (
            legs(instance, before, client)
            + legs(instance, client, after)
            - legs(instance, before, after)
        )
        position = int(np.argmin(cost))
        if cost[position] < best:
            best, place = float(cost[position]), (index, position)
    if place[0] < 0:
        return False
    routes[place[0]].insert(place[1], client)
    loads[place[0]] += float(demand[client])
    return True


def _chain(instance: VrpInstance, clients: list[int]) -> list[int]:
    """Order the clients of one vehicle by nearest neighbour from the depot."""
    left, here, route = np.array(clients), 0, []
    while len(left):
        pick = int(np.argmin(legs(instance, here, left)))
        here = int(left[pick])
        route.append(here)
        left = np.delete(left, pick)
    return route
