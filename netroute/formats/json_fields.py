"""Fields of JSON objects, checked one by one so that errors name them."""

from __future__ import annotations

from typing import Any

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.text import plain_rows


def expect(where: str, value: Any, holds: bool, expected: str) -> Any:
    """Return ``value`` if ``holds``, else raise `InputError`.

    Examples
    --------
    >>> expect("name", 3, False, "a text")
    Traceback (most recent call last):
    netroute.core.errors.InputError: name: found '3', expected a text
    """
    if not holds:
        raise InputError(
            f"found {str(value)[:40]!r}, expected {expected}", code="json.field", where=where
        )
    return value


def is_integer(value: Any) -> bool:
    """Whether it is an integer of at most 63 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def is_number(value: Any) -> bool:
    """Whether it is a number that float64 can hold."""
    # An integer of hundreds of digits has no float64.
    return isinstance(value, float) or is_integer(value)


def array(where: str, value: Any) -> np.ndarray:
    """Return a list of numbers or of equally long lists of them as an array."""
    expect(where, value, isinstance(value, list), "a list of numbers")
    is_matrix = bool(value) and isinstance(value[0], list)
    for index, row in enumerate(value if is_matrix else ()):
        fits = isinstance(row, list) and len(row) == len(value[0])
        expect(f"{where}[{index}]", row, fits, f"a list of {len(value[0])} numbers")
    flat = [v for row in value for v in row] if is_matrix else value
    if not {type(entry) for entry in flat} <= {float}:
        for entry in flat:
            expect(where, entry, is_number(entry), "numbers")
    found = np.array(flat, np.float64)
    return found.reshape(len(value), len(value[0])) if is_matrix else found


def numbers(values: np.ndarray) -> list[Any]:
    """Return a vector or matrix as plain data; the inverse of `array`."""
    return plain_rows(values) if values.ndim == 2 else plain_rows(values[None])[0]
