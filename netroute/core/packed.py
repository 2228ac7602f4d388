"""Arrays of integers in JSON: small ones as lists, large ones packed as ``[kind, shape, text]``."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Any

import numpy as np

from netroute.core.errors import InputError

PLAIN = 4096
"""Up to so many numbers, an array is written as lists; a larger one packed."""

MOST_CELLS = 2**32
_KINDS = ("uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64")


def pack(array: np.ndarray) -> Any:
    """Return an array of integers as plain data for JSON.

    Examples
    --------
    >>> pack(np.array([[1, 2]]))
    [[1, 2]]
    >>> pack(np.zeros((100, 100), np.uint8))[:2]
    ['uint8', [100, 100]]
    """
    if array.size <= PLAIN:
        return array.tolist()
    data = base64.b64encode(zlib.compress(array.tobytes(), 1)).decode()
    return [array.dtype.name, list(array.shape), data]


def unpack(name: str, data: Any, axes: int, *, code: str, low: int = 0) -> np.ndarray:
    """Return the array that `pack` has written, or one given as nested lists.

    Parameters
    ----------
    name : str
        Of the key, for messages.
    data : object
        What JSON held.
    axes : int
        Number of axes that the array must have.
    code : str
        Of the error, see `InputError`.
    low : int
        Least number in lists.

    Raises
    ------
    InputError
        With the name of the key.

    Examples
    --------
    >>> unpack("counts", pack(np.ones((100, 100), np.uint8)), 2, code="a.b").sum()
    np.uint64(10000)
    """
    if not isinstance(data, list):
        raise InputError("expected a list", code=code, where=name)
    if len(data) != 3 or not isinstance(data[0], str):
        return _plain(name, data, axes, code, low)
    kind, shape, text = data
    sound = isinstance(shape, list) and len(shape) == axes
    if not sound or not all(type(n) is int and 0 <= n <= MOST_CELLS for n in shape):
        raise InputError("expected a shape", code=code, where=name)
    cells = int(np.prod([float(n) for n in shape]))
    if kind not in _KINDS or cells > MOST_CELLS or not isinstance(text, str):
        raise InputError("expected a packed array", code=code, where=name)
    needed = cells * np.dtype(kind).itemsize
    try:
        unzip = zlib.decompressobj()
        raw = unzip.decompress(base64.b64decode(text, validate=True), needed + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise InputError("the packed array is damaged", code=code, where=name) from None
    if len(raw) != needed:
        raise InputError(f"the packed array is not of shape {shape}", code=code, where=name)
    return np.frombuffer(raw, kind).reshape(shape)


def _plain(name: str, data: list[Any], axes: int, code: str, low: int) -> np.ndarray:
    """Return nested lists as an array; only integers get in."""

    def flat(entry: Any, depth: int) -> bool:
        if depth == 0:
            return type(entry) is int and low <= entry < 2**62
        return isinstance(entry, list) and all(flat(part, depth - 1) for part in entry)

    if not flat(data, axes):
        levels = "a list" if axes == 1 else f"{axes} levels of lists"
        raise InputError(f"expected {levels} of integers >= {low}", code=code, where=name)
    try:
        array = np.array(data, np.int64)
    except ValueError:
        raise InputError("found rows of different lengths", code=code, where=name) from None
    if array.ndim != axes and not array.size:
        # Without entries the levels cannot be told: [[], []] has no rows.
        array = array.reshape((*array.shape, *(0,) * (axes - array.ndim)))
    return array
