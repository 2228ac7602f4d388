"""Variants of one network: objective, weights, limits, flow tables and protection as options."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.formats.text import parse_float
from netroute.problems.sdn.cheapest import cheapest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netroute.problems.sdn.instance import SdnInstance

LEAST, MOST = 1e-9, 1e15
"""Range of numbers, in which nothing overflows."""

SLACK = 1e-9
"""So that the fastest path itself is within 1.0 times its delay."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SdnVariant:
    """What can be asked of any network, whatever its file says; values may be text.

    Parameters
    ----------
    objective, weighting, protection : str, optional
        As in `netroute.problems.sdn.instance.SdnInstance`; the file's own without them.
    max_hops : int, optional
        Limit on the arcs of every flow's path.
    stretch : float, optional
        Limit on the delay of every flow's path, at least 1, as a multiple of the least possible.
    table_size : int, optional
        Flow-table entries that every node holds.

    Raises
    ------
    InputError
        With the name of the option.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5], delay=[2.0],
    ...     source=[0], target=[1], bandwidth=[3],
    ... )
    >>> limited = SdnVariant.of({"stretch": "1.5", "protection": "arc"}).apply(net)
    >>> limited.max_delay.round(6).tolist(), limited.protection
    ([3.0], 'arc')
    """

    objective: str | None = None
    weighting: str | None = None
    protection: str | None = None
    max_hops: int | None = None
    stretch: float | None = None
    table_size: int | None = None

    def __post_init__(self) -> None:
        if self.max_hops is not None:
            self._integer("max_hops", 1, 10**6)
        if self.table_size is not None:
            self._integer("table_size", 0, 10**9)
        if self.stretch is not None:
            self._number("stretch", least=1.0)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Build options from ``{name: value}``."""
        shared = {entry.name for entry in fields(SdnVariant)}
        # What a format has of its own comes first.
        known = sorted((entry.name for entry in fields(cls)), key=shared.__contains__)
        for name in values:
            if name not in known:
                raise unknown_name("read option", name, known)
        return cls(**values)

    def apply(self, instance: SdnInstance) -> SdnInstance:
        """Return the instance with what was asked for in place of its own.

        Raises
        ------
        InputError
            No such objective, weighting or protection.
        """
        changes: dict[str, Any] = {
            name: getattr(self, name)
            for name in ("objective", "weighting", "protection")
            if getattr(self, name) is not None
        }
        if self.max_hops is not None:
            changes["max_hops"] = np.full(instance.size, self.max_hops)
        if self.table_size is not None:
            changes["table_size"] = np.full(len(instance.nodes), self.table_size)
        if self.stretch is not None:
            changes["max_delay"] = (self.stretch * _least_delay(instance) * (1 + SLACK)).round(9)
        return instance.replace(**changes) if changes else instance

    def _number(self, name: str, other: str = "", *, least: float = LEAST) -> None:
        value = getattr(self, name)
        found = parse_float(value.strip()) if isinstance(value, str) else value
        try:
            number = math.nan if found is None or isinstance(found, bool) else float(found)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not least <= number <= MOST:
            raise fault(name, value, f"a number from {least:g} to {MOST:g}{other}")
        self._put(name, number)

    def _integer(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        found: Any = parse_float(value.strip()) if isinstance(value, str) else value
        try:
            fits = not isinstance(found, bool) and found == int(found) and low <= found <= high
        except (TypeError, ValueError, OverflowError):
            fits = False
        if not fits:
            raise fault(name, value, f"an integer from {low} to {high}")
        self._put(name, int(found))

    def _put(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)


def fault(name: str, value: Any, expected: str) -> InputError:
    """Return the error for the value of an option."""
    shown = repr(value[:40]) if isinstance(value, str) else repr(value)
    return InputError(f"found {shown}, expected {expected}", code="read.option", where=name)


def _least_delay(instance: SdnInstance) -> np.ndarray:
    """Delay of each flow's fastest path, infinite where there is no path."""
    plain = instance.replace(max_delay=None, max_hops=None, protection="none")
    endless = np.full(len(instance.tail), np.iinfo(np.int64).max)
    least: np.ndarray = cheapest(plain, instance.delay, room=endless) / instance.bandwidth
    return least
