"""When one route is driven: the departure that makes it shortest, and what comes too late.

A route is a chain of stops: its start depot, its clients and, unless it is open, its end depot.
Service begins at each stop inside one of its windows, after the vehicle has arrived; a vehicle may
wait. The duration of the route runs from the beginning of service at the first stop (loading) to
the end of service at the last one.

The shortest duration. Let the window used at every stop be fixed. If service at the first stop
begins at ``d``, the route ends at ``max(d + B, E)``: ``B`` is all travel and service without
waiting, ``E`` the end of the earliest schedule in those windows. The latest possible ``d`` is
``D = min(close_i - B_i)``, ``B_i`` being the travel and service before stop i. The shortest
duration in these windows is therefore ``max(B, E - D)``, and ``d = min(D, E - B)`` is the earliest
beginning that reaches it. It still ends at ``E``, so a shift end that the earliest schedule keeps
does not matter.

Several windows. Start with the windows of the earliest schedule. Every beginning later than ``D``
arrives at the stop that determines ``D`` after its window has closed, so that stop must take a
later window; fix the earliest schedule under this condition and go on, until no window is left or
the shift end is passed. Each possible ``d`` is covered by one of these steps, so the shortest
duration found is the shortest there is; there are no more steps than windows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TOLERANCE = 1e-9
"""Relative to the limit, and absolute below 1: what rounding errors of sums may exceed it by."""


def exceeds(value: float, limit: float) -> bool:
    """Whether ``value`` is above ``limit`` by more than rounding errors explain."""
    return value > limit + slack(limit)


def slack(limit: float) -> float:
    """Return by how much rounding errors may exceed ``limit``."""
    return TOLERANCE * max(1.0, abs(limit)) if math.isfinite(limit) else 0.0


class Chain(NamedTuple):
    """The stops of one route with all that restricts their times."""

    travel: Sequence[float]
    """Travel time to the next stop; one entry fewer than stops."""
    service: Sequence[float]
    windows: Sequence[Sequence[tuple[float, float]]]
    earliest: float
    """Service at the first stop must not begin before: shift start and release times."""
    latest: float
    """Service at the last stop must end by: the shift end."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Times of one route.

    Attributes
    ----------
    arrivals, begins : tuple of float
        Arrival and beginning of service at each stop.
    end : float
        End of service at the last stop.
    late : tuple of (int, float)
        Stops whose last window has closed before the arrival, and by how much.
    overtime : float
        By how much the shift end is passed.
    """

    arrivals: tuple[float, ...]
    begins: tuple[float, ...]
    end: float
    late: tuple[tuple[int, float], ...] = ()
    overtime: float = 0.0

    @property
    def duration(self) -> float:
        """Time between the beginning and the end of the route."""
        return self.end - self.begins[0]


def shortest(chain: Chain) -> Timing:
    """Return the earliest of the schedules with the shortest duration.

    Where no departure keeps every window and the shift end, the schedule with the earliest
    departure is returned; its ``late`` and ``overtime`` name the faults.
    """
    floors = [0] * len(chain.service)
    first, used = _drive(chain, chain.earliest, floors)
    if first.late or first.overtime:
        return first
    before = [0.0]
    for travel, service in zip(chain.travel, chain.service, strict=False):
        before.append(before[-1] + service + travel)
    work = before[-1] + chain.service[-1]
    if not exceeds(first.duration, work):
        return first
    best, shortest_time = first.begins[0], first.duration
    ending, starts = first.end, dict(enumerate(floors))
    chosen = list(floors)
    while True:
        latest, stop = math.inf, -1
        for i, w in used.items():
            bound = chain.windows[i][w][1] - before[i]
            if bound < latest:
                latest, stop = bound, i
        duration = max(work, ending - latest)
        if duration < shortest_time - slack(shortest_time):
            best, shortest_time = min(latest, ending - work), duration
            chosen = [starts[i] for i in range(len(floors))]
        if stop < 0 or not exceeds(duration, work) or used[stop] + 1 >= len(chain.windows[stop]):
            return _drive(chain, best, chosen)[0]
        floors[stop] = used[stop] + 1
        candidate, used = _drive(chain, chain.earliest, floors)
        if candidate.late or candidate.overtime:
            return _drive(chain, best, chosen)[0]
        ending, starts = candidate.end, dict(enumerate(floors))


def _drive(chain: Chain, begin: float, floors: Sequence[int]) -> tuple[Timing, dict[int, int]]:
    """Drive as early as possible from ``begin`` on, using no window before ``floors``.

    Returns the times, and the window used at each stop that has any.
    """
    arrivals, begins, late = [], [], []
    used: dict[int, int] = {}
    now = begin
    last = len(chain.service) - 1
    for i, (service, windows) in enumerate(zip(chain.service, chain.windows, strict=True)):
        arrivals.append(now)
        if windows:
            for w in range(floors[i], len(windows)):
                if not exceeds(now, windows[w][1]):
                    used[i] = w
                    now = max(now, windows[w][0])
                    break
            else:
                late.append((i, now - windows[-1][1]))
        begins.append(now)
        now += service
        if i < last:
            now += chain.travel[i]
    overtime = now - chain.latest if exceeds(now, chain.latest) else 0.0
    return Timing(tuple(arrivals), tuple(begins), now, tuple(late), overtime), used
