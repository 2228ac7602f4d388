"""Splits a TSPLIB or VRPLIB file into keywords and sections, each with its line numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from netroute.core.errors import InputError
from netroute.formats.text import parse_float, parse_int


class Grammar(NamedTuple):
    """What a file of one format can hold.

    Attributes
    ----------
    name, title : str
        For programs and for people.
    keywords : tuple of str
        Keywords with a value that are read.
    sections : tuple of str
        Sections that are read.
    """

    name: str
    title: str
    keywords: tuple[str, ...]
    sections: tuple[str, ...]


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

    @property
    def last(self) -> int:
        """The last line that is not blank; the heading where there is none."""
        used = [i for i, row in enumerate(self.lines) if row and not row.isspace()]
        return self.first + (used[-1] if used else -1)


@dataclass(slots=True)
class Scan:
    """A file cut into keywords and sections."""

    path: str
    grammar: Grammar
    values: dict[str, Value] = field(default_factory=dict)
    sections: dict[str, Section] = field(default_factory=dict)
    lines: int = 0
    ended: bool = False
    """Whether EOF was read."""

    def text(self, name: str) -> str:
        """Value of a keyword without quotation marks around it, empty where it is not given."""
        text = self.values[name].text if name in self.values else ""
        return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] in "\"'" else text

    def number(self, name: str) -> float | None:
        """Value of a keyword that is a finite number >= 0, None where it is not given."""
        if name not in self.values:
            return None
        text, line = self.values[name]
        value = parse_float(text)
        if value is None or value < 0:
            raise self.fail(
                f"{name}: found {text[:40]!r}, expected a finite number >= 0",
                code=name.lower(),
                line=line,
            )
        return value

    def integer(self, name: str, low: int) -> int | None:
        """Value of a keyword that is an integer >= ``low``, None where it is not given."""
        if name not in self.values:
            return None
        text, line = self.values[name]
        value = parse_int(text)
        if value is None or value < low:
            raise self.fail(
                f"{name}: found {text[:40]!r}, expected an integer >= {low}",
                code=name.lower(),
                line=line,
            )
        return value

    def missing(self, name: str) -> InputError:
        """Return the error to raise where a keyword or section is missing."""
        cut = "" if self.ended else f"; the file ends on line {self.lines} without EOF"
        return self.fail(f"{name} is missing{cut}", code="missing")

    def fail(self, message: str, *, code: str, line: int | None = None) -> InputError:
        """Return the error to raise for a fault on ``line``."""
        where = self.path if line is None else f"{self.path}:{line}"
        return InputError(message, code=f"{self.grammar.name}.{code}", where=where)


def scan(text: str, path: str, grammar: Grammar) -> Scan:
    """Cut ``text`` into keywords and sections.

    Raises
    ------
    InputError
        An unknown or repeated keyword, or data outside a section.
    """
    result = Scan(path, grammar)
    section: Section | None = None
    line = 0
    for line, row in enumerate(text.split("\n"), start=1):
        head = row.lstrip()[:1]
        if head in "0123456789-+.":
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
        if match is None or (name not in grammar.keywords + grammar.sections):
            raise _unknown(result, row, name, line)
        if name in result.values or name in result.sections:
            raise result.fail(f"{name} is given a second time", code="repeated", line=line)
        if name in grammar.keywords:
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
        raise result.fail(f"found no keyword, expected a {grammar.title} file", code="empty")
    return result


def _unknown(result: Scan, row: str, name: str, line: int) -> InputError:
    found = row.strip()[:40]
    keywords = ", ".join(result.grammar.keywords)
    if name.endswith("_SECTION"):
        return result.fail(
            f"section {name[:40]} is not supported, expected one of: "
            f"{', '.join(result.grammar.sections)}",
            code="section",
            line=line,
        )
    if parse_float(found.split()[0]) is None and found.split()[0].lower() in ("nan", "inf"):
        return result.fail(f"found {found!r}, expected finite numbers", code="number", line=line)
    return result.fail(
        f"unknown keyword {found!r}, expected one of: {keywords} or a section",
        code="keyword",
        line=line,
    )
