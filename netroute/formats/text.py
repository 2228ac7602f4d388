"""Bounded reading of text files, and numbers as text."""

from __future__ import annotations

import math
import re
import stat
from pathlib import Path

import numpy as np

from netroute.core.errors import InputError

LINE_LIMIT = 16 * 2**20
"""Longest line in bytes: a row of a matrix of a million locations would still fit."""

FILE_LIMIT = 2 * 2**30
"""Largest file in bytes."""

_CHUNK = 2**20
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")


def read_text(path: str | Path, *, line_limit: int = LINE_LIMIT) -> str:
    """Return the text of a file, refusing what cannot be a text file before it fills the memory.

    UTF-8 with or without byte order mark, else Latin-1; any line ends.

    Raises
    ------
    InputError
        No such file, no permission, a directory, an empty or binary file, a line longer than
        ``line_limit`` or a file larger than `FILE_LIMIT`.

    Examples
    --------
    >>> read_text("/no/such/file")
    Traceback (most recent call last):
    netroute.core.errors.InputError: /no/such/file: no such file
    """
    where = str(path)
    try:
        return _decode(_read_bytes(Path(path), line_limit), where)
    except FileNotFoundError:
        raise InputError("no such file", code="file.missing", where=where) from None
    except PermissionError:
        raise InputError(
            "cannot be read: permission denied", code="file.permission", where=where
        ) from None
    except (OSError, ValueError) as error:
        # ValueError: a null byte in the path
        text = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(f"cannot be read: {text}", code="file.read", where=where) from None


def read_rows(path: str | Path) -> list[tuple[str, str, str]]:
    """Return the lines of a file that are not blank: ``(file:line, stem-number, text)``.

    The number counts from 0 and names what the line holds.
    """
    rows = [(i, row) for i, row in enumerate(read_text(path).split("\n"), start=1) if row.strip()]
    stem = Path(path).stem
    return [(f"{path}:{line}", f"{stem}-{k}", row) for k, (line, row) in enumerate(rows)]


def _read_bytes(path: Path, line_limit: int) -> bytes:
    where = str(path)
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise InputError("is a directory, expected a file", code="file.directory", where=where)
    if status.st_size > FILE_LIMIT:
        raise _too_large(where)
    chunks: list[bytes] = []
    total = line_length = 0
    line = 1
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if _BINARY.search(chunk):
                raise InputError("is a binary file, expected text", code="file.binary", where=where)
            total += len(chunk)
            breaks = chunk.count(b"\n")
            line += breaks
            line_length = len(chunk) - chunk.rfind(b"\n") - 1 + (0 if breaks else line_length)
            if line_length > line_limit:
                raise InputError(
                    f"the line is longer than {line_limit // 2**20} MiB, expected a text file of "
                    "ordinary lines",
                    code="file.line",
                    where=f"{where}:{line}",
                )
            if total > FILE_LIMIT:
                raise _too_large(where)
            chunks.append(chunk)
    return b"".join(chunks)


def _too_large(where: str) -> InputError:
    return InputError(
        f"is larger than {FILE_LIMIT // 2**30} GiB, the most that is read",
        code="file.size",
        where=where,
    )


def _decode(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    # The end-of-file mark and the line ends of old systems.
    text = text.rstrip("\x1a")
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if not text.strip():
        raise InputError("is empty, expected a text file", code="file.empty", where=where)
    return text


def parse_float(text: str) -> float | None:
    """Return the finite number that ``text`` stands for, None if it is not one.

    Examples
    --------
    >>> parse_float("1.5e3"), parse_float("nan"), parse_float("1_000")
    (1500.0, None, None)
    """
    if not _NUMBER.match(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def parse_int(text: str) -> int | None:
    """Return the integer that ``text`` stands for, also as ``25.0``; None if it is not one.

    Examples
    --------
    >>> parse_int("25"), parse_int("25.0"), parse_int("25.5")
    (25, 25, None)
    """
    value = parse_float(text)
    return int(value) if value is not None and value == int(value) else None


def plain(value: float) -> int | float:
    """Return an integer where ``value`` is one that float64 holds exactly, else ``value``.

    Examples
    --------
    >>> plain(27591.0), plain(0.1), plain(1e300)
    (27591, 0.1, 1e+300)
    """
    value = float(value)
    is_integer = abs(value) < 1e16 and value == int(value)
    return int(value) if is_integer and (value or math.copysign(1.0, value) > 0) else value


def plain_rows(array: np.ndarray) -> list[list[int | float]]:
    """Return a matrix as lists of numbers, each as `plain` has it.

    Examples
    --------
    >>> plain_rows(np.array([[1.0, 2.5]])), plain_rows(np.array([[1.0], [2.0]]))
    ([[1, 2.5]], [[1], [2]])
    """
    negative_zeros = np.signbit(array) & (array == 0)
    rows: list[list[int | float]]
    if ((array == np.floor(array)) & (np.abs(array) < 1e16) & ~negative_zeros).all():
        rows = array.astype(np.int64).tolist()
        return rows
    return [[plain(value) for value in row] for row in array.tolist()]


def number(value: float) -> str:
    """Shortest text from which the same float64 is read; integers without ``.0``.

    Examples
    --------
    >>> number(27591.0), number(0.1), number(1e300)
    ('27591', '0.1', '1e+300')
    """
    return repr(plain(value))
