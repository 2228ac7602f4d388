"""What makes a `WsnInstance` valid: pinned types, ranges, options that go together."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, SupportsFloat

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance

FARTHEST = 1e7
"""Largest coordinate in metres: its fourth power, times bits, stays far from overflow."""

MOST_ENERGY = 1e12
LEAST_ENERGY = 1e-12
MOST_BITS = 2**40
MOST_NODES = 2**30

_RADIO = ("electronics", "free_space", "multipath", "aggregation")
_CHOICES = {
    "headless": ("direct", "silent"),
    "death_test": ("strict", "end"),
    "routing": ("clusters", "tree"),
}


def convert(instance: WsnInstance) -> None:
    """Replace every field by its canonical form; raise `InputError` for the first wrong one."""
    _put(instance, "name", str(instance.name))
    _arrays(instance)
    for name in _RADIO:
        value = _number(name, getattr(instance, name))
        if not (0.0 <= value <= 1.0 and (value > 0.0 or name != "electronics")):
            least = "above 0" if name == "electronics" else ">= 0"
            raise fault(name, f"found {value:g}, expected a number {least} and at most 1")
        _put(instance, name, value)
    if instance.multipath > 0.0 and instance.free_space == 0.0:
        raise fault("free_space", "found 0 beside a multipath above 0, expected a number above 0")
    for name, low, high in (
        ("message_bits", 1, MOST_BITS),
        ("control_bits", 0, MOST_BITS),
        ("readings_seed", 0, 2**63 - 1),
    ):
        _put(instance, name, _integer(name, getattr(instance, name), low, high))
    for name in ("base_if_nearer", "head_aggregates_own"):
        switch = getattr(instance, name)
        if not isinstance(switch, bool | np.bool_):
            raise fault(name, f"found {switch!r}, expected true or false")
        _put(instance, name, bool(switch))
    for name, known in _CHOICES.items():
        if getattr(instance, name) not in known:
            found = getattr(instance, name)
            raise fault(name, f"found {found!r}, expected one of: {', '.join(known)}")
    _options(instance)


def fault(name: str, message: str) -> InputError:
    """Return the error for a field."""
    return InputError(message, code="wsn.instance", where=name)


def _arrays(instance: WsnInstance) -> None:
    position = _floats("position", instance.position)
    if position.ndim != 2 or position.shape[1] != 2:
        raise fault("position", f"found shape {position.shape}, expected (n, 2)")
    n = len(position)
    if not 1 <= n <= MOST_NODES:
        raise fault("position", f"found {n} nodes, expected 1 to {MOST_NODES}")
    energy = _floats("energy", instance.energy)
    if energy.ndim == 0:
        energy = frozen(np.full(n, float(energy)))
    station, field = (
        _floats("base_station", instance.base_station),
        _floats("field", instance.field),
    )
    for name, array, shape in (
        ("energy", energy, (n,)),
        ("base_station", station, (2,)),
        ("field", field, (2,)),
    ):
        if array.shape != shape:
            raise fault(name, f"found shape {array.shape}, expected {shape}")
    far = ~(np.abs(position) <= FARTHEST).all(axis=1)
    if far.any():
        node = int(np.argmax(far))
        raise fault(
            "position",
            f"node {node}: found {position[node].tolist()}, "
            f"expected numbers of at most {FARTHEST:g} m",
        )
    wrong = ~((energy >= LEAST_ENERGY) & (energy <= MOST_ENERGY))
    if wrong.any():
        node = int(np.argmax(wrong))
        expected = f"{LEAST_ENERGY:g} to {MOST_ENERGY:g} joules"
        raise fault("energy", f"node {node}: found {energy[node]:g}, expected {expected}")
    if not (np.abs(station) <= FARTHEST).all():
        found = station.tolist()
        message = f"found {found}, expected numbers of at most {FARTHEST:g} m"
        raise fault("base_station", message)
    if not ((field > 0.0) & (field <= FARTHEST)).all():
        message = f"found {field.tolist()}, expected a width and a height above 0"
        raise fault("field", message)
    for name, array in (
        ("position", position),
        ("energy", energy),
        ("base_station", station),
        ("field", field),
    ):
        _put(instance, name, array)


def _options(instance: WsnInstance) -> None:
    ratio = _number("aggregation_ratio", instance.aggregation_ratio)
    if not 0.0 <= ratio <= 1.0:
        raise fault("aggregation_ratio", f"found {ratio:g}, expected 0 to 1")
    if ratio > 0.0 and instance.routing == "tree":
        message = f"found {ratio:g} beside the routing 'tree', in which reports are fused: "
        raise fault("aggregation_ratio", message + "expected 0")
    _put(instance, "aggregation_ratio", ratio)
    soft = _number("soft_threshold", instance.soft_threshold)
    if not 0.0 <= soft < math.inf:
        raise fault("soft_threshold", f"found {soft:g}, expected a number >= 0")
    _put(instance, "soft_threshold", soft)
    if instance.hard_threshold is not None:
        hard = _number("hard_threshold", instance.hard_threshold)
        if not abs(hard) < math.inf:
            raise fault("hard_threshold", f"found {hard:g}, expected a finite number")
        _put(instance, "hard_threshold", hard)


def _put(instance: WsnInstance, name: str, value: Any) -> None:
    object.__setattr__(instance, name, value)


def _floats(name: str, values: Any) -> np.ndarray:
    try:
        return frozen(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise fault(name, f"expected numbers: {error}") from None


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, SupportsFloat):
        raise fault(name, f"found {value!r}, expected a number")
    try:
        return float(value)
    except (OverflowError, ValueError, TypeError):
        raise fault(name, f"found {str(value)[:40]!r}, expected a number") from None


def _integer(name: str, value: Any, least: int, most: int) -> int:
    try:
        whole = operator.index(value)
    except TypeError:
        raise fault(name, f"found {value!r}, expected an integer") from None
    if isinstance(value, bool) or not least <= whole <= most:
        raise fault(name, f"found {value!r}, expected an integer from {least} to {most}")
    return whole
