"""What happens along each route: stops, loads, distances and times, from the instance alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.geometry import measure
from netroute.problems.vrp.timing import Chain, Timing, shortest

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.solution import VrpSolution


@dataclass(frozen=True, slots=True)
class Course:
    """One route as it is driven.

    Attributes
    ----------
    number : int
        Position in the solution, from 1.
    vehicle : int
        Index of the vehicle type.
    stops : tuple of int
        Locations in order: start depot, clients, end depot unless the route is open.
    clients : tuple of int
        The clients among them.
    loads : ndarray, shape (clients + 1, k)
        Load on leaving the start depot and on leaving each client.
    distance, waiting : float
        Sums over the route.
    timing : Timing
        Times in the schedule of shortest duration.
    """

    number: int
    vehicle: int
    stops: tuple[int, ...]
    clients: tuple[int, ...]
    loads: np.ndarray
    distance: float
    waiting: float
    timing: Timing

    def peaks(self) -> list[float]:
        """Largest load in each dimension."""
        peaks: list[float] = self.loads.max(axis=0).tolist()
        return peaks


def courses(instance: VrpInstance, solution: VrpSolution) -> list[Course]:
    """Return the course of every route that has clients, those unknown to the instance left out."""
    rows: list[tuple[int, int, tuple[int, ...], tuple[int, ...]]] = []
    for number, route in enumerate(solution.routes, start=1):
        clients = tuple(int(c) for c in route.clients if instance.depots <= c < instance.size)
        if clients:
            index = route.vehicle if 0 <= route.vehicle < len(instance.vehicles) else 0
            vehicle = instance.vehicles[index]
            end = () if vehicle.end_depot is None else (vehicle.end_depot,)
            rows.append((number, index, (vehicle.start_depot, *clients, *end), clients))
    if not rows:
        return []
    ahead = np.concatenate([stops[:-1] for _, _, stops, _ in rows])
    behind = np.concatenate([stops[1:] for _, _, stops, _ in rows])
    far, long = _legs(instance, ahead, behind)
    found = []
    first = 0
    for number, index, stops, clients in rows:
        legs = slice(first, first + len(stops) - 1)
        first = legs.stop
        timing, waiting = _times(instance, index, stops, clients, long[legs].tolist())
        found.append(
            Course(
                number=number,
                vehicle=index,
                stops=stops,
                clients=clients,
                loads=_loads(instance, clients),
                distance=float(far[legs].sum()),
                waiting=waiting,
                timing=timing,
            )
        )
    return found


def _legs(instance: VrpInstance, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances and durations from each location of ``a`` to the one of ``b`` beside it."""
    if instance.distances is not None:
        far = instance.distances[a, b]
    else:
        assert instance.coordinates is not None
        far = measure(
            instance.coordinates[a], instance.coordinates[b], instance.metric, instance.rounding
        )
    return far, far if instance.durations is None else instance.durations[a, b]


def _loads(instance: VrpInstance, clients: tuple[int, ...]) -> np.ndarray:
    rows = list(clients)
    loads = np.zeros((len(rows) + 1, instance.dimensions))
    if instance.deliveries is not None:
        delivered = instance.deliveries[rows]
        # Summed from the end, so that the last client leaves exactly nothing to deliver.
        loads[:-1] += np.cumsum(delivered[::-1], axis=0)[::-1]
    if instance.pickups is not None:
        loads[1:] += np.cumsum(instance.pickups[rows], axis=0)
    return loads


def _times(
    instance: VrpInstance,
    index: int,
    stops: tuple[int, ...],
    clients: tuple[int, ...],
    travel: list[float],
) -> tuple[Timing, float]:
    rows = list(stops)
    vehicle = instance.vehicles[index]
    service = [0.0] * len(rows) if instance.service is None else instance.service[rows].tolist()
    windows = [instance.windows[i] if instance.windows else () for i in rows]
    earliest = vehicle.shift_start
    if instance.release is not None:
        earliest = max(earliest, float(instance.release[list(clients)].max()))
    timing = shortest(Chain(travel, service, windows, earliest, vehicle.shift_end))
    return timing, max(0.0, timing.duration - sum(travel) - sum(service))
