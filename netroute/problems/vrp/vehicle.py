"""Vehicle types: how many there are, what they carry, cost and may do."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable
from dataclasses import dataclass, fields

from netroute.core.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """One kind of vehicle.

    Parameters
    ----------
    capacity : tuple of float
        Largest load, one figure a load dimension; ``inf`` where unlimited.
    number : int, optional
        How many there are; None for as many as needed.
    start_depot, end_depot : int or None
        Locations where a route begins and ends. ``end_depot`` None: an open route, which ends at
        its last client.
    fixed_cost : float
        Paid once a route.
    distance_cost, duration_cost : float
        Paid per unit of distance, and per unit of time between leaving and returning.
    shift_start, shift_end : float
        Earliest departure and latest return.
    max_distance, max_duration : float
        Limits on one route.
    name : str
        For people.

    Examples
    --------
    >>> VehicleType(capacity=(100.0,), number=3).is_plain
    True
    """

    capacity: tuple[float, ...] = ()
    number: int | None = None
    start_depot: int = 0
    end_depot: int | None = 0
    fixed_cost: float = 0.0
    distance_cost: float = 1.0
    duration_cost: float = 0.0
    shift_start: float = 0.0
    shift_end: float = math.inf
    max_distance: float = math.inf
    max_duration: float = math.inf
    name: str = ""

    def __post_init__(self) -> None:
        self._convert()
        for value in self.capacity:
            _require(value >= 0, "capacity", value, "a number >= 0")
        _require(self.number is None or self.number >= 0, "number", self.number, "an integer >= 0")
        for name in ("fixed_cost", "distance_cost", "duration_cost"):
            value = getattr(self, name)
            _require(math.isfinite(value) and value >= 0, name, value, "a finite number >= 0")
        _require(math.isfinite(self.shift_start), "shift_start", self.shift_start, "a number")
        _require(self.shift_end >= self.shift_start, "shift_end", self.shift_end, ">= shift_start")
        for name in ("max_distance", "max_duration"):
            value = getattr(self, name)
            _require(value >= 0, name, value, "a number >= 0")

    def _convert(self) -> None:
        """Take numbers of any library, and a single capacity without its tuple."""
        amounts = self.capacity if isinstance(self.capacity, Iterable) else (self.capacity,)
        put = object.__setattr__
        try:
            put(self, "capacity", tuple(float(value) for value in amounts))
        except (TypeError, ValueError):
            _require(False, "capacity", self.capacity, "numbers")
        for entry in fields(self):
            value = getattr(self, entry.name)
            whole = entry.name in ("number", "start_depot", "end_depot")
            optional = entry.name in ("number", "end_depot")
            if entry.name in ("capacity", "name") or (value is None and optional):
                continue
            try:
                put(self, entry.name, operator.index(value) if whole else float(value))
            except (TypeError, ValueError):
                _require(False, entry.name, value, "an integer" if whole else "a number")

    @property
    def is_plain(self) -> bool:
        """Whether nothing but capacity and number restricts it, at unit distance cost."""
        return (
            self.fixed_cost == 0.0
            and self.distance_cost == 1.0
            and self.duration_cost == 0.0
            and self.shift_start <= 0.0
            and math.isinf(self.shift_end)
            and math.isinf(self.max_distance)
            and math.isinf(self.max_duration)
            and self.end_depot == self.start_depot
        )


def _require(holds: bool, name: str, value: object, expected: str) -> None:
    if not holds:
        raise InputError(
            f"found {value!r}, expected {expected}", code=f"vehicle.{name}", where=f"vehicle.{name}"
        )
