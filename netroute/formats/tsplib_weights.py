"""Edge weights of TSPLIB and VRPLIB files: coordinates with their metric, or a matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.formats.text import parse_float
from netroute.formats.tsplib_matrix import EDGE_WEIGHT_FORMATS, count, unpack
from netroute.formats.tsplib_table import numbers, optional_table
from netroute.problems.geometry import Metric, Rounding

if TYPE_CHECKING:
    from netroute.formats.tsplib_scan import Scan, Section

WEIGHT_KEYWORDS = (
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "NODE_COORD_TYPE",
    "DISPLAY_DATA_TYPE",
    "ROUNDING",
)
WEIGHT_SECTIONS = ("NODE_COORD_SECTION", "DISPLAY_DATA_SECTION", "EDGE_WEIGHT_SECTION")

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


class Weights(NamedTuple):
    """How far nodes are apart.

    Attributes
    ----------
    coordinates : ndarray of shape (n, 2) or (n, 3), or None
        Beside a matrix they are for pictures.
    matrix : ndarray of shape (n, n), or None
        Explicit distances.
    metric, rounding : Metric, Rounding
        How coordinates become distances, where there is no matrix.
    kind : str
        The EDGE_WEIGHT_TYPE.
    """

    coordinates: np.ndarray | None
    matrix: np.ndarray | None
    metric: Metric
    rounding: Rounding
    kind: str


def weights(
    scanned: Scan, n: int, rounding: Rounding | str | None, *, negative: bool = False
) -> Weights:
    """Return the distances of a file of ``n`` nodes.

    ``rounding`` overrides the rule of the file, where distances are measured; explicit ones may be
    below 0 if ``negative``.
    """
    if "EDGE_WEIGHT_TYPE" not in scanned.values:
        raise scanned.missing("EDGE_WEIGHT_TYPE")
    kind, line = scanned.values["EDGE_WEIGHT_TYPE"]
    kind = kind.upper()
    if kind == "EXPLICIT":
        coordinates = optional_table(scanned, "NODE_COORD_SECTION", n, 2)
        if coordinates is None:
            coordinates = optional_table(scanned, "DISPLAY_DATA_SECTION", n, 2)
        matrix = _matrix(scanned, n, negative=negative)
        return Weights(coordinates, matrix, Metric.EUCLIDEAN, Rounding.EXACT, kind)
    if kind not in EDGE_WEIGHT_TYPES:
        raise scanned.fail(
            f"EDGE_WEIGHT_TYPE: found {kind[:40]!r}, expected EXPLICIT or one of: "
            f"{', '.join(EDGE_WEIGHT_TYPES)}",
            code="edge_weight_type",
            line=line,
        )
    metric, rule = EDGE_WEIGHT_TYPES[kind]
    used = _rounding(scanned, rounding, rule)
    coordinates = optional_table(scanned, "NODE_COORD_SECTION", n, 3 if kind.endswith("3D") else 2)
    if coordinates is None:
        raise scanned.missing("NODE_COORD_SECTION")
    return Weights(coordinates, None, metric, used, kind)


def weight_keywords(metric: Metric, rounding: Rounding, *, dimensions: int = 2) -> list[str]:
    """Return the lines that say how coordinates become distances; the inverse of `weights`.

    Examples
    --------
    >>> weight_keywords(Metric.EUCLIDEAN, Rounding.UP)
    ['EDGE_WEIGHT_TYPE : CEIL_2D']
    >>> weight_keywords(Metric.GEOGRAPHIC, Rounding.EXACT)
    ['EDGE_WEIGHT_TYPE : GEO', 'ROUNDING : exact']
    """
    known = {
        kind: rule
        for kind, rule in EDGE_WEIGHT_TYPES.items()
        if kind.endswith("_3D") is (dimensions == 3)
    }
    for kind, rule in known.items():
        if rule == (metric, rounding):
            return [f"EDGE_WEIGHT_TYPE : {kind}"]
    kinds = {rule[0]: kind for kind, rule in reversed(known.items())}
    if metric not in kinds:
        raise UnsupportedError(f"TSPLIB has no type for {metric} distances in {dimensions}D")
    return [f"EDGE_WEIGHT_TYPE : {kinds[metric]}", f"ROUNDING : {rounding}"]


def line_of_number(section: Section, index: int) -> int:
    """Line on which the number with an index from 0 of a section stands."""
    for line, row in enumerate(section.lines, start=section.first):
        words = len(row.split())
        if index < words:
            return line
        index -= words
    return section.last


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


def _matrix(scanned: Scan, n: int, *, negative: bool) -> np.ndarray:
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
    if not negative and values.min(initial=0.0) < 0:
        index = int(np.argmax(values < 0))
        raise scanned.fail(
            f"EDGE_WEIGHT_SECTION: found {values[index]:g}, expected numbers >= 0",
            code="negative",
            line=line_of_number(section, index),
        )
    return unpack(name, values, n)


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
