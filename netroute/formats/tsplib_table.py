"""Numbers of a section: all at once, or line by line to name the one at fault."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from netroute.formats.text import parse_float

if TYPE_CHECKING:
    from netroute.formats.tsplib_scan import Scan, Section


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


def table(scanned: Scan, section: Section, rows: int, columns: int) -> np.ndarray:
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
    return _table_by_line(scanned, section, rows, columns)


def optional_table(scanned: Scan, name: str, rows: int, columns: int) -> np.ndarray | None:
    """Return the section called ``name`` as a matrix, None where the file has none."""
    section = scanned.sections.get(name)
    return None if section is None else table(scanned, section, rows, columns)


def _table_by_line(scanned: Scan, section: Section, rows: int, columns: int) -> np.ndarray:
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
                raise scanned.fail(
                    f"{section.name}: found {word[:40]!r}, expected a finite number",
                    code="number",
                    line=line,
                )
        if len(found) != columns + 1:
            raise scanned.fail(
                f"{section.name}: found {len(found)} numbers, expected {columns + 1}",
                code="columns",
                line=line,
            )
        node = found[0]
        if node is None or node != int(node) or not 1 <= node <= rows:
            raise scanned.fail(
                f"{section.name}: found node {words[0]}, expected a number from 1 to DIMENSION "
                f"{rows}",
                code="node",
                line=line,
            )
        if int(node) in seen:
            raise scanned.fail(
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
        raise scanned.fail(
            f"{section.name}: found {len(seen)} nodes, expected {rows} as DIMENSION says (node "
            f"{missing} is missing{cut})",
            code="truncated",
            line=section.last + 1,
        )
    return np.array([data[node] for node in range(1, rows + 1)])


def line_of(section: Section, node: int) -> int:
    """Line on which the data of ``node`` stand."""
    for line, row in enumerate(section.lines, start=section.first):
        words = row.split(maxsplit=1)
        if words and parse_float(words[0]) == node:
            return line
    return section.first
