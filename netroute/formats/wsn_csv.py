"""Positions of sensors as a table of text: a node a line, its energy if it has one of its own.

::

    # base_station: 50,175
    # field: 100,100
    # energy: 0.5
    x,y
    12.5,80
    40,3.25

Columns are separated by commas, semicolons, tabs or blanks; a header names them ``x``, ``y`` and
``energy`` in any order, among others that are skipped. Without a header the first two or three
columns are x, y and energy. Lines ``# key: value`` give further fields of
`netroute.problems.wsn.instance.WsnInstance`; options of the reader go before them. Other lines of
comment are skipped. Without a field, it is the smallest one from the origin that holds all nodes.
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.core.problem import unknown_name
from netroute.formats.text import number, parse_float, parse_int, read_text
from netroute.problems.wsn.instance import WsnInstance

_DEFAULTS: dict[str, Any] = {
    entry.name: None if entry.default is MISSING else entry.default
    for entry in fields(WsnInstance)
    if entry.init and entry.name != "position"
}
_PAIRS = ("base_station", "field")
_COMMENT = re.compile(r"#\s*(\w+)\s*:\s*(.*)")
_SEPARATORS = re.compile(r"\s*[,;\t]\s*|\s+")
_COLUMNS = ("x", "y", "energy")


def read_wsn_csv(path: str | Path, **options: Any) -> WsnInstance:
    """Read a field of sensors.

    Parameters
    ----------
    path : str or Path
        The file.
    **options
        Fields of the instance but ``position``, as values or as texts such as ``"50,175"``; they
        go before those of the file. ``energy`` is that of all nodes.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected; or no base station or energy.
    """
    where = str(path)
    for name in options:
        if name not in _DEFAULTS:
            raise unknown_name("read option", name, _DEFAULTS, where=where)
    said, rows, columns = _parse(read_text(path), where)
    table = np.array(rows, np.float64)
    place = {name: table[:, index] for index, name in enumerate(columns)}
    values: dict[str, Any] = {"name": Path(path).stem}
    if "energy" in place:
        values["energy"] = place["energy"]
    for name, (line, text) in said.items():
        if name == "energy" and name in place:
            raise _fault(f"{where}:{line}", "found an energy of all nodes beside a column energy")
        values[name] = _value(name, text, f"{where}:{line}: {name}")
    for name, given in options.items():
        values[name] = _value(name, given, name) if isinstance(given, str) else given
    position = np.column_stack([place["x"], place["y"]])
    if "field" not in values:
        values["field"] = np.maximum(position.max(axis=0), 1e-6)
    for name in ("base_station", "energy"):
        if name not in values:
            hint = "--read base_station=50,50" if name == "base_station" else "--read energy=0.5"
            raise InputError("not found", code="csv.option", where=f"{where}: {name}", hint=hint)
    try:
        return WsnInstance(position=position, **values)
    except InputError as error:
        raise error.at(where) from None


def write_wsn_csv(path: str | Path, instance: WsnInstance) -> None:
    """Write a field of sensors, so that exactly the same one is read."""
    lines = [f"# name: {' '.join(instance.name.split())}"]
    for name in _PAIRS:
        pair = getattr(instance, name).tolist()
        lines.append(f"# {name}: {number(pair[0])},{number(pair[1])}")
    alike = bool((instance.energy == instance.energy[0]).all())
    if alike:
        lines.append(f"# energy: {number(float(instance.energy[0]))}")
    for name, default in _DEFAULTS.items():
        value = getattr(instance, name)
        if name not in (*_PAIRS, "name", "energy") and value != default:
            lines.append(f"# {name}: {str(value).lower() if isinstance(value, bool) else value}")
    lines.append("x,y" if alike else "x,y,energy")
    columns = [*instance.position.T.tolist()] + ([] if alike else [instance.energy.tolist()])
    lines += [",".join(map(number, row)) for row in zip(*columns, strict=True)]
    write_atomic(path, "\n".join(lines) + "\n")


def _parse(
    text: str, where: str
) -> tuple[dict[str, tuple[int, str]], list[list[float]], tuple[str, ...]]:
    """Return the comments with their lines, the rows of numbers, and the columns' names."""
    said: dict[str, tuple[int, str]] = {}
    rows: list[list[float]] = []
    picked: list[int] = []
    names: tuple[str, ...] = ()
    for line, content in enumerate(text.splitlines(), start=1):
        words = content.strip()
        if words.startswith("#"):
            found = _COMMENT.fullmatch(words)
            if found is not None and found[1] in _DEFAULTS:
                if found[1] in said:
                    raise _fault(f"{where}:{line}", f"found {found[1]} twice")
                said[found[1]] = (line, found[2])
            continue
        if not words:
            continue
        cells = [cell.strip('"') for cell in _SEPARATORS.split(words)]
        if not names:
            names, picked = _header(cells, f"{where}:{line}")
            if parse_float(cells[0]) is None:
                continue
        rows.append(_row(cells, names, picked, f"{where}:{line}"))
    if not rows:
        raise _fault(where, "found no nodes")
    return said, rows, names


def _header(cells: list[str], where: str) -> tuple[tuple[str, ...], list[int]]:
    if parse_float(cells[0]) is not None:
        if len(cells) not in (2, 3):
            message = f"found {len(cells)} columns and no header, expected x, y and perhaps energy"
            raise _fault(where, message)
        return _COLUMNS[: len(cells)], list(range(len(cells)))
    low = [cell.lower() for cell in cells]
    for name in _COLUMNS:
        if low.count(name) > 1 or (name != "energy" and name not in low):
            found = "twice" if name in low else "not"
            raise _fault(where, f"found the column {name} {found}, expected a header with x and y")
    names = tuple(name for name in _COLUMNS if name in low)
    return names, [low.index(name) for name in names]


def _row(cells: list[str], names: tuple[str, ...], picked: list[int], where: str) -> list[float]:
    if len(cells) <= max(picked):
        raise _fault(where, f"found {len(cells)} columns, expected at least {max(picked) + 1}")
    values = []
    for name, index in zip(names, picked, strict=True):
        value = parse_float(cells[index])
        if value is None:
            raise _fault(where, f"{name}: found {cells[index][:40]!r}, expected a number")
        values.append(value)
    return values


def _value(name: str, text: str, where: str) -> Any:
    """Read the text of a field by its default's type."""
    default = _DEFAULTS[name]
    if name in _PAIRS:
        numbers = [parse_float(part.strip()) for part in text.split(",")]
        if len(numbers) != 2 or None in numbers:
            raise _fault(where, f"found {text[:40]!r}, expected two numbers such as 50,175")
        return numbers
    if isinstance(default, bool):
        if text.lower() not in ("true", "false"):
            raise _fault(where, f"found {text[:40]!r}, expected true or false")
        return text.lower() == "true"
    if isinstance(default, str):
        return text
    value = parse_int(text) if isinstance(default, int) else parse_float(text)
    if value is None:
        kind = "an integer" if isinstance(default, int) else "a number"
        raise _fault(where, f"found {text[:40]!r}, expected {kind}")
    return value


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="csv", where=where)
