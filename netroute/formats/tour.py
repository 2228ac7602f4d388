"""Reader and writer of TSPLIB's tours, ``.tour`` and ``.opt.tour``.

Nodes are numbered from 1, up to -1. The length stands in a comment ``Length = 7542``, as other
programs write it too; comments of another form are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netroute.core.files import write_atomic
from netroute.formats.text import number, parse_float, parse_int, read_text
from netroute.formats.tsplib_rows import head
from netroute.formats.tsplib_scan import Grammar, scan
from netroute.problems.tsp.solution import TspSolution

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.tsp.instance import TspInstance

GRAMMAR = Grammar(
    name="tour",
    title="TSPLIB tour",
    keywords=("NAME", "COMMENT", "TYPE", "DIMENSION"),
    sections=("TOUR_SECTION",),
)

_LENGTH = re.compile(r"length\s*[=:]\s*(\S+?)[\"']?\s*\Z", re.IGNORECASE)
LARGEST = 2**32 - 1


def read_tour(path: str | Path, instance: TspInstance | None = None) -> TspSolution:
    """Read a tour as it stands: missing, doubled and unknown nodes are left to the checker.

    Parameters
    ----------
    path : str or Path
        The file.
    instance : TspInstance, optional
        Not needed for this format.

    Raises
    ------
    InputError
        With file and line, for what is not of this format.
    """
    return parse_tour(read_text(path), str(path))[0]


def stated_cost(path: str | Path) -> float | None:
    """Return the length that a tour file states, None if it states none."""
    return parse_tour(read_text(path), str(path))[1]


def parse_tour(text: str, where: str = "text") -> tuple[TspSolution, float | None]:
    r"""Read the text of a tour file: the tour and the stated length.

    Examples
    --------
    >>> tour, length = parse_tour("COMMENT : Length = 12.5\nTOUR_SECTION\n2 1\n3\n-1\nEOF\n")
    >>> tour.tour.tolist(), length
    ([0, 2, 1], 12.5)
    """
    scanned = scan(text, where, GRAMMAR)
    kind = scanned.values.get("TYPE")
    if kind and kind.text.upper() != "TOUR":
        raise scanned.fail(
            f"TYPE: found {kind.text[:40]!r}, expected TOUR", code="type", line=kind.line
        )
    section = scanned.sections.get("TOUR_SECTION")
    if section is None:
        raise scanned.missing("TOUR_SECTION")
    nodes: list[int] = []
    ended = False
    for line, row in enumerate(section.lines, start=section.first):
        for word in row.split():
            node = parse_int(word)
            if node == -1:
                ended = True
            elif ended or node is None or not 1 <= node <= LARGEST:
                expected = "nothing after -1" if ended else "a node from 1 on, or -1"
                raise scanned.fail(
                    f"TOUR_SECTION: found {word[:40]!r}, expected {expected}",
                    code="node",
                    line=line,
                )
            else:
                nodes.append(node - 1)
    size = scanned.integer("DIMENSION", 0)
    if size is not None and size != len(nodes):
        cut = "" if ended else "; the file ends without -1: is it truncated?"
        raise scanned.fail(
            f"TOUR_SECTION: found {len(nodes)} nodes, expected {size} as DIMENSION says{cut}",
            code="truncated",
            line=section.last,
        )
    found = _LENGTH.search(scanned.text("COMMENT"))
    return TspSolution.of(nodes), parse_float(found.group(1)) if found else None


def write_tour(path: str | Path, instance: TspInstance, solution: TspSolution) -> None:
    """Write a tour with its length as the independent checker computes it."""
    from netroute.problems.tsp.check import check

    write_atomic(path, format_tour(solution, check(instance, solution).objective, instance.name))


def format_tour(solution: TspSolution, length: float, name: str = "unnamed") -> str:
    """Return the text of a tour file.

    Examples
    --------
    >>> print(format_tour(TspSolution.of([2, 0, 1]), 27.0, "toy"), end="")
    NAME : toy
    COMMENT : "Length = 27"
    TYPE : TOUR
    DIMENSION : 3
    TOUR_SECTION
    1
    2
    3
    -1
    EOF
    """
    rows = [*head(name, f"Length = {number(length)}"), "TYPE : TOUR"]
    rows += [f"DIMENSION : {len(solution)}", "TOUR_SECTION"]
    rows += [str(node + 1) for node in solution.tour.tolist()]
    return "\n".join([*rows, "-1", "EOF"]) + "\n"
