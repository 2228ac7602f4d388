"""Read-only arrays of pinned type, and the fingerprint of what they hold."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

_BLOCK = 512


def frozen(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> np.ndarray:
    """Return a C-contiguous read-only copy of ``values``.

    Examples
    --------
    >>> frozen([1, 2]).flags.writeable
    False
    """
    array = np.array(values, dtype=dtype, order="C", copy=True)
    array.flags.writeable = False
    return array


def fingerprint(parts: Iterable[Any]) -> str:
    """Hash of the contents of ``parts``: 32 hexadecimal digits.

    Examples
    --------
    >>> fingerprint([1, "a"]) == fingerprint([1, "a"])
    True
    >>> fingerprint([1, "a"]) == fingerprint([2, "a"])
    False
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype.str}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).tobytes())
        else:
            digest.update(repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def is_symmetric(matrix: np.ndarray) -> bool:
    """Whether a square matrix equals its transpose.

    Compared in blocks: a transposed walk through a large matrix misses the cache at every step,
    and the first difference ends it.

    Examples
    --------
    >>> is_symmetric(np.array([[0, 1], [1, 0]])), is_symmetric(np.array([[0, 1], [2, 0]]))
    (True, False)
    """
    n = len(matrix)
    for i in range(0, n, _BLOCK):
        for j in range(i, n, _BLOCK):
            block = matrix[i : i + _BLOCK, j : j + _BLOCK]
            if not np.array_equal(block, matrix[j : j + _BLOCK, i : i + _BLOCK].T):
                return False
    return True


def state_of(instance: Any) -> list[Any]:
    """Return what a pickle of a slotted dataclass holds; for its ``__getstate__``."""
    return [getattr(instance, entry.name) for entry in fields(instance)]


def restore(instance: Any, state: list[Any]) -> None:
    """Fill a slotted dataclass from `state_of`; for its ``__setstate__``.

    Arrays come out of a pickle writable, and are made read-only again.
    """
    for entry, value in zip(fields(instance), state, strict=True):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        object.__setattr__(instance, entry.name, value)
