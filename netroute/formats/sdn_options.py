"""What a user adds to files of networks and traffic, which were not made for flow admission."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.formats.text import parse_float
from netroute.problems.sdn.draw import CLASSES

if TYPE_CHECKING:
    from collections.abc import Mapping

MODULES = ("smallest", "largest")

LEAST, MOST = 1e-9, 1e15
"""Range of numbers, in which nothing overflows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SdnOptions:
    """Options of every reader of networks; values may be text, as on the command line.

    Parameters
    ----------
    capacity : float or str
        Of links for which the file states none: a number in the file's unit, or which of the link's
        capacity modules is installed, ``smallest`` or ``largest``.
    demand_scale : float
        Factor on all demands.
    split : float or str, optional
        Largest bandwidth of a flow, in the file's unit; a larger demand becomes several flows of
        equal size (within 1). With a percent sign, such as ``"10%"``: of the smallest capacity.
    unit : float
        One unit of bandwidth in the file's unit: capacities are divided by it and rounded down,
        demands are divided by it and rounded to the nearest integer, at least 1.
    priorities : int
        Number of classes.
    classes : str
        How demands get their priorities: ``uniform``, or ``gold`` for 5 % of the highest class,
        15 % of the middle one and 80 % of the lowest. The flows of one demand have the same.
    flows : int, optional
        How many flows to draw for a file without demands: ends by gravity, and bandwidths from 1 to
        100 units with a uniform logarithm, times ``demand_scale``.
    seed : int
        Of all that is drawn.
    demands : str, optional
        File of demands, for formats that keep them apart; the one beside the network without it.

    Raises
    ------
    InputError
        With the name of the option.

    Examples
    --------
    >>> SdnOptions.of({"demand_scale": "2", "split": "10%"}).demand_scale
    2.0
    >>> SdnOptions(priorities=0)
    Traceback (most recent call last):
    netroute.core.errors.InputError: priorities: found 0, expected an integer from 1 to 1000000
    """

    capacity: float | str = "largest"
    demand_scale: float = 1.0
    split: float | str | None = None
    unit: float = 1.0
    priorities: int = 8
    classes: str = "uniform"
    flows: int | None = None
    seed: int = 0
    demands: str | None = None

    def __post_init__(self) -> None:
        if self.capacity not in MODULES:
            self._number("capacity", ", smallest or largest")
        self._number("demand_scale")
        self._number("unit")
        if self.split is not None:
            self._split()
        self._integer("priorities", 1, 10**6)
        if self.flows is not None:
            self._integer("flows", 1, 10**7)
        self._integer("seed", 0, 2**63)
        if self.classes not in CLASSES:
            raise _fault("classes", self.classes, f"one of: {', '.join(CLASSES)}")
        if self.demands is not None:
            self._put("demands", str(self.demands))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build options from ``{name: value}``."""
        known = [entry.name for entry in fields(cls)]
        for name in values:
            if name not in known:
                raise unknown_name("read option", name, known)
        return cls(**values)

    def largest(self, smallest_capacity: float) -> float:
        """Return the largest bandwidth of a flow, in the file's unit; inf without a limit."""
        if self.split is None:
            return math.inf
        if isinstance(self.split, str):
            return float(self.split.rstrip("%")) / 100.0 * smallest_capacity
        return self.split

    def suffix(self) -> str:
        """Return what tells instances of one file from each other by name.

        Examples
        --------
        >>> SdnOptions(demand_scale=2, split=5).suffix(), SdnOptions().suffix()
        ('-x2', '')
        """
        scale = "" if self.demand_scale == 1.0 else f"-x{self.demand_scale:g}"
        return scale + (f"-s{self.seed}" if self.seed else "")

    def _split(self) -> None:
        text = self.split.strip() if isinstance(self.split, str) else ""
        if text.endswith("%"):
            share = parse_float(text[:-1].strip())
            if share is None or not LEAST <= share <= MOST:
                raise _fault("split", text, "a positive percentage")
            self._put("split", f"{share:g}%")
        else:
            self._number("split", " or percentage")

    def _number(self, name: str, other: str = "") -> None:
        value = getattr(self, name)
        found = parse_float(value.strip()) if isinstance(value, str) else value
        try:
            number = math.nan if found is None or isinstance(found, bool) else float(found)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not LEAST <= number <= MOST:
            raise _fault(name, value, f"a number from {LEAST:g} to {MOST:g}{other}")
        self._put(name, number)

    def _integer(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        found: Any = parse_float(value.strip()) if isinstance(value, str) else value
        try:
            fits = not isinstance(found, bool) and found == int(found) and low <= found <= high
        except (TypeError, ValueError, OverflowError):
            fits = False
        if not fits:
            raise _fault(name, value, f"an integer from {low} to {high}")
        self._put(name, int(found))

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def _fault(name: str, value: Any, expected: str) -> InputError:
    return InputError(
        f"found {str(value)[:40]!r}, expected {expected}"
        if isinstance(value, str)
        else f"found {value!r}, expected {expected}",
        code="read.option",
        where=name,
    )
