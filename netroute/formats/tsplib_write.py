"""Writer of TSPLIB files; `netroute.formats.tsplib` states the conventions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.files import write_atomic
from netroute.formats.text import plain_rows
from netroute.formats.tsplib_rows import head, table_rows
from netroute.formats.tsplib_weights import weight_keywords

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.tsp.instance import TspInstance


def write_tsplib(path: str | Path, instance: TspInstance) -> None:
    """Write an instance as a TSPLIB file, from which the same instance is read.

    Raises
    ------
    UnsupportedError
        Coordinates in space with a metric that TSPLIB has in the plane only; JSON has all.
    """
    write_atomic(path, format_tsplib(instance))


def format_tsplib(instance: TspInstance) -> str:
    """Return the text of a TSPLIB file.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> text = format_tsplib(TspInstance(coordinates=[[0, 0], [3, 4], [0, 1]], rounding="up"))
    >>> text.splitlines()[:4]
    ['NAME : unnamed', 'TYPE : TSP', 'DIMENSION : 3', 'EDGE_WEIGHT_TYPE : CEIL_2D']
    """
    rows = head(instance.name, instance.comment)
    rows += [f"TYPE : {'TSP' if instance.symmetric else 'ATSP'}", f"DIMENSION : {instance.size}"]
    if instance.coordinates is not None:
        dimensions = instance.coordinates.shape[1]
        rows += weight_keywords(instance.metric, instance.rounding, dimensions=dimensions)
        if instance.display is not None:
            rows.append("DISPLAY_DATA_TYPE : TWOD_DISPLAY")
        rows += ["NODE_COORD_SECTION", *table_rows(instance.coordinates)]
    elif instance.matrix is not None:
        rows += ["EDGE_WEIGHT_TYPE : EXPLICIT", "EDGE_WEIGHT_FORMAT : FULL_MATRIX"]
        if instance.display is not None:
            rows.append("DISPLAY_DATA_TYPE : TWOD_DISPLAY")
        rows.append("EDGE_WEIGHT_SECTION")
        rows += [" ".join(map(repr, row)) for row in plain_rows(instance.matrix)]
    if instance.display is not None:
        rows += ["DISPLAY_DATA_SECTION", *table_rows(instance.display)]
    if len(instance.fixed_edges):
        rows.append("FIXED_EDGES_SECTION")
        rows += [f"{a + 1} {b + 1}" for a, b in instance.fixed_edges.tolist()]
        rows.append("-1")
    return "\n".join([*rows, "EOF"]) + "\n"
