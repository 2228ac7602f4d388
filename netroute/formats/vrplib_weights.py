"""Edge weights of a VRPLIB file: coordinates with their metric, or an explicit matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.formats.text import parse_float
from netroute.formats.vrplib_matrix import EDGE_WEIGHT_FORMATS, count, unpack
from netroute.formats.vrplib_table import numbers, optional_table
from netroute.problems.geometry import Metric, Rounding, round_distances
from netroute.problems.vrp.instance import MATRIX_LIMIT

if TYPE_CHECKING:
    from netroute.formats.vrplib_scan import Scan, Section

EDGE_WEIGHT_TYPES = {
    "EUC_2D": (Metric.EUCLIDEAN, Rounding.NEAREST),
    "CEIL_2D": (Metric.EUCLIDEAN, Rounding.UP),
    "FLOOR_2D": (Metric.EUCLIDEAN, Rounding.DOWN),
    "EXACT_2D": (Metric.EUCLIDEAN, Rounding.EXACT),
    "MAN_2D": (Metric.MANHATTAN, Rounding.NEAREST),
    "MAX_2D": (Metric.MAXIMUM, Rounding.NEAREST),
    "GEO": (Metric.GEOGRAPHIC, Rounding.NEAREST),
    "ATT": (Metric.PSEUDO_EUCLIDEAN, Rounding.NEAREST),
    "EUC_3D": (Metric.EUCLIDEAN, Rounding.NEAREST),
    "MAN_3D": (Metric.MANHATTAN, Rounding.NEAREST),
    "MAX_3D": (Metric.MAXIMUM, Rounding.NEAREST),
}
"""Types that are measured from coordinates; EXPLICIT comes on top."""


def weights(
    scanned: Scan, n: int, rounding: Rounding | str | None
) -> tuple[np.ndarray | None, np.ndarray | None, Metric, Rounding]:
    """Return coordinates, explicit distances, metric and rounding of a file of ``n`` nodes.

    ``rounding`` overrides the rule of the file, where distances are measured.
    """
    if "EDGE_WEIGHT_TYPE" not in scanned.values:
        raise scanned.missing("EDGE_WEIGHT_TYPE")
    kind, line = scanned.values["EDGE_WEIGHT_TYPE"]
    kind = kind.upper()
    if kind == "EXPLICIT":
        coordinates = optional_table(scanned, "NODE_COORD_SECTION", n, 2)
        if coordinates is None:
            coordinates = optional_table(scanned, "DISPLAY_DATA_SECTION", n, 2)
        return coordinates, _matrix(scanned, n), Metric.EUCLIDEAN, Rounding.EXACT
    if kind not in EDGE_WEIGHT_TYPES:
        raise scanned.fail(
            f"EDGE_WEIGHT_TYPE: found {kind[:40]!r}, expected EXPLICIT or one of: "
            f"{', '.join(EDGE_WEIGHT_TYPES)}",
            code="edge_weight_type",
            line=line,
        )
    metric, rule = EDGE_WEIGHT_TYPES[kind]
    used = _rounding(scanned, rounding, rule)
    solid = kind.endswith("_3D")
    coordinates = optional_table(scanned, "NODE_COORD_SECTION", n, 3 if solid else 2)
    if coordinates is None:
        raise scanned.missing("NODE_COORD_SECTION")
    if not solid:
        return coordinates, None, metric, used
    if n > MATRIX_LIMIT:
        raise scanned.fail(
            f"{kind} needs a distance matrix, expected at most {MATRIX_LIMIT} nodes",
            code="edge_weight_type",
            line=line,
        )
    matrix = np.stack([_solid(row, coordinates, metric, used) for row in coordinates])
    return coordinates[:, :2], matrix, Metric.EUCLIDEAN, Rounding.EXACT


def _solid(point: np.ndarray, others: np.ndarray, metric: Metric, rounding: Rounding) -> np.ndarray:
    """Distances from one point in space to all others."""
    apart = np.abs(others - point)
    if metric is Metric.MAXIMUM:
        return np.asarray(round_distances(apart, rounding).max(axis=1))
    if metric is Metric.MANHATTAN:
        return round_distances(apart.sum(axis=1), rounding)
    return round_distances(np.sqrt(np.square(apart).sum(axis=1)), rounding)


def _rounding(scanned: Scan, given: Rounding | str | None, rule: Rounding) -> Rounding:
    line = None
    if given is None and "ROUNDING" in scanned.values:
        text, line = scanned.values["ROUNDING"]
        given = text.lower()
    if given is None:
        return rule
    try:
        return Rounding(given)
    except ValueError:
        raise scanned.fail(
            f"ROUNDING: found {str(given)[:40]!r}, expected one of: {', '.join(Rounding)}",
            code="rounding",
            line=line,
        ) from None


def _matrix(scanned: Scan, n: int) -> np.ndarray:
    if "EDGE_WEIGHT_SECTION" not in scanned.sections:
        raise scanned.missing("EDGE_WEIGHT_SECTION")
    section = scanned.sections["EDGE_WEIGHT_SECTION"]
    given = scanned.values.get("EDGE_WEIGHT_FORMAT")
    name = given.text.upper() if given else "missing"
    if name not in EDGE_WEIGHT_FORMATS:
        raise scanned.fail(
            f"EDGE_WEIGHT_FORMAT: found {name[:40]!r}, expected one of: "
            f"{', '.join(EDGE_WEIGHT_FORMATS)}",
            code="edge_weight_format",
            line=given.line if given else None,
        )
    values = numbers(section.lines)
    if values is None:
        values = np.array(_words(scanned, section))
    expected = count(name, n)
    if len(values) != expected:
        raise scanned.fail(
            f"EDGE_WEIGHT_SECTION: found {len(values)} numbers, expected {expected} for {name} "
            f"and DIMENSION {n}",
            code="truncated",
            line=section.last,
        )
    if values.min(initial=0.0) < 0:
        found = float(values[values < 0][0])
        raise scanned.fail(
            f"EDGE_WEIGHT_SECTION: found {found:g}, expected numbers >= 0",
            code="negative",
            line=_line_of_negative(section),
        )
    return unpack(name, values, n)


def _line_of_negative(section: Section) -> int:
    for line, row in enumerate(section.lines, start=section.first):
        if "-" in row and any((parse_float(word) or 0.0) < 0 for word in row.split()):
            return line
    return section.first


def _words(scanned: Scan, section: Section) -> list[float]:
    """Read word by word: slower, and it names the line at fault."""
    values = []
    for line, row in enumerate(section.lines, start=section.first):
        for word in row.split():
            value = parse_float(word)
            if value is None:
                raise scanned.fail(
                    f"EDGE_WEIGHT_SECTION: found {word[:40]!r}, expected a finite number",
                    code="number",
                    line=line,
                )
            values.append(value)
    return values
