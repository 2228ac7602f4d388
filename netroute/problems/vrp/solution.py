"""A plan: which vehicle visits which clients in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.schedule import RouteSchedule


@dataclass(frozen=True, slots=True)
class Route:
    """The clients of one route in order of visit, and the index of its vehicle type."""

    clients: tuple[int, ...]
    vehicle: int = 0


@dataclass(frozen=True, slots=True)
class VrpSolution:
    """Routes; clients that appear in none are unserved.

    Clients are numbered as locations of the instance, from ``instance.depots`` on.

    Examples
    --------
    >>> plan = VrpSolution.of([[2, 1], [3]])
    >>> plan.routes[0].clients, len(plan.routes)
    ((2, 1), 2)
    >>> VrpSolution.from_dict(plan.to_dict()) == plan
    True
    """

    routes: tuple[Route, ...]

    @classmethod
    def of(cls, routes: Iterable[Collection[int]], *, vehicle: int = 0) -> Self:
        """Build a plan from lists of clients; empty ones are left out."""
        return cls(tuple(Route(tuple(int(c) for c in r), vehicle) for r in routes if len(r)))

    def visits(self) -> list[tuple[int, ...]]:
        """Client sequences only."""
        return [route.clients for route in self.routes]

    def schedule(self, instance: VrpInstance) -> tuple[RouteSchedule, ...]:
        """Return the timetable of every route: arrival, start, departure and load at each stop."""
        from netroute.problems.vrp.schedule import schedule

        return schedule(instance, self)

    def unserved(self, instance: VrpInstance) -> list[int]:
        """Clients of the instance that no route visits, optional ones included."""
        served = {client for route in self.routes for client in route.clients}
        return [client for client in instance.clients if client not in served]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"routes": [{"clients": list(r.clients), "vehicle": r.vehicle} for r in self.routes]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """Rebuild from `to_dict`; faults name the route."""
        try:
            rows = list(data["routes"])
        except (KeyError, TypeError):
            raise InputError("found no 'routes'", code="vrp.solution", where="solution") from None
        routes = []
        for number, row in enumerate(rows, start=1):
            try:
                clients = tuple(_integer(c) for c in row["clients"])
                routes.append(Route(clients, _integer(row.get("vehicle", 0))))
            except (KeyError, TypeError, ValueError, AttributeError):
                raise InputError(
                    "expected {'clients': [integers], 'vehicle': integer}",
                    code="vrp.solution",
                    where=f"solution.routes[{number}]",
                ) from None
        return cls(tuple(routes))


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value
