"""What a user adds to files that hold a fabric without traffic, or traffic without a fabric."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.formats.text import parse_float, parse_int
from netroute.problems.collective.traffic import Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping


def traffic_of(options: Mapping[str, object], *, more: tuple[str, ...] = ()) -> Traffic:
    """Make traffic of options, whose values may be text as on the command line.

    Parameters
    ----------
    options : mapping
        Fields of `Traffic`.
    more : tuple of str
        Other options that there are, for messages.

    Raises
    ------
    InputError
        An unknown option, or a value that does not fit.

    Examples
    --------
    >>> traffic_of({"pattern": "ring", "group": "8", "rails": "true"}).group
    8
    >>> traffic_of({"grup": 8})
    Traceback (most recent call last):
    netroute.core.errors.InputError: unknown read option 'grup', expected one of: pattern, group, \
channels, placement, server, rails, shape, tensor, expert, data, pipeline, reduction, size, \
spread, seed (did you mean 'group'?)
    """
    known = {entry.name: str(entry.type) for entry in fields(Traffic)}
    values: dict[str, Any] = {}
    for name, value in options.items():
        if name not in known:
            raise unknown_name("read option", name, [*known, *more])
        kind = known[name]
        if kind.startswith("int"):
            values[name] = whole_number(name, value)
        elif kind == "float":
            values[name] = _number(name, value)
        elif kind == "bool":
            values[name] = switch(name, value)
        else:
            values[name] = None if value is None else str(value)
    return Traffic(**values)


def whole_number(name: str, value: object) -> int | None:
    """Read an integer; None stays None.

    Examples
    --------
    >>> whole_number("group", "8"), whole_number("group", None)
    (8, None)
    """
    if value is None or type(value) is int:
        return value
    found = parse_int(value) if isinstance(value, str) else None
    if found is None:
        raise _fault(name, value, "an integer")
    return found


def switch(name: str, value: object) -> bool:
    """Read true or false.

    Examples
    --------
    >>> switch("split", "yes"), switch("split", False)
    (True, False)
    """
    if isinstance(value, bool):
        return value
    text = value.lower() if isinstance(value, str) else ""
    if text not in ("true", "yes", "1", "false", "no", "0"):
        raise _fault(name, value, "true or false")
    return text in ("true", "yes", "1")


def _number(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    found = parse_float(value) if isinstance(value, str) else None
    if found is None:
        raise _fault(name, value, "a number")
    return found


def _fault(name: str, value: object, expected: str) -> InputError:
    message = f"found {repr(value)[:40]}, expected {expected}"
    return InputError(message, code="collective.option", where=name)
