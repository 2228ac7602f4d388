"""What makes a `VrpInstance` valid: shapes, signs, references."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance


def validate(instance: VrpInstance) -> None:
    """Raise `InputError`, naming field and location, for the first thing that is wrong."""
    _shapes(instance)
    _values(instance)
    _windows(instance)
    _vehicles(instance)
    _fits(instance)


def _fail(field: str, message: str, hint: str | None = None) -> None:
    raise InputError(message, code=f"vrp.{field}", where=field, hint=hint)


def _shapes(instance: VrpInstance) -> None:
    if instance.coordinates is None and instance.distances is None:
        _fail("coordinates", "neither coordinates nor a distance matrix is given")
    n = instance.size
    if n == 0:
        _fail("coordinates", "found no locations, expected a row for each one")
    if not 1 <= instance.depots <= n:
        _fail("depots", f"found {instance.depots} depots among {n} locations, expected 1 to {n}")
    expected: dict[str, tuple[int, ...]] = {
        "coordinates": (n, 2),
        "distances": (n, n),
        "durations": (n, n),
        "service": (n,),
        "release": (n,),
        "prizes": (n,),
        "required": (n,),
    }
    for field, shape in expected.items():
        array = getattr(instance, field)
        if array is not None and array.shape != shape:
            _fail(field, f"found shape {array.shape}, expected {shape}")
    for field in ("deliveries", "pickups"):
        array = getattr(instance, field)
        if array is not None and (array.ndim != 2 or len(array) != n):
            _fail(field, f"found shape {array.shape}, expected ({n}, k)")
    if (
        instance.deliveries is not None
        and instance.pickups is not None
        and instance.deliveries.shape != instance.pickups.shape
    ):
        _fail("pickups", "found other load dimensions than in deliveries")


def _values(instance: VrpInstance) -> None:
    if instance.coordinates is not None and not np.isfinite(instance.coordinates).all():
        row = int(np.argwhere(~np.isfinite(instance.coordinates))[0, 0])
        _fail("coordinates", f"location {row}: found {instance.coordinates[row].tolist()}")
    fields = (
        "distances",
        "durations",
        "service",
        "release",
        "prizes",
        "deliveries",
        "pickups",
    )
    for field in fields:
        array = getattr(instance, field)
        if array is None:
            continue
        bad = ~(np.isfinite(array) & (array >= 0))
        if bad.any():
            where = np.argwhere(bad)[0]
            row = int(where[0])
            value = array[tuple(where)]
            what = "client" if row >= instance.depots else "depot"
            place = f"{row} to {int(where[1])}" if field in ("distances", "durations") else row
            _fail(field, f"{what} {place}: found {value:g}, expected a finite number >= 0")
    for field in ("deliveries", "pickups"):
        array = getattr(instance, field)
        if array is not None and array[: instance.depots].any():
            row = int(np.argwhere(array[: instance.depots])[0, 0])
            _fail(field, f"depot {row} has a demand, expected 0")


def _windows(instance: VrpInstance) -> None:
    if instance.windows is None:
        return
    if len(instance.windows) != instance.size:
        _fail("windows", f"found {len(instance.windows)} rows, expected {instance.size}")
    for location, row in enumerate(instance.windows):
        last = -np.inf
        for opens, closes in row:
            if not (np.isfinite(opens) and opens <= closes):
                _fail("windows", f"location {location}: found [{opens:g}, {closes:g}]")
            if opens < last:
                _fail("windows", f"location {location}: windows overlap or are not sorted")
            last = closes


def _vehicles(instance: VrpInstance) -> None:
    if not instance.vehicles:
        _fail("vehicles", "found no vehicle type, expected at least one")
    for index, vehicle in enumerate(instance.vehicles):
        if len(vehicle.capacity) not in (0, instance.dimensions):
            _fail(
                "vehicles",
                f"type {index}: found {len(vehicle.capacity)} capacities, expected "
                f"{instance.dimensions} (one a load dimension) or none",
            )
        for name in ("start_depot", "end_depot"):
            depot = getattr(vehicle, name)
            if depot is None and name == "end_depot":
                continue
            if not 0 <= depot < instance.depots:
                _fail(
                    "vehicles",
                    f"type {index}: {name} {depot} is not one of the {instance.depots} depots",
                )


def _fits(instance: VrpInstance) -> None:
    """Reject a required client whose demand no vehicle type can carry."""
    required = np.ones(instance.size, bool) if instance.required is None else instance.required
    for field in ("deliveries", "pickups"):
        array = getattr(instance, field)
        if array is None:
            continue
        carried = np.zeros(instance.size, bool)
        for vehicle in instance.vehicles:
            carried |= (array <= (vehicle.capacity or np.inf)).all(axis=1)
        if not (carried | ~required).all():
            client = int(np.argmin(carried | ~required))
            largest = [v.capacity for v in instance.vehicles]
            _fail(
                field,
                f"client {client}: demand {array[client].tolist()} exceeds every vehicle's "
                f"capacity {[list(c) for c in largest]}",
            )
