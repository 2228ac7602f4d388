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
from netroute.formats.text import parse_int, read_text
from netroute.formats.tsplib_scan import Scan, scan
from netroute.formats.tsplib_table import line_of, optional_table
from netroute.formats.tsplib_weights import weights
from netroute.formats.vrplib_grammar import GRAMMAR
from netroute.problems.geometry import Metric, Rounding, measure
from netroute.problems.vrp.instance import MATRIX_LIMIT, VrpInstance
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from pathlib import Path

TYPES = ("CVRP", "VRP", "DCVRP", "ACVRP", "VRPTW", "CVRPTW", "MDVRP", "MDVRPTW")
"""Values of TYPE; the sections of a file decide what it holds."""


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
    return _Build(scan(text, where, GRAMMAR), rounding).instance()


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
        n = self.scan.integer("DIMENSION", 1)
        if n is None:
            raise self.scan.missing("DIMENSION")
        self.n = n

    def instance(self) -> VrpInstance:
        """Put everything together."""
        coordinates, distances, metric, rounding = self._weights()
        depots = self._depots()
        service = self._service()
        windows = self._windows()
        capacity = self.scan.number("CAPACITY")
        demand = self._demand(capacity, depots)
        client_service = self.scan.number("SERVICE_TIME")
        if client_service and service is None:
            service = np.full((self.n, 1), client_service)
            service[[node - 1 for node in depots]] = 0.0
        limit = self.scan.number("DISTANCE")
        if limit is None:
            limit = np.inf
        timed = "SERVICE_TIME" in self.scan.values or service is not None
        types = tuple(
            VehicleType(
                capacity=() if capacity is None else (capacity,),
                number=self.scan.integer("VEHICLES", 0),
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
                name=self.scan.text("NAME") or "unnamed",
                comment=self.scan.text("COMMENT"),
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

    def _weights(self) -> tuple[np.ndarray | None, np.ndarray | None, Metric, Rounding]:
        """Return the distances; those between points in space become a matrix."""
        points, matrix, metric, rounding, kind = weights(self.scan, self.n, self.rounding)
        if points is None or points.shape[1] == 2:
            return points, matrix, metric, rounding
        if self.n > MATRIX_LIMIT:
            raise self.scan.fail(
                f"{kind} needs a distance matrix, expected at most {MATRIX_LIMIT} nodes",
                code="edge_weight_type",
                line=self.scan.values["EDGE_WEIGHT_TYPE"].line,
            )
        matrix = np.stack([measure(row, points, metric, rounding) for row in points])
        return points[:, :2], matrix, Metric.EUCLIDEAN, Rounding.EXACT

    def _table(self, name: str, columns: int) -> np.ndarray | None:
        return optional_table(self.scan, name, self.n, columns)

    def _depots(self) -> list[int]:
        if "DEPOT_SECTION" not in self.scan.sections:
            raise self.scan.missing("DEPOT_SECTION")
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

    def _windows(self) -> np.ndarray | None:
        windows = self._table("TIME_WINDOW_SECTION", 2)
        if windows is not None and (windows[:, 0] > windows[:, 1]).any():
            node = int(np.argmax(windows[:, 0] > windows[:, 1])) + 1
            opens, closes = windows[node - 1]
            raise self.scan.fail(
                f"TIME_WINDOW_SECTION: node {node}: found [{opens:g}, {closes:g}], expected an "
                "opening before the closing",
                code="window",
                line=line_of(self.scan.sections["TIME_WINDOW_SECTION"], node),
            )
        return windows

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
            raise self.scan.missing("DEMAND_SECTION")
        if capacity is None and (needed or demand is not None):
            raise self.scan.missing("CAPACITY")
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
