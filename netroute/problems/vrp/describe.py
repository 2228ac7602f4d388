"""Figures of an instance for people and programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.geometry import convention

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.vehicle import VehicleType


def describe(instance: VrpInstance) -> dict[str, Any]:
    """Size, costs, features, loads, fleet and extent of an instance, as plain data.

    ``brief`` is one line, ``costs`` says how distances become costs, and ``minimal_vehicles``
    follows from total demand and largest capacity alone.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4], [6, 8]],
    ...     deliveries=[0, 1, 1],
    ...     vehicles=(VehicleType(capacity=(1,)),),
    ... )
    >>> figures = describe(instance)
    >>> figures["brief"], figures["costs"], figures["minimal_vehicles"]
    ('2 clients, capacity 1', 'euclidean distances, not rounded', 2)
    """
    capacity = ", ".join(_capacity(vehicle) for vehicle in instance.vehicles)
    clients = len(instance.clients)
    figures: dict[str, Any] = {
        "brief": f"{clients} client{'' if clients == 1 else 's'}, capacity {capacity}",
        "costs": _costs(instance),
        "clients": clients,
        "depots": instance.depots,
        "features": sorted(instance.features()),
        "capacity": capacity,
        "fleet": ", ".join(_fleet(vehicle) for vehicle in instance.vehicles),
    }
    for name, amounts in (("demand", instance.deliveries), ("pickups", instance.pickups)):
        if amounts is not None and clients:
            figures[name] = [_spread(column) for column in amounts[instance.depots :].T]
    least = _minimal_vehicles(instance)
    if least is not None:
        figures["minimal_vehicles"] = least
    if instance.coordinates is not None:
        low, high = instance.coordinates.min(axis=0), instance.coordinates.max(axis=0)
        figures["extent"] = {"x": [float(low[0]), float(high[0])]}
        figures["extent"]["y"] = [float(low[1]), float(high[1])]
    return figures


def summary(metrics: dict[str, Any]) -> dict[str, str]:
    """Say of a plan what people want to know first, from the checker's metrics.

    Examples
    --------
    >>> summary({"routes": 3})
    {'vehicles': '3'}
    """
    return {"vehicles": str(metrics["routes"])}


def _costs(instance: VrpInstance) -> str:
    if instance.distances is not None:
        return "explicit distance matrix"
    return convention(instance.metric, instance.rounding)


def _capacity(vehicle: VehicleType) -> str:
    if not vehicle.capacity:
        return "unlimited"
    return " x ".join(f"{value:g}" for value in vehicle.capacity)


def _fleet(vehicle: VehicleType) -> str:
    number = "any number" if vehicle.number is None else str(vehicle.number)
    return f"{number} of {vehicle.name}" if vehicle.name else number


def _spread(values: np.ndarray) -> dict[str, float]:
    return {
        "total": float(values.sum()),
        "min": float(values.min()),
        "mean": float(values.mean()),
        "max": float(values.max()),
    }


def _minimal_vehicles(instance: VrpInstance) -> int | None:
    """Vehicles that the total demand of the required clients needs at least."""
    if instance.deliveries is None or any(not vehicle.capacity for vehicle in instance.vehicles):
        return None
    required = np.ones(instance.size, bool) if instance.required is None else instance.required
    total = instance.deliveries[required].sum(axis=0)
    largest = np.array([vehicle.capacity for vehicle in instance.vehicles]).max(axis=0)
    used = total > 0
    if not used.any() or not np.isfinite(largest[used]).any():
        return 0 if not used.any() else 1
    # A hair is taken off, so that sums of fractions which just fit are not counted up.
    return max(1, math.ceil(float((total[used] / largest[used]).max()) - 1e-9))
