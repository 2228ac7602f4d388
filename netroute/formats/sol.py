"""Reader and writer of CVRPLIB's ``.sol`` files.

A route a line, ``Route #1: 5 3 8``, then ``Cost 27591``. A client's number is its location in the
instance: where the depots are the first nodes of the VRPLIB file, as in all of CVRPLIB, that is its
node number minus one. Plans with several vehicle types have a further line of the form
``Vehicles 0 0 1``, the type of each route in order (a netroute extension, which other readers take
for a comment). Other lines of the form ``Word value`` are passed over.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.formats.text import number, parse_float, read_text
from netroute.problems.vrp.solution import Route, VrpSolution

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.vrp.instance import VrpInstance

_ROUTE = re.compile(r"\s*route\s*#?\s*[0-9]+\s*:(.*)\Z", re.IGNORECASE | re.DOTALL)
_OTHER = re.compile(r"\s*([A-Za-z][A-Za-z0-9_ ]*?)\s*[:=\s]\s*(\S.*)\Z", re.DOTALL)
_CLIENT = re.compile(r"[+-]?[0-9]{1,18}\Z")


def read_sol(path: str | Path, instance: VrpInstance | None = None) -> VrpSolution:
    """Read a plan as it stands: missing, doubled and unknown clients are left to the checker.

    Parameters
    ----------
    path : str or Path
        The file.
    instance : VrpInstance, optional
        Not needed for this format.

    Raises
    ------
    InputError
        With file and line, for what is not of this format.
    """
    return parse_sol(read_text(path), str(path))[0]


def stated_cost(path: str | Path) -> float | None:
    """Return the cost that a ``.sol`` file states, None if it states none."""
    return parse_sol(read_text(path), str(path))[1]


def parse_sol(text: str, where: str = "text") -> tuple[VrpSolution, float | None]:
    r"""Read the text of a ``.sol`` file: the plan and the stated cost.

    Examples
    --------
    >>> plan, cost = parse_sol("Route #1: 2 1\nRoute #2: 3\nCost 27.5\n")
    >>> plan.visits(), cost
    ([(2, 1), (3,)], 27.5)
    """
    routes: list[tuple[int, ...]] = []
    vehicles: tuple[int, ...] = ()
    cost: float | None = None
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip() or row.lstrip().startswith("#"):
            continue
        place = f"{where}:{line}"
        if match := _ROUTE.match(row):
            routes.append(_integers(match.group(1), place, "a client number"))
            continue
        match = _OTHER.match(row)
        if match is None:
            raise InputError(
                f"found {row.strip()[:40]!r}, expected 'Route #1: 5 3 8' or 'Cost 123'",
                code="sol.line",
                where=place,
            )
        key, value = match.group(1).lower(), match.group(2).strip()
        if key == "cost":
            cost = parse_float(value)
            if cost is None:
                raise InputError(
                    f"Cost: found {value[:40]!r}, expected a finite number",
                    code="sol.cost",
                    where=place,
                )
        elif key == "vehicles":
            vehicles = _integers(value, place, "the vehicle type of each route")
        elif key.startswith("route"):
            raise InputError(
                f"found {row.strip()[:40]!r}, expected 'Route #1: 5 3 8'",
                code="sol.line",
                where=place,
            )
    if not routes and cost is None:
        raise InputError(
            "found neither a line 'Route #1: ...' nor 'Cost ...'", code="sol.empty", where=where
        )
    if not vehicles:
        return VrpSolution.of(routes), cost
    if len(vehicles) != len(routes):
        raise InputError(
            f"Vehicles: found {len(vehicles)} vehicle types, expected {len(routes)}, one a route",
            code="sol.vehicles",
            where=where,
        )
    plan = zip(routes, vehicles, strict=True)
    return VrpSolution(tuple(Route(clients, vehicle) for clients, vehicle in plan)), cost


def _integers(text: str, where: str, expected: str) -> tuple[int, ...]:
    words = text.replace(",", " ").split()
    for word in words:
        if not _CLIENT.match(word):
            raise InputError(
                f"found {word[:40]!r}, expected {expected}", code="sol.number", where=where
            )
    return tuple(int(word) for word in words)


def write_sol(path: str | Path, instance: VrpInstance, solution: VrpSolution) -> None:
    """Write a plan with its cost as the independent checker computes it."""
    from netroute.problems.vrp.check import check

    write_atomic(path, format_sol(solution, check(instance, solution).objective))


def format_sol(solution: VrpSolution, cost: float) -> str:
    """Return the text of a ``.sol`` file.

    Examples
    --------
    >>> print(format_sol(VrpSolution.of([[2, 1], [3]]), 27591.0), end="")
    Route #1: 2 1
    Route #2: 3
    Cost 27591
    """
    rows = [
        f"Route #{index}: {' '.join(map(str, route.clients))}"
        for index, route in enumerate(solution.routes, start=1)
    ]
    rows.append(f"Cost {number(cost)}")
    if any(route.vehicle for route in solution.routes):
        rows.append("Vehicles " + " ".join(str(route.vehicle) for route in solution.routes))
    return "\n".join(rows) + "\n"
