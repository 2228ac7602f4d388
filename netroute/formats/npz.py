"""Files of named integer arrays (``.npz``), read without trusting what they say of themselves."""

from __future__ import annotations

import io
import math
import stat
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.core.files import write_atomic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

MOST_MEMORY = 6 * 2**30
"""Bytes of the arrays of a file."""

MOST_ARRAYS = 2**14

_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,
    EOFError,
    OSError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    struct.error,
    UserWarning,
)
"""What the standard library and NumPy raise for damaged, encrypted or unknown archives."""


def write_arrays(path: str | Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays such that `numpy.load` reads them too; same arrays, same bytes.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)
    write_atomic(path, buffer.getvalue())


def read_arrays(path: str | Path) -> dict[str, np.ndarray]:
    """Read all arrays, after their sizes.

    Raises
    ------
    InputError
        With the file, and the array where one is at fault: no such file, a damaged one, arrays of
        other than integers, or too large ones.

    Examples
    --------
    >>> read_arrays("/no/such/file.npz")
    Traceback (most recent call last):
    netroute.core.errors.InputError: /no/such/file.npz: no such file
    """
    where = str(path)
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise _fault(where, "is no ordinary file, expected an archive of arrays")
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            needed = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_ARRAYS or needed > MOST_MEMORY:
                message = f"{len(entries)} arrays would take {needed / 2**30:.1f} GiB, of which "
                raise _fault(where, message + f"at most {MOST_MEMORY / 2**30:.0f} are used")
            arrays: dict[str, np.ndarray] = {}
            for entry in entries:
                name = entry.filename.removesuffix(".npy")
                shown = name[:40] if name.isprintable() else ascii(name[:40])
                if name in arrays or name == entry.filename:
                    raise _fault(where, f"found {shown!r}, expected arrays of different names")
                try:
                    with archive.open(entry) as stream:
                        arrays[name] = _array(stream, entry.file_size)
                except _DAMAGED:
                    raise _fault(f"{where}: {shown}", "the array is damaged") from None
    except FileNotFoundError:
        raise InputError("no such file", code="file.missing", where=where) from None
    except PermissionError:
        message = "cannot be read: permission denied"
        raise InputError(message, code="file.permission", where=where) from None
    except _DAMAGED:
        raise _fault(where, "is damaged, or no archive of arrays") from None
    return arrays


def _array(stream: IO[bytes], length: int) -> np.ndarray:
    """Read one array whose header tells the truth of its length."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        version = np.lib.format.read_magic(stream)
        if version == (1, 0):
            shape, by_columns, kind = np.lib.format.read_array_header_1_0(stream)
        elif version == (2, 0):
            shape, by_columns, kind = np.lib.format.read_array_header_2_0(stream)
        else:
            raise ValueError
    expected = math.prod(shape) * kind.itemsize
    if kind.kind not in "iu" or min(shape, default=0) < 0 or stream.tell() + expected != length:
        raise ValueError
    data = stream.read(expected)
    if len(data) < expected or stream.read(1):
        raise ValueError
    array = np.frombuffer(data, kind).reshape(shape, order="F" if by_columns else "C")
    return np.asarray(array, kind.newbyteorder("="))


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="npz", where=where)
