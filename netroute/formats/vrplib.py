"""Reader of VRPLIB files, the format of CVRPLIB: TSPLIB 95 with demands, windows and depots.

Conventions where files and readers differ:

Rounding
    ``EUC_2D``, ``MAN_2D``, ``MAX_2D``, ``GEO`` and ``ATT`` (and the ``_3D`` types) follow
    TSPLIB 95: distances are integers, ``floor(x + 0.5)``. ``CEIL_2D`` rounds up, ``FLOOR_2D``
    down. ``EXACT_2D`` is the unrounded Euclidean distance; LKH-3 multiplies it by 1000 to keep its
    precision in an integer, which float64 does not need. A line ``ROUNDING : dimacs`` (a netroute
    extension; any `Rounding`) or the argument ``rounding`` overrides the rule. This is also how
    Solomon's and Gehring and Homberger's instances are read with the convention of their best
    known values: their files say ``EUC_2D``, the literature truncates to one decimal
    (``Rounding.DIMACS``). `netroute.datasets.catalogue` does so by itself.
Explicit weights
    Taken as they are. ``NODE_COORD_SECTION`` or ``DISPLAY_DATA_SECTION`` beside them are for
    pictures. The ``_3D`` types become an explicit matrix.
Depots
    ``DEPOT_SECTION`` lists nodes up to -1. Locations are the depots in that order, then all other
    nodes in theirs. Where the depots are the first nodes of the file, as in all of CVRPLIB,
    location ``k`` is node ``k + 1`` and client numbers agree with those of ``.sol`` files.
Vehicles
    ``VEHICLES`` is an upper limit, at each depot; without it any number may be used. Each route
    returns to the depot that it left.
Distance
    ``DISTANCE`` limits each route, and ``SERVICE_TIME`` counts towards it, as in Christofides,
    Mingozzi and Toth (1979): it is a limit on the duration where the file has service times, on
    the distance otherwise. Travel time equals distance. ``SERVICE_TIME`` holds for every client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.text import parse_float, parse_int, read_text
from netroute.formats.vrplib_matrix import EDGE_WEIGHT_FORMATS, count, unpack
from netroute.formats.vrplib_scan import Scan, line_of, numbers, scan, table
from netroute.problems.vrp.instance import MATRIX_LIMIT, VrpInstance
from netroute.problems.vrp.metric import Metric, Rounding, measure
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from pathlib import Path

TYPES = ("CVRP", "VRP", "DCVRP", "ACVRP", "VRPTW", "CVRPTW", "MDVRP", "MDVRPTW")
"""Values of TYPE; the sections of a file decide what it holds."""

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


def read_vrplib(path: str | Path, *, rounding: Rounding | str | None = None) -> VrpInstance:
    """Read an instance of vehicle routing from a VRPLIB file.

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
    >>> import tempfile
    >>> from pathlib import Path
    >>> text = '''NAME : toy
    ... TYPE : CVRP
    ... DIMENSION : 3
    ... EDGE_WEIGHT_TYPE : EUC_2D
    ... CAPACITY : 10
    ... NODE_COORD_SECTION
    ... 1 0 0
    ... 2 3 4
    ... 3 1 1
    ... DEMAND_SECTION
    ... 1 0
    ... 2 7
    ... 3 5
    ... DEPOT_SECTION
    ... 1
    ... -1
    ... EOF'''
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "toy.vrp")
    ...     _ = file.write_text(text)
    ...     instance = read_vrplib(file)
    >>> instance.name, instance.size, instance.distance(0, 2)
    ('toy', 3, 1.0)
    """
    return parse_vrplib(read_text(path), str(path), rounding=rounding)


def parse_vrplib(
    text: str, where: str = "text", *, rounding: Rounding | str | None = None
) -> VrpInstance:
    """Read an instance from the text of a VRPLIB file; errors name ``where`` and the line."""
    return _Build(scan(text, where), rounding).instance()


class _Build:
    """One file on its way to an instance; arrays are in order of the file's nodes."""

    def __init__(self, scanned: Scan, rounding: Rounding | str | None) -> None:
        self.scan = scanned
        self.rounding = rounding
        kind = scanned.values.get("TYPE")
        self.kind = kind.text.upper().split()[0] if kind else "VRP"
        if self.kind not in TYPES:
            raise self.scan.fail(
                f"TYPE: found {self.kind[:40]!r}, expected one of: {', '.join(TYPES)}",
                code="type",
                line=kind.line if kind else None,
            )
        n = self._integer("DIMENSION", 1)
        if n is None:
            raise self._missing("DIMENSION")
        self.n = n

    def instance(self) -> VrpInstance:
        """Put everything together."""
        coordinates, distances, metric, rounding = self._weights()
        depots = self._depots()
        service = self._service()
        windows = self._table("TIME_WINDOW_SECTION", 2)
        capacity = self._number("CAPACITY")
        demand = self._demand(capacity, depots)
        client_service = self._number("SERVICE_TIME")
        if client_service and service is None:
            service = np.full((self.n, 1), client_service)
            service[[node - 1 for node in depots]] = 0.0
        limit = self._number("DISTANCE")
        if limit is None:
            limit = np.inf
        timed = "SERVICE_TIME" in self.scan.values or service is not None
        types = tuple(
            VehicleType(
                capacity=() if capacity is None else (capacity,),
                number=self._integer("VEHICLES", 0),
                start_depot=depot,
                end_depot=depot,
                max_distance=np.inf if timed else limit,
                max_duration=limit if timed else np.inf,
            )
            for depot in range(len(depots))
        )
        is_depot = np.zeros(self.n, bool)
        is_depot[[node - 1 for node in depots]] = True
        order = np.concatenate([np.array(depots) - 1, np.flatnonzero(~is_depot)])
        try:
            return VrpInstance(
                name=self._text("NAME") or "unnamed",
                comment=self._text("COMMENT"),
                depots=len(depots),
                coordinates=None if coordinates is None else coordinates[order],
                distances=None if distances is None else distances[np.ix_(order, order)],
                metric=metric,
                rounding=rounding,
                deliveries=None if demand is None else demand[order],
                service=None if service is None else service[order, 0],
                windows=None if windows is None else tuple((tuple(w),) for w in windows[order]),
                vehicles=types,
            )
        except InputError as error:
            raise error.at(self.scan.path) from None

    def _text(self, name: str) -> str:
        text = self.scan.values[name].text if name in self.scan.values else ""
        return text[1:-1].strip() if len(text) > 1 and text[0] == text[-1] in "\"'" else text

    def _number(self, name: str) -> float | None:
        if name not in self.scan.values:
            return None
        text, line = self.scan.values[name]
        value = parse_float(text)
        if value is None or value < 0:
            raise self.scan.fail(
                f"{name}: found {text[:40]!r}, expected a finite number >= 0",
                code=name.lower(),
                line=line,
            )
        return value

    def _integer(self, name: str, low: int) -> int | None:
        if name not in self.scan.values:
            return None
        text, line = self.scan.values[name]
        value = parse_int(text)
        if value is None or value < low:
            raise self.scan.fail(
                f"{name}: found {text[:40]!r}, expected an integer >= {low}",
                code=name.lower(),
                line=line,
            )
        return value

    def _missing(self, name: str) -> InputError:
        cut = "" if self.scan.ended else f"; the file ends on line {self.scan.lines} without EOF"
        return self.scan.fail(f"{name} is missing{cut}", code="missing")

    def _table(self, name: str, columns: int) -> np.ndarray | None:
        section = self.scan.sections.get(name)
        return None if section is None else table(self.scan, section, self.n, columns)

    def _weights(self) -> tuple[np.ndarray | None, np.ndarray | None, Metric, Rounding]:
        if "EDGE_WEIGHT_TYPE" not in self.scan.values:
            raise self._missing("EDGE_WEIGHT_TYPE")
        kind, line = self.scan.values["EDGE_WEIGHT_TYPE"]
        kind = kind.upper()
        if kind == "EXPLICIT":
            coordinates = self._table("NODE_COORD_SECTION", 2)
            if coordinates is None:
                coordinates = self._table("DISPLAY_DATA_SECTION", 2)
            return coordinates, self._matrix(), Metric.EUCLIDEAN, Rounding.EXACT
        if kind not in EDGE_WEIGHT_TYPES:
            raise self.scan.fail(
                f"EDGE_WEIGHT_TYPE: found {kind[:40]!r}, expected EXPLICIT or one of: "
                f"{', '.join(EDGE_WEIGHT_TYPES)}",
                code="edge_weight_type",
                line=line,
            )
        metric, rounding = EDGE_WEIGHT_TYPES[kind]
        rounding = self._rounding(rounding)
        solid = kind.endswith("_3D")
        coordinates = self._table("NODE_COORD_SECTION", 3 if solid else 2)
        if coordinates is None:
            raise self._missing("NODE_COORD_SECTION")
        if not solid:
            return coordinates, None, metric, rounding
        if self.n > MATRIX_LIMIT:
            raise self.scan.fail(
                f"{kind} needs a distance matrix, expected at most {MATRIX_LIMIT} nodes",
                code="edge_weight_type",
                line=line,
            )
        rows = [
            measure(coordinates[i : i + 1, None], coordinates, metric, rounding)[0]
            for i in range(self.n)
        ]
        return coordinates[:, :2], np.stack(rows), Metric.EUCLIDEAN, Rounding.EXACT

    def _rounding(self, rule: Rounding) -> Rounding:
        line = None
        given: Rounding | str | None = self.rounding
        if given is None and "ROUNDING" in self.scan.values:
            text, line = self.scan.values["ROUNDING"]
            given = text.lower()
        if given is None:
            return rule
        try:
            return Rounding(given)
        except ValueError:
            raise self.scan.fail(
                f"ROUNDING: found {str(given)[:40]!r}, expected one of: {', '.join(Rounding)}",
                code="rounding",
                line=line,
            ) from None

    def _matrix(self) -> np.ndarray:
        if "EDGE_WEIGHT_SECTION" not in self.scan.sections:
            raise self._missing("EDGE_WEIGHT_SECTION")
        section = self.scan.sections["EDGE_WEIGHT_SECTION"]
        given = self.scan.values.get("EDGE_WEIGHT_FORMAT")
        name = given.text.upper() if given else "missing"
        if name not in EDGE_WEIGHT_FORMATS:
            raise self.scan.fail(
                f"EDGE_WEIGHT_FORMAT: found {name[:40]!r}, expected one of: "
                f"{', '.join(EDGE_WEIGHT_FORMATS)}",
                code="edge_weight_format",
                line=given.line if given else None,
            )
        values = numbers(section.lines)
        if values is None:
            for line, row in enumerate(section.lines, start=section.first):
                for word in row.split():
                    if parse_float(word) is None:
                        raise self.scan.fail(
                            f"EDGE_WEIGHT_SECTION: found {word[:40]!r}, expected a finite number",
                            code="number",
                            line=line,
                        )
        expected = count(name, self.n)
        if values is None or len(values) != expected:
            raise self.scan.fail(
                f"EDGE_WEIGHT_SECTION: found {0 if values is None else len(values)} numbers, "
                f"expected {expected} for {name} and DIMENSION {self.n}",
                code="truncated",
                line=section.first + len(section.lines) - 1,
            )
        return unpack(name, values, self.n)

    def _depots(self) -> list[int]:
        if "DEPOT_SECTION" not in self.scan.sections:
            raise self._missing("DEPOT_SECTION")
        section = self.scan.sections["DEPOT_SECTION"]
        depots: list[int] = []
        for line, row in enumerate(section.lines, start=section.first):
            for word in row.split():
                node = parse_int(word)
                if node == -1:
                    break
                if node is None or not 1 <= node <= self.n:
                    raise self.scan.fail(
                        f"DEPOT_SECTION: found {word[:40]!r}, expected a node from 1 to "
                        f"{self.n} or -1",
                        code="depot",
                        line=line,
                    )
                if node in depots:
                    raise self.scan.fail(
                        f"DEPOT_SECTION: depot {node} is given a second time",
                        code="depot",
                        line=line,
                    )
                depots.append(node)
            else:
                continue
            break
        if not depots:
            raise self.scan.fail(
                "DEPOT_SECTION: found no depot, expected at least one",
                code="depot",
                line=section.first,
            )
        return depots

    def _service(self) -> np.ndarray | None:
        service = self._table("SERVICE_TIME_SECTION", 1)
        self._not_negative("SERVICE_TIME_SECTION", service)
        return service

    def _not_negative(self, name: str, values: np.ndarray | None) -> None:
        if values is not None and (values < 0).any():
            node = int(np.argwhere(values < 0)[0, 0]) + 1
            raise self.scan.fail(
                f"{name}: node {node}: found {values[node - 1, 0]:g}, expected a number >= 0",
                code="negative",
                line=line_of(self.scan.sections[name], node),
            )

    def _demand(self, capacity: float | None, depots: list[int]) -> np.ndarray | None:
        demand = self._table("DEMAND_SECTION", 1)
        needed = self.kind not in ("VRP", "VRPTW")
        if demand is None and (needed or capacity is not None):
            raise self._missing("DEMAND_SECTION")
        if capacity is None and (needed or demand is not None):
            raise self._missing("CAPACITY")
        if demand is None or capacity is None:
            return None
        self._not_negative("DEMAND_SECTION", demand)
        section = self.scan.sections["DEMAND_SECTION"]
        for node in depots:
            if demand[node - 1, 0] != 0:
                raise self.scan.fail(
                    f"DEMAND_SECTION: depot {node}: found demand {demand[node - 1, 0]:g}, "
                    "expected 0",
                    code="depot",
                    line=line_of(section, node),
                )
        if (demand > capacity).any():
            node = int(np.argmax(demand[:, 0] > capacity)) + 1
            raise self.scan.fail(
                f"DEMAND_SECTION: client {node}: found demand {demand[node - 1, 0]:g}, expected "
                f"at most the CAPACITY {capacity:g}",
                code="demand",
                line=line_of(section, node),
            )
        return demand
