"""The timetable of a solution: who is where when, with which load."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from netroute.problems.vrp.course import Course, courses

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.solution import VrpSolution


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of a route.

    Attributes
    ----------
    location : int
        A depot or a client.
    arrival, start, departure : float
        When the vehicle comes, when service begins and when it ends; the vehicle leaves then.
    waiting : float
        Time between arrival and start.
    late : float
        By how much the arrival misses the last window; 0 if it does not.
    load : tuple of float
        On leaving, one figure a load dimension.
    """

    location: int
    arrival: float
    start: float
    departure: float
    waiting: float
    late: float
    load: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class RouteSchedule:
    """The timetable of one route, in the schedule of shortest duration.

    Attributes
    ----------
    route : int
        Index of the route in the solution.
    vehicle : int
        Index of the vehicle type.
    stops : tuple of Stop
        From the start depot to the end depot, or to the last client of an open route.
    distance, duration : float
    """

    route: int
    vehicle: int
    stops: tuple[Stop, ...]
    distance: float
    duration: float

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)


def schedule(instance: VrpInstance, solution: VrpSolution) -> tuple[RouteSchedule, ...]:
    """Return the timetable of every route that serves a client.

    The departure is the earliest one with the shortest duration, as the checker charges it (see
    `netroute.problems.vrp.timing`). A route that cannot keep its windows leaves at once.

    Examples
    --------
    >>> from netroute.problems.vrp.builder import VrpBuilder
    >>> from netroute.problems.vrp.solution import VrpSolution
    >>> builder = VrpBuilder().add_depot(0, 0).add_client(3, 4, delivery=2, windows=[(9, 20)])
    >>> instance = builder.add_vehicle_type(capacity=3).build()
    >>> for stop in schedule(instance, VrpSolution.of([[1]]))[0].stops:
    ...     print(stop.location, stop.arrival, stop.departure, stop.load)
    0 4.0 4.0 (2.0,)
    1 9.0 9.0 (0.0,)
    0 14.0 14.0 (0.0,)
    """
    return tuple(_timetable(instance, course) for course in courses(instance, solution))


def _timetable(instance: VrpInstance, course: Course) -> RouteSchedule:
    timing = course.timing
    late = dict(timing.late)
    loads = [tuple(row) for row in course.loads.tolist()]
    stops = []
    for i, location in enumerate(course.stops):
        begin = timing.begins[i]
        service = 0.0 if instance.service is None else float(instance.service[location])
        stops.append(
            Stop(
                location=location,
                arrival=timing.arrivals[i],
                start=begin,
                departure=begin + service,
                waiting=begin - timing.arrivals[i],
                late=late.get(i, 0.0),
                # Unloading at the end depot is not part of the route: pickups are still aboard.
                load=loads[min(i, len(loads) - 1)],
            )
        )
    return RouteSchedule(
        course.number - 1, course.vehicle, tuple(stops), course.distance, timing.duration
    )
