"""Writer of VRPLIB files; `netroute.formats.vrplib` states the conventions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.files import write_atomic
from netroute.formats.text import number, plain_rows
from netroute.formats.tsplib_rows import head, table_rows
from netroute.formats.tsplib_weights import weight_keywords
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.vrp.instance import VrpInstance


def write_vrplib(path: str | Path, instance: VrpInstance) -> None:
    """Write an instance as a VRPLIB file, from which the same instance is read.

    Raises
    ------
    UnsupportedError
        The instance has a feature for which VRPLIB has no place; JSON has.
    """
    write_atomic(path, format_vrplib(instance))


def format_vrplib(instance: VrpInstance) -> str:
    """Return the text of a VRPLIB file.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4]], deliveries=[0, 1], rounding="nearest",
    ...     vehicles=(VehicleType(capacity=(2,)),),
    ... )
    >>> format_vrplib(instance).splitlines()[:4]
    ['NAME : unnamed', 'TYPE : CVRP', 'DIMENSION : 2', 'EDGE_WEIGHT_TYPE : EUC_2D']
    """
    _require_plain(instance)
    rows = head(instance.name, instance.comment)
    rows += [f"TYPE : {_type(instance)}", f"DIMENSION : {instance.size}"]
    rows += _weight_keywords(instance)
    rows += _vehicle_keywords(instance)
    rows += _sections(instance)
    rows.append("EOF")
    return "\n".join(rows) + "\n"


def _type(instance: VrpInstance) -> str:
    if instance.deliveries is None:
        return "VRP" if instance.windows is None else "VRPTW"
    kind = "CVRP" if instance.windows is None else "VRPTW"
    return kind if instance.depots == 1 else "MDVRP" if kind == "CVRP" else "MDVRPTW"


def _weight_keywords(instance: VrpInstance) -> list[str]:
    if instance.distances is not None:
        return ["EDGE_WEIGHT_TYPE : EXPLICIT", "EDGE_WEIGHT_FORMAT : FULL_MATRIX"]
    return weight_keywords(instance.metric, instance.rounding)


def _vehicle_keywords(instance: VrpInstance) -> list[str]:
    vehicle = instance.vehicles[0]
    rows = []
    if instance.deliveries is not None:
        rows.append(f"CAPACITY : {number(vehicle.capacity[0])}")
    if vehicle.number is not None:
        rows.append(f"VEHICLES : {vehicle.number}")
    if np.isfinite(vehicle.max_duration):
        rows.append(f"DISTANCE : {number(vehicle.max_duration)}")
        if instance.service is None:
            # Says that the limit is one on the duration.
            rows.append("SERVICE_TIME : 0")
    elif np.isfinite(vehicle.max_distance):
        rows.append(f"DISTANCE : {number(vehicle.max_distance)}")
    return rows


def _sections(instance: VrpInstance) -> list[str]:
    rows: list[str] = []
    if instance.coordinates is not None:
        rows += ["NODE_COORD_SECTION", *table_rows(instance.coordinates)]
    if instance.distances is not None:
        rows.append("EDGE_WEIGHT_SECTION")
        rows += [" ".join(map(repr, row)) for row in plain_rows(instance.distances)]
    if instance.deliveries is not None:
        rows += ["DEMAND_SECTION", *table_rows(instance.deliveries)]
    if instance.service is not None:
        rows += ["SERVICE_TIME_SECTION", *table_rows(instance.service[:, None])]
    if instance.windows is not None:
        windows = np.array([row[0] for row in instance.windows])
        rows += ["TIME_WINDOW_SECTION", *table_rows(windows)]
    return [*rows, "DEPOT_SECTION", *(str(i + 1) for i in range(instance.depots)), "-1"]


def _require_plain(instance: VrpInstance) -> None:
    """Raise `UnsupportedError` for what the format has no place for."""
    vehicle = instance.vehicles[0]
    plain = VehicleType(
        capacity=vehicle.capacity,
        number=vehicle.number,
        max_distance=vehicle.max_distance,
        max_duration=vehicle.max_duration,
    )
    expected = tuple(
        replace(plain, start_depot=depot, end_depot=depot) for depot in range(instance.depots)
    )
    windows = instance.windows or ()
    faults = {
        "separate durations": instance.durations is not None,
        "several load dimensions": instance.dimensions > 1,
        "pickups": instance.pickups is not None,
        "demands without a finite capacity": instance.deliveries is not None
        and not (vehicle.capacity and math.isfinite(vehicle.capacity[0])),
        "locations without a time window, or with several of them": any(
            len(row) != 1 for row in windows
        ),
        "windows that never close": any(math.isinf(row[0][1]) for row in windows if row),
        "release times": instance.release is not None,
        "prizes": instance.prizes is not None,
        "optional clients": instance.required is not None,
        "vehicle types with more than capacity, number and a limit, the same at each depot": (
            instance.vehicles != expected
        ),
        "limits on both distance and duration": math.isfinite(vehicle.max_distance)
        and math.isfinite(vehicle.max_duration),
        "a limit on the distance beside service times": math.isfinite(vehicle.max_distance)
        and instance.service is not None,
    }
    found = [name for name, is_used in faults.items() if is_used]
    if found:
        raise UnsupportedError(
            f"VRPLIB has no place for {'; '.join(found)} (instance {instance.name!r}): write .json"
        )
