"""Reader of the text files with CVRP test sets of the learning literature.

One instance a line, all of them in one list of words divided by commas: ``depot,x,y``,
``customer,x,y,x,y,...``, ``capacity,q``, ``demand,...`` (one a client), and where a reference is
given ``cost,c`` and ``node_flag,...``: the clients in order of visit, then for each of them 1 where
it begins a new route. Distances are Euclidean and not rounded. Source of the layout: Luo et al.,
Neural combinatorial optimization with heavy decoder, NeurIPS 2023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.formats.text import parse_float, read_rows
from netroute.problems.vrp.instance import VrpInstance
from netroute.problems.vrp.solution import VrpSolution
from netroute.problems.vrp.vehicle import VehicleType

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = ("depot", "customer", "capacity", "demand", "cost", "node_flag")


class Reference(NamedTuple):
    """An instance with the cost and plan that the file states, None where it does not."""

    instance: VrpInstance
    cost: float | None
    solution: VrpSolution | None


def read_neural(path: str | Path) -> list[Reference]:
    """Read all instances of a test set; they are named after the file and their number from 0.

    Raises
    ------
    InputError
        With file and line.
    """
    return [parse_neural(row, place, name=name) for place, name, row in read_rows(path)]


def parse_neural(row: str, where: str = "text", *, name: str = "unnamed") -> Reference:
    """Read one line of a test set.

    Examples
    --------
    >>> text = "depot,0,0,customer,0,1,0,2,capacity,3,demand,1,2,cost,4,node_flag,2,1,1,0"
    >>> reference = parse_neural(text)
    >>> reference.instance.size, reference.cost, reference.solution.visits()
    (3, 4.0, [(2, 1)])
    """
    fields = _fields(row, where)
    for key, length in (("depot", 2), ("capacity", 1)):
        if len(fields[key]) != length:
            raise _fault(f"{key}: found {len(fields[key])} numbers, expected {length}", where)
    n = len(fields["demand"])
    if len(fields["customer"]) != 2 * n:
        raise _fault(
            f"customer: found {len(fields['customer'])} numbers, expected {2 * n}, two for each "
            "demand",
            where,
        )
    try:
        instance = VrpInstance(
            name=name,
            coordinates=np.array([*fields["depot"], *fields["customer"]]).reshape(n + 1, 2),
            deliveries=np.array([0.0, *fields["demand"]]),
            vehicles=(VehicleType(capacity=tuple(fields["capacity"])),),
        )
    except InputError as error:
        raise error.at(where) from None
    cost = fields["cost"][0] if fields.get("cost") else None
    return Reference(instance, cost, _solution(fields.get("node_flag"), n, where))


def _fields(row: str, where: str) -> dict[str, list[float]]:
    fields: dict[str, list[float]] = {}
    current: list[float] | None = None
    for word in (word.strip() for word in row.split(",")):
        if word in _KEYS:
            current = fields.setdefault(word, [])
        elif word:
            value = parse_float(word)
            if value is None or current is None:
                raise _fault(f"found {word[:40]!r}, expected a number or a keyword", where)
            current.append(value)
    missing = [key for key in _KEYS[:4] if key not in fields]
    if missing:
        raise _fault(f"{missing[0]} is missing", where)
    return fields


def _solution(values: list[float] | None, n: int, where: str) -> VrpSolution | None:
    if not values:
        return None
    clients, flags = values[:n], values[n:]
    if len(flags) != n or any(value != int(value) for value in values):
        raise _fault(f"node_flag: found {len(values)} numbers, expected {2 * n} integers", where)
    routes: list[list[int]] = []
    for client, flag in zip(clients, flags, strict=True):
        if flag or not routes:
            routes.append([])
        routes[-1].append(int(client))
    return VrpSolution.of(routes)


def _fault(message: str, where: str) -> InputError:
    return InputError(message, code="neural", where=where)
