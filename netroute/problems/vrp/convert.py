"""Turn what a user gives for a `VrpInstance` into read-only arrays of pinned type."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError
from netroute.problems.geometry import Metric, Rounding
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from enum import StrEnum

    from netroute.problems.vrp.instance import VrpInstance


def convert(instance: VrpInstance) -> None:
    """Replace every field of ``instance`` by its canonical form, before it is validated."""
    _put(instance, "depots", _whole(instance.depots))
    _put(instance, "metric", _choice("metric", instance.metric, Metric))
    _put(instance, "rounding", _choice("rounding", instance.rounding, Rounding))
    _put(instance, "vehicles", _vehicles(instance.vehicles))
    for name in ("coordinates", "distances", "durations", "service", "release", "prizes"):
        if getattr(instance, name) is not None:
            _put(instance, name, _floats(name, getattr(instance, name)))
    for name in ("deliveries", "pickups"):
        if getattr(instance, name) is not None:
            array = _floats(name, getattr(instance, name))
            _put(instance, name, frozen(array[:, None]) if array.ndim == 1 else array)
    if instance.required is not None:
        try:
            _put(instance, "required", frozen(instance.required, bool))
        except (TypeError, ValueError) as error:
            raise _fault("required", f"expected true or false: {error}") from None
    if instance.windows is not None:
        _put(instance, "windows", _windows(instance.windows))


def _put(instance: VrpInstance, name: str, value: Any) -> None:
    object.__setattr__(instance, name, value)


def _fault(name: str, message: str) -> InputError:
    return InputError(message, code=f"vrp.{name}", where=name)


def _whole(value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise _fault("depots", f"found {value!r}, expected an integer") from None


def _choice(name: str, value: Any, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise _fault(name, f"found {value!r}, expected one of: {known}") from None


def _vehicles(values: Any) -> tuple[VehicleType, ...]:
    found = (values,) if isinstance(values, VehicleType) else values
    try:
        types = tuple(found)
    except TypeError:
        types = (found,)
    for value in types:
        if not isinstance(value, VehicleType):
            raise _fault("vehicles", f"found {value!r}, expected objects of type VehicleType")
    return types


def _floats(name: str, values: Any) -> np.ndarray:
    try:
        return frozen(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _fault(name, f"expected numbers: {error}") from None


def _windows(values: Any) -> tuple[tuple[tuple[float, float], ...], ...]:
    rows: list[tuple[tuple[float, float], ...]] = []
    try:
        for row in values:
            rows.append(tuple((float(opens), float(closes)) for opens, closes in row))
    except (TypeError, ValueError, OverflowError):
        message = f"location {len(rows)}: expected a sequence of (open, close)"
        raise _fault("windows", message) from None
    return tuple(rows)
