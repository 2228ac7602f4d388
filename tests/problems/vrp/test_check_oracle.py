"""The checker against a slow oracle that tries every moment of departure, one by one."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netroute.problems.vrp import Route, VehicleType, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check
from netroute.problems.vrp.schedule import schedule

HORIZON = 160
whole = st.integers


def maybe(strategy):
    return st.none() | strategy


@st.composite
def windows(draw):
    """Up to three windows, sorted and apart."""
    ends = sorted(draw(st.lists(whole(0, 60), max_size=6, unique=True)))
    ends = ends[: len(ends) // 2 * 2]
    return tuple((float(a), float(b)) for a, b in zip(ends[::2], ends[1::2], strict=True))


@st.composite
def vehicle_types(draw, depots, dimensions):
    start = draw(whole(0, 20))
    return VehicleType(
        capacity=tuple(draw(whole(5, 15)) for _ in range(dimensions)),
        number=draw(maybe(whole(0, 2))),
        start_depot=draw(whole(0, depots - 1)),
        end_depot=draw(maybe(whole(0, depots - 1))),
        fixed_cost=draw(whole(0, 9)),
        distance_cost=draw(whole(0, 3)),
        duration_cost=draw(whole(0, 3)),
        shift_start=start,
        shift_end=draw(st.just(math.inf) | whole(start, 90)),
        max_distance=draw(st.just(math.inf) | whole(10, 60)),
        max_duration=draw(st.just(math.inf) | whole(10, 60)),
    )


@st.composite
def cases(draw):
    """Draw an instance that uses any mix of features, and any routes, valid or not."""
    depots = draw(whole(1, 2))
    n = depots + draw(whole(1, 5))
    dimensions = draw(whole(1, 2))
    matrix = st.lists(whole(0, 15), min_size=n * n, max_size=n * n)

    def square(values):
        return None if values is None else np.reshape(values, (n, n))

    def column(strategy, of_depots=None):
        rows = [draw(strategy if of_depots is None or i >= depots else of_depots) for i in range(n)]
        return draw(st.sampled_from([None, rows]))

    loads = st.lists(whole(0, 5), min_size=dimensions, max_size=dimensions)
    nothing = st.just([0] * dimensions)
    instance = VrpInstance(
        depots=depots,
        coordinates=[[draw(whole(0, 9)), draw(whole(0, 9))] for _ in range(n)],
        metric="manhattan",
        distances=square(draw(maybe(matrix))),
        durations=square(draw(maybe(matrix))),
        deliveries=[draw(nothing if i < depots else loads) for i in range(n)],
        pickups=column(loads, nothing),
        service=column(whole(0, 6)),
        windows=column(windows()),
        release=column(whole(0, 30)),
        prizes=column(whole(0, 30)),
        required=column(st.booleans()),
        vehicles=tuple(draw(vehicle_types(depots, dimensions)) for _ in range(draw(whole(1, 2)))),
    )
    order = draw(st.permutations(range(depots, n)))
    extra = draw(st.lists(whole(-1, n + 1), max_size=1))
    visits = [*order[: draw(whole(0, n - depots))], *extra]
    cuts = sorted(draw(st.lists(whole(0, len(visits)), max_size=2)))
    parts = [visits[a:b] for a, b in zip([0, *cuts], [*cuts, len(visits)], strict=True)]
    routes = [Route(tuple(part), draw(whole(0, 2))) for part in parts]
    return instance, VrpSolution(tuple(routes))


def drive(instance, stops, begin):
    """Begin service at the first stop at ``begin``; wait minute by minute. None if too late."""
    now = begin
    times = []
    for position, place in enumerate(stops):
        if position:
            before = stops[position - 1]
            now += int(instance.service[before]) if instance.service is not None else 0
            now += int(instance.duration(before, place))
        allowed = instance.windows[place] if instance.windows else ()
        while allowed and not any(a <= now <= b for a, b in allowed):
            if now > allowed[-1][1]:
                return None
            now += 1
        times.append(now)
    last = int(instance.service[stops[-1]]) if instance.service is not None else 0
    return times, now + last


def judge(instance, solution):
    """Return objective and violation codes as the rules say, by the simplest possible means."""
    codes = Counter()
    objective = 0.0
    known = set(range(instance.depots, instance.size))
    seen = Counter(c for route in solution.routes for c in route.clients)
    codes["client.unknown"] = len(set(seen) - known)
    codes["client.doubled"] = sum(seen[c] > 1 for c in known)
    for client in known - set(seen):
        if instance.required is None or instance.required[client]:
            codes["client.missing"] += 1
        if instance.prizes is not None:
            objective += instance.prizes[client]
    used = Counter(route.vehicle for route in solution.routes if route.clients)
    for index, vehicle in enumerate(instance.vehicles):
        if vehicle.number is not None and used[index] > vehicle.number:
            codes["vehicle.number"] += 1
    durations = []
    for route in solution.routes:
        index = route.vehicle
        if index >= len(instance.vehicles):
            codes["vehicle.unknown"] += 1
            index = 0
        clients = [c for c in route.clients if c in known]
        if not clients:
            continue
        vehicle = instance.vehicles[index]
        stops = [vehicle.start_depot, *clients]
        if vehicle.end_depot is not None:
            stops.append(vehicle.end_depot)
        distance = sum(instance.distance(a, b) for a, b in itertools.pairwise(stops))
        codes["route.distance"] += distance > vehicle.max_distance
        for k, capacity in enumerate(vehicle.capacity):
            load = sum(instance.deliveries[c][k] for c in clients)
            most = load
            for c in clients:
                load -= instance.deliveries[c][k]
                load += instance.pickups[c][k] if instance.pickups is not None else 0
                most = max(most, load)
            codes["route.capacity"] += most > capacity
        earliest = vehicle.shift_start
        if instance.release is not None:
            earliest = max(earliest, *(instance.release[c] for c in clients))
        shortest = None
        for begin in range(int(earliest), HORIZON):
            run = drive(instance, stops, begin)
            if run is not None and run[1] <= vehicle.shift_end:
                length = run[1] - run[0][0]
                shortest = length if shortest is None else min(shortest, length)
        durations.append(shortest)
        objective += vehicle.fixed_cost + vehicle.distance_cost * distance
        if shortest is not None:
            objective += vehicle.duration_cost * shortest
            codes["route.duration"] += shortest > vehicle.max_duration
    return objective, +codes, durations


@settings(max_examples=250)
@given(cases())
def test_checker_agrees_with_the_oracle(case):
    instance, solution = case
    evaluation = check(instance, solution)
    objective, codes, durations = judge(instance, solution)
    found = Counter(v.code for v in evaluation.violations)
    late = found.pop("route.window", 0) + found.pop("route.shift", 0)
    assert (late > 0) == (None in durations)
    if None in durations:
        found.pop("route.duration", None)
        codes.pop("route.duration", None)
    else:
        assert evaluation.objective == pytest.approx(objective)
        assert evaluation.metrics["duration"] == pytest.approx(sum(durations))
    assert found == codes
    assert evaluation.feasible == (not evaluation.violations)


@settings(max_examples=100)
@given(cases())
def test_timetable_is_one_that_can_be_driven(case):
    """Walk through the timetable stop by stop; it must keep all rules that are not reported."""
    instance, solution = case
    for route in schedule(instance, solution):
        vehicle = instance.vehicles[route.vehicle]
        assert route.stops[0].start >= vehicle.shift_start
        for before, stop in zip(route.stops, route.stops[1:], strict=False):
            trip = instance.duration(before.location, stop.location)
            assert stop.arrival == pytest.approx(before.departure + trip)
        for stop in route.stops:
            allowed = instance.windows[stop.location] if instance.windows else ()
            inside = not allowed or any(a <= stop.start <= b for a, b in allowed)
            assert inside == (stop.late == 0)
            assert stop.start >= stop.arrival
        assert route.duration == pytest.approx(route.stops[-1].departure - route.stops[0].start)
