"""Reader of TSPLIB files: symmetric and asymmetric travelling salesman problems.

Source: G. Reinelt, TSPLIB 95. Conventions where files and readers differ:

Distances
    ``EUC_2D``, ``MAN_2D``, ``MAX_2D``, ``GEO``, ``ATT`` and the ``_3D`` types are integers,
    ``floor(x + 0.5)``, as TSPLIB defines them; ``CEIL_2D`` rounds up. ``FLOOR_2D``, ``EXACT_2D``
    and a line ``ROUNDING : exact`` (or another `Rounding`) are extensions, shared with VRPLIB
    files. ``SPECIAL``, ``XRAY1`` and ``XRAY2`` are refused: how far nodes are apart is not in the
    file.
Explicit weights
    Taken as they are, negative ones too, but for the diagonal, which is 0. Under ``TYPE : TSP``
    they must be symmetric. ``DISPLAY_DATA_SECTION`` is for pictures.
Nodes
    Node ``k`` of the file is node ``k - 1``.
Fixed edges
    ``FIXED_EDGES_SECTION`` has pairs of nodes up to -1. Under ``TYPE : ATSP`` with asymmetric
    weights the tour goes from the first to the second node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.text import parse_int, read_text
from netroute.formats.tsplib_scan import Grammar, Scan, scan
from netroute.formats.tsplib_table import optional_table
from netroute.formats.tsplib_weights import (
    WEIGHT_KEYWORDS,
    WEIGHT_SECTIONS,
    line_of_number,
    weights,
)
from netroute.problems.tsp.instance import TspInstance

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.geometry import Rounding

GRAMMAR = Grammar(
    name="tsplib",
    title="TSPLIB",
    keywords=(
        "NAME",
        "COMMENT",
        "TYPE",
        "DIMENSION",
        *WEIGHT_KEYWORDS,
    ),
    sections=(
        *WEIGHT_SECTIONS,
        "FIXED_EDGES_SECTION",
    ),
)

TYPES = ("TSP", "ATSP")


def read_tsplib(path: str | Path, *, rounding: Rounding | str | None = None) -> TspInstance:
    """Read a travelling salesman problem from a TSPLIB file.

    Parameters
    ----------
    path : str or Path
        The file.
    rounding : Rounding or str, optional
        How distances are rounded, in place of what the file says; not for explicit weights.

    Raises
    ------
    InputError
        With file, line, what was found and what was expected.

    Examples
    --------
    >>> text = '''NAME : toy
    ... TYPE : TSP
    ... DIMENSION : 3
    ... EDGE_WEIGHT_TYPE : EUC_2D
    ... NODE_COORD_SECTION
    ... 1 0 0
    ... 2 3 4
    ... 3 1 1
    ... EOF'''
    >>> parse_tsplib(text).length([0, 1, 2])
    10.0
    """
    return parse_tsplib(read_text(path), str(path), rounding=rounding)


def parse_tsplib(
    text: str, where: str = "text", *, rounding: Rounding | str | None = None
) -> TspInstance:
    """Read an instance from the text of a TSPLIB file; errors name ``where`` and the line."""
    scanned = scan(text, where, GRAMMAR)
    kind = scanned.values.get("TYPE")
    name = kind.text.upper().split()[0] if kind else "TSP"
    if name not in TYPES:
        raise scanned.fail(
            f"TYPE: found {name[:40]!r}, expected one of: {', '.join(TYPES)}",
            code="type",
            line=kind.line if kind else None,
        )
    n = scanned.integer("DIMENSION", 3)
    if n is None:
        raise scanned.missing("DIMENSION")
    points, matrix, metric, used, _ = weights(scanned, n, rounding, negative=True)
    if matrix is not None and name == "TSP":
        _require_symmetric(scanned, matrix)
    display = points if matrix is not None else None
    if display is None:
        display = optional_table(scanned, "DISPLAY_DATA_SECTION", n, 2)
    edges, lines = _fixed_edges(scanned, n)
    try:
        return TspInstance(
            name=scanned.text("NAME") or "unnamed",
            comment=scanned.text("COMMENT"),
            coordinates=None if matrix is not None else points,
            matrix=matrix,
            metric=metric,
            rounding=used,
            fixed_edges=edges,
            display=display,
        )
    except InputError as error:
        index = (error.where or "").removeprefix("fixed_edges[").removesuffix("]")
        if index.isdigit() and edges:
            raise scanned.fail(
                f"FIXED_EDGES_SECTION: {error.message}, counting nodes from 0",
                code="fixed_edges",
                line=lines[int(index)],
            ) from None
        raise error.at(where) from None


def _require_symmetric(scanned: Scan, matrix: np.ndarray) -> None:
    """Raise for the first weight of the file that differs from its way back."""
    if np.array_equal(matrix, matrix.T):
        return
    n = len(matrix)
    row, column = (int(x) for x in np.argwhere(np.tril(matrix != matrix.T))[0])
    raise scanned.fail(
        f"EDGE_WEIGHT_SECTION: found {matrix[row, column]:g} from node {row + 1} to {column + 1} "
        f"but {matrix[column, row]:g} back, expected symmetric weights under TYPE TSP; asymmetric "
        "ones need TYPE ATSP",
        code="asymmetric",
        line=line_of_number(scanned.sections["EDGE_WEIGHT_SECTION"], row * n + column),
    )


def _fixed_edges(scanned: Scan, n: int) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the fixed edges with nodes from 0, and the line on which each of them ends."""
    section = scanned.sections.get("FIXED_EDGES_SECTION")
    nodes: list[int] = []
    lines: list[int] = []
    if section is None:
        return [], []
    ended = False
    for line, row in enumerate(section.lines, start=section.first):
        for word in row.split():
            node = parse_int(word)
            if node == -1 and not ended:
                ended = True
                continue
            if ended or node is None or not 1 <= node <= n:
                expected = "nothing after -1" if ended else f"a node from 1 to {n} or -1"
                raise scanned.fail(
                    f"FIXED_EDGES_SECTION: found {word[:40]!r}, expected {expected}",
                    code="fixed_edges",
                    line=line,
                )
            nodes.append(node - 1)
            if len(nodes) % 2 == 0:
                lines.append(line)
    if len(nodes) % 2:
        raise scanned.fail(
            f"FIXED_EDGES_SECTION: found {len(nodes)} nodes, expected pairs",
            code="fixed_edges",
            line=section.last,
        )
    return list(zip(nodes[::2], nodes[1::2], strict=True)), lines
