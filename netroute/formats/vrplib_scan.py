"""Splits a VRPLIB file into keywords and sections, each with its line numbers."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.text import parse_float

KEYWORDS = (
    "NAME",
    "COMMENT",
    "TYPE",
    "DIMENSION",
    "CAPACITY",
    "DISTANCE",
    "VEHICLES",
    "SERVICE_TIME",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
    "ROUNDING",
)
"""Keywords with a value that are read."""

SECTIONS = (
    "NODE_COORD_SECTION",
    "DISPLAY_DATA_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DEMAND_SECTION",
    "DEPOT_SECTION",
    "SERVICE_TIME_SECTION",
    "TIME_WINDOW_SECTION",
)
"""Sections that are read."""

_KEYWORD = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)\s*(?::\s*(.*?))?\s*\Z", re.DOTALL)


class Value(NamedTuple):
    """The value of a keyword and its line."""

    text: str
    line: int


@dataclass(slots=True)
class Section:
    """The data lines of a section; ``first`` is the line after its heading."""

    name: str
    first: int
    lines: list[str] = field(default_factory=list)
    ended: bool = False
    """Whether another keyword follows, so that the section was not cut off by the file's end."""


@dataclass(slots=True)
class Scan:
    """A file cut into keywords and sections."""

    path: str
    values: dict[str, Value] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    lines: int = 0
    ended: bool = False
    """Whether EOF was read."""

    def fail(self, message: str, *, code: str, line: int | None = None) -> InputError:
        """Return the error to raise for a fault on ``line``."""
        where = self.path if line is None else f"{self.path}:{line}"
        return InputError(message, code=f"vrplib.{code}", where=where)


def scan(text: str, path: str) -> Scan:
    """Cut ``text`` into keywords and sections.

    Raises
    ------
    InputError
        An unknown or repeated keyword, or data outside a section.
    """
    result = Scan(path)
    section: Section | None = None
    line = 0
    for line, row in enumerate(text.split("\n"), start=1):
        head = row.lstrip()[:1]
        if head.isdigit() or head in "-+.":
            # "" is in every string: a blank line is kept too, so that line numbers stay right.
            if section is not None:
                section.lines.append(row)
            elif head:
                raise result.fail(
                    f"found {row.strip()[:40]!r}, expected a keyword such as DIMENSION or "
                    "NODE_COORD_SECTION",
                    code="keyword",
                    line=line,
                )
            continue
        if head == "#":
            if section is not None:
                section.lines.append("")
            continue
        match = _KEYWORD.match(row)
        name = match.group(1).upper() if match else ""
        if section is not None:
            section.ended = True
        section = None
        if name == "EOF":
            result.ended = True
            break
        if match is None or (name not in KEYWORDS and name not in SECTIONS):
            raise _unknown(result, row, name, line)
        if name in result.values or name in result.sections:
            raise result.fail(f"{name} is given a second time", code="repeated", line=line)
        if name in KEYWORDS:
            value = match.group(2)
            if value is None or not value:
                raise result.fail(f"{name} has no value", code=name.lower(), line=line)
            result.values[name] = Value(value.strip(), line)
        else:
            if match.group(2):
                raise result.fail(
                    f"found {match.group(2)[:40]!r} after {name}, expected its data on the next "
                    "lines",
                    code="section",
                    line=line,
                )
            section = result.sections[name] = Section(name, line + 1)
    result.lines = line
    if not result.values and not result.sections:
        raise result.fail("found no keyword, expected a VRPLIB file", code="empty")
    return result


def _unknown(result: Scan, row: str, name: str, line: int) -> InputError:
    found = row.strip()[:40]
    if name.endswith("_SECTION"):
        return result.fail(
            f"section {name[:40]} is not supported, expected one of: {', '.join(SECTIONS)}",
            code="section",
            line=line,
        )
    if parse_float(found.split()[0]) is None and found.split()[0].lower() in ("nan", "inf"):
        return result.fail(f"found {found!r}, expected finite numbers", code="number", line=line)
    return result.fail(
        f"unknown keyword {found!r}, expected one of: {', '.join(KEYWORDS)} or a section",
        code="keyword",
        line=line,
    )


def numbers(lines: list[str]) -> np.ndarray | None:
    """All numbers of ``lines`` in order, None if one of them is not a finite number."""
    text = "\n".join(lines)
    if not text.strip():
        return np.empty(0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            values = np.fromstring(text, sep=" ")
        except (ValueError, DeprecationWarning):
            return None
    # NumPy also reads "2-3" as two numbers, hence the count of words.
    blank = np.frombuffer(text.encode("ascii", "replace"), np.uint8) <= ord(" ")
    words = int((~blank[1:] & blank[:-1]).sum()) + int(not blank[0])
    return values if len(values) == words and np.isfinite(values).all() else None


def table(result: Scan, section: Section, rows: int, columns: int) -> np.ndarray:
    """Return a section of ``rows`` lines ``node value ...`` as a matrix in order of the nodes.

    Nodes are numbered from 1 to ``rows`` and may come in any order.
    """
    lines = [line for line in section.lines if line and not line.isspace()]
    values = numbers(lines)
    if values is not None and len(lines) == rows and len(values) == rows * (columns + 1):
        matrix = values.reshape(rows, columns + 1)
        nodes = matrix[:, 0]
        if np.array_equal(nodes, np.arange(1, rows + 1)):
            return matrix[:, 1:]
    return _table_by_line(result, section, rows, columns)


def _table_by_line(result: Scan, section: Section, rows: int, columns: int) -> np.ndarray:
    """Read line by line: slower, and it names the line at fault."""
    data: dict[int, list[float]] = {}
    seen: dict[int, int] = {}
    for line, row in enumerate(section.lines, start=section.first):
        words = row.split()
        if not words:
            continue
        found = [parse_float(word) for word in words]
        for word, value in zip(words, found, strict=True):
            if value is None:
                raise result.fail(
                    f"{section.name}: found {word[:40]!r}, expected a finite number",
                    code="number",
                    line=line,
                )
        if len(found) != columns + 1:
            raise result.fail(
                f"{section.name}: found {len(found)} numbers, expected {columns + 1}",
                code="columns",
                line=line,
            )
        node = found[0]
        if node is None or node != int(node) or not 1 <= node <= rows:
            raise result.fail(
                f"{section.name}: found node {words[0]}, expected a number from 1 to DIMENSION "
                f"{rows}",
                code="node",
                line=line,
            )
        if int(node) in seen:
            raise result.fail(
                f"{section.name}: node {int(node)} is given a second time, first on line "
                f"{seen[int(node)]}",
                code="node",
                line=line,
            )
        seen[int(node)] = line
        data[int(node)] = [value for value in found[1:] if value is not None]
    if len(seen) != rows:
        missing = next(node for node in range(1, rows + 1) if node not in seen)
        cut = "" if section.ended else "; the file ends here: is it truncated?"
        raise result.fail(
            f"{section.name}: found {len(seen)} nodes, expected {rows} as DIMENSION says (node "
            f"{missing} is missing{cut})",
            code="truncated",
            line=section.first + len(section.lines),
        )
    return np.array([data[node] for node in range(1, rows + 1)])


def line_of(section: Section, node: int) -> int:
    """Line on which the data of ``node`` stand."""
    for line, row in enumerate(section.lines, start=section.first):
        words = row.split(maxsplit=1)
        if words and parse_float(words[0]) == node:
            return line
    return section.first
