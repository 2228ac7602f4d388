"""Vehicle-routing instances as plain data for JSON, with nothing lost.

Keys are the fields of `netroute.problems.vrp.instance.VrpInstance`; those at their default are
left out. Matrices are lists of rows. ``windows`` has a list of ``[open, close]`` a location.
``deliveries`` and ``pickups`` have a list of amounts a location, also for one load dimension.
``vehicles`` is a list of objects with the fields of
`netroute.problems.vrp.vehicle.VehicleType`, defaults left out; an open route has
``"end_depot": null``. Elsewhere ``null`` stands for infinity, which JSON does not have.
"""

from __future__ import annotations

import math
from dataclasses import MISSING, fields
from typing import Any

from netroute.core.errors import InputError
from netroute.formats.json_fields import array, expect, is_integer, is_number, numbers
from netroute.formats.text import plain
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

_ARRAYS = (
    "coordinates",
    "distances",
    "durations",
    "deliveries",
    "pickups",
    "service",
    "release",
    "prizes",
)
_TEXTS = ("name", "metric", "rounding", "comment")
_COUNTS = ("number", "start_depot", "end_depot")


def instance_to_dict(instance: VrpInstance) -> dict[str, Any]:
    """Return the fields of an instance as plain data.

    Examples
    --------
    >>> instance = VrpInstance(coordinates=[[0, 0], [3, 4.5]], deliveries=[0, 1])
    >>> instance_to_dict(instance)["coordinates"]
    [[0, 0], [3, 4.5]]
    >>> instance_from_dict(instance_to_dict(instance)).fingerprint == instance.fingerprint
    True
    """
    data: dict[str, Any] = {}
    for entry in fields(VrpInstance):
        value = getattr(instance, entry.name)
        if value is None or not entry.init:
            continue
        if entry.name in _ARRAYS:
            data[entry.name] = numbers(value)
        elif entry.name in _TEXTS:
            data[entry.name] = str(value)
        elif entry.name == "required":
            data[entry.name] = value.tolist()
        elif entry.name == "windows":
            data[entry.name] = [[[_out(a), _out(b)] for a, b in row] for row in value]
        elif entry.name == "vehicles":
            data[entry.name] = [_vehicle_to_dict(vehicle) for vehicle in value]
        else:
            data[entry.name] = value
    return data


def instance_from_dict(data: dict[str, Any]) -> VrpInstance:
    """Rebuild an instance from `instance_to_dict`.

    Raises
    ------
    InputError
        With the name of the field.
    """
    known = [entry.name for entry in fields(VrpInstance) if entry.init]
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            raise InputError(
                f"unknown field, expected one of: {', '.join(known)}",
                code="json.field",
                where=name[:40],
            )
        values[name] = _field(name, value)
    return VrpInstance(**values)


def _field(name: str, value: Any) -> Any:
    if name in _ARRAYS:
        return array(name, value)
    if name in _TEXTS:
        return expect(name, value, isinstance(value, str), "a text")
    if name == "depots":
        return expect(name, value, is_integer(value), "an integer")
    if name == "required":
        fits = isinstance(value, list) and all(isinstance(v, bool) for v in value)
        return expect(name, value, fits, "a list of true and false")
    if name == "windows":
        return _windows(value)
    expect(name, value, isinstance(value, list), "a list of objects")
    return tuple(_vehicle(f"vehicles[{i}]", vehicle) for i, vehicle in enumerate(value))


def _windows(value: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    expect("windows", value, isinstance(value, list), "a list of lists of [open, close]")
    rows = []
    for index, row in enumerate(value):
        where = f"windows[{index}]"
        fits = isinstance(row, list) and all(isinstance(w, list) and len(w) == 2 for w in row)
        expect(where, row, fits, "a list of [open, close]")
        rows.append(tuple((_in(where, opens), _in(where, closes)) for opens, closes in row))
    return tuple(rows)


def _vehicle_to_dict(vehicle: VehicleType) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for entry in fields(vehicle):
        value = getattr(vehicle, entry.name)
        if entry.name == "capacity":
            data["capacity"] = [_out(amount) for amount in value]
        elif value != entry.default:
            data[entry.name] = _out(value) if isinstance(value, float) else value
    return data


def _vehicle(where: str, value: Any) -> VehicleType:
    expect(where, value, isinstance(value, dict), "an object")
    known = {entry.name: entry for entry in fields(VehicleType)}
    values: dict[str, Any] = {}
    for name, given in value.items():
        place = f"{where}.{name[:40]}"
        expect(where, name, name in known, f"one of: {', '.join(known)}")
        if name == "capacity":
            expect(place, given, isinstance(given, list), "a list of numbers")
            values[name] = tuple(_in(place, amount) for amount in given)
        elif name == "name":
            values[name] = expect(place, given, isinstance(given, str), "a text")
        elif name in _COUNTS:
            is_none = given is None and name != "start_depot"
            values[name] = expect(place, given, is_none or is_integer(given), "an integer")
        else:
            assert known[name].default is not MISSING
            values[name] = _in(place, given)
    return VehicleType(**values)


def _out(value: float) -> float | None:
    return None if math.isinf(value) else plain(value)


def _in(where: str, value: Any) -> float:
    if value is None:
        return math.inf
    return float(expect(where, value, is_number(value), "a number or null for infinity"))
