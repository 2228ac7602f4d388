"""The independent checker of vehicle routing: plain Python on the instance's own fields.

It shares no code with any solver. Every rule is stated once, here, and times are in
`netroute.problems.vrp.timing`.

The rules
---------
- Every required client is served exactly once, an optional one at most once. Routes without
  clients stay at home: they cost nothing and use no vehicle.
- All deliveries of a route are aboard at its start, pickups stay aboard to its end; in each load
  dimension the load must fit at the start and after every client.
- A route of a vehicle type runs from its start depot to its end depot (an open route ends at its
  last client), not before the shift start and the release times of its clients, and not beyond the
  shift end. Service begins inside a window of each location, depots included; waiting is allowed.
- The departure is chosen such that the route is as short in time as possible. That duration is
  what ``max_duration`` limits and ``duration_cost`` charges.
- The objective is, over all routes, ``fixed_cost + distance_cost * distance + duration_cost *
  duration``, plus the prizes of all clients that are not served.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.vrp.course import Course, courses
from netroute.problems.vrp.timing import exceeds

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.solution import VrpSolution


def check(instance: VrpInstance, solution: VrpSolution) -> Evaluation:
    """Recompute objective, feasibility and figures of a solution.

    Parameters
    ----------
    instance : VrpInstance
        The problem.
    solution : VrpSolution
        Any routes; also with missing, doubled or unknown clients, which are reported client by
        client. Unknown clients are left out of the costs; a route of an unknown vehicle type is
        costed as one of type 0.

    Returns
    -------
    Evaluation
        Violation codes are ``client.missing``, ``client.doubled``, ``client.unknown``,
        ``vehicle.unknown``, ``vehicle.number``, ``route.capacity``, ``route.window``,
        ``route.shift``, ``route.distance`` and ``route.duration``.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance, VrpSolution
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [3, 4], [6, 8]],
    ...     deliveries=[0, 1, 1],
    ...     vehicles=(VehicleType(capacity=(1,)),),
    ... )
    >>> check(instance, VrpSolution.of([[1], [2]])).objective
    30.0
    >>> [v.message for v in check(instance, VrpSolution.of([[1, 2]])).violations]
    ['route 1: load 2 exceeds the capacity 1']
    >>> [v.code for v in check(instance, VrpSolution.of([[1, 1]])).violations]
    ['client.doubled', 'client.missing', 'route.capacity']
    """
    violations = _clients(instance, solution) + _vehicles(instance, solution)
    driven = courses(instance, solution)
    costs = {"distance": 0.0, "duration": 0.0, "fixed": 0.0}
    for course in driven:
        violations += _route(instance, course)
        vehicle = instance.vehicles[course.vehicle]
        costs["distance"] += vehicle.distance_cost * course.distance
        costs["duration"] += vehicle.duration_cost * course.timing.duration
        costs["fixed"] += vehicle.fixed_cost
    served = {client for course in driven for client in course.clients}
    unserved = [client for client in instance.clients if client not in served]
    costs["prizes"] = 0.0 if instance.prizes is None else float(instance.prizes[unserved].sum())
    return Evaluation(
        objective=float(sum(costs.values())),
        feasible=not violations,
        violations=tuple(violations),
        metrics=_metrics(instance, driven, costs, unserved),
    )


def _clients(instance: VrpInstance, solution: VrpSolution) -> list[Violation]:
    """Unknown, doubled and missing clients, each by its number."""
    found: list[Violation] = []
    visits: dict[int, list[int]] = {}
    for number, route in enumerate(solution.routes, start=1):
        for client in route.clients:
            visits.setdefault(client, []).append(number)
    for client, routes in sorted(visits.items()):
        if not instance.depots <= client < instance.size:
            kind = "a depot" if 0 <= client < instance.depots else "unknown"
            message = (
                f"route {routes[0]}: location {client} is {kind}, "
                f"expected a client from {instance.depots} to {instance.size - 1}"
            )
            found.append(Violation("client.unknown", message, float(len(routes))))
        elif len(routes) > 1:
            places = ", ".join(map(str, routes))
            message = f"client {client} is served {len(routes)} times (routes {places})"
            found.append(Violation("client.doubled", message, float(len(routes) - 1)))
    required = np.ones(instance.size, bool) if instance.required is None else instance.required
    for client in instance.clients:
        if required[client] and client not in visits:
            found.append(Violation("client.missing", f"client {client} is not served"))
    return found


def _vehicles(instance: VrpInstance, solution: VrpSolution) -> list[Violation]:
    """Unknown vehicle types, and more routes than vehicles of a type."""
    found: list[Violation] = []
    known = range(len(instance.vehicles))
    for number, route in enumerate(solution.routes, start=1):
        if route.vehicle not in known:
            message = f"route {number}: vehicle type {route.vehicle} is unknown, " + (
                f"expected 0 to {known[-1]}" if len(known) > 1 else "expected 0"
            )
            found.append(Violation("vehicle.unknown", message))
    counts = Counter(route.vehicle for route in solution.routes if route.clients)
    for index, vehicle in enumerate(instance.vehicles):
        used = counts[index]
        if vehicle.number is not None and used > vehicle.number:
            message = f"vehicle type {index}: {used} routes, but only {vehicle.number} vehicles"
            found.append(Violation("vehicle.number", message, float(used - vehicle.number)))
    return found


def _route(instance: VrpInstance, course: Course) -> list[Violation]:
    """Capacity, windows, shift, and the limits on distance and duration of one route."""
    found: list[Violation] = []
    vehicle, timing, route = (
        instance.vehicles[course.vehicle],
        course.timing,
        f"route {course.number}",
    )
    for dimension, (peak, capacity) in enumerate(
        zip(course.peaks(), vehicle.capacity, strict=False)
    ):
        if exceeds(peak, capacity):
            which = f" in dimension {dimension}" if instance.dimensions > 1 else ""
            message = f"{route}: load {peak:.12g} exceeds the capacity {capacity:.12g}{which}"
            found.append(Violation("route.capacity", message, peak - capacity))
    for stop, amount in timing.late:
        location = course.stops[stop]
        what = "client" if location >= instance.depots else "depot"
        message = (
            f"{route}: {what} {location} is reached at {timing.arrivals[stop]:.12g}, "
            f"{amount:.12g} after its last window has closed"
        )
        found.append(Violation("route.window", message, amount))
    if timing.overtime > 0.0:
        message = (
            f"{route}: ends at {timing.end:.12g}, after the shift end {vehicle.shift_end:.12g}"
        )
        found.append(Violation("route.shift", message, timing.overtime))
    for code, value, limit in (
        ("distance", course.distance, vehicle.max_distance),
        ("duration", timing.duration, vehicle.max_duration),
    ):
        if exceeds(value, limit):
            message = f"{route}: {code} {value:.12g} exceeds the maximum {limit:.12g}"
            found.append(Violation(f"route.{code}", message, value - limit))
    return found


def _metrics(
    instance: VrpInstance, driven: list[Course], costs: dict[str, float], unserved: list[int]
) -> dict[str, Any]:
    """Figures of the whole plan as plain data."""
    loaded = np.zeros(instance.dimensions)
    room = np.zeros(instance.dimensions)
    for course in driven:
        capacity = instance.vehicles[course.vehicle].capacity
        if capacity:
            loaded += course.peaks()
            room += capacity
    finite = np.isfinite(room) & (room > 0)
    return {
        "routes": len(driven),
        "vehicles": [
            sum(course.vehicle == index for course in driven)
            for index in range(len(instance.vehicles))
        ],
        "clients": len(instance.clients),
        "clients_served": len(instance.clients) - len(unserved),
        "unserved": unserved,
        "distance": float(sum(course.distance for course in driven)),
        "duration": float(sum(course.timing.duration for course in driven)),
        "waiting": float(sum(course.waiting for course in driven)),
        "utilisation": [
            float(a / b) if ok else None for a, b, ok in zip(loaded, room, finite, strict=True)
        ],
        "costs": costs,
        "metric": str(instance.metric) if instance.distances is None else "explicit",
        "rounding": str(instance.rounding) if instance.distances is None else "none",
    }
