"""The checker's messages and figures, rule by rule."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from netroute.problems.vrp import Route, VehicleType, VrpBuilder, VrpInstance, VrpSolution
from netroute.problems.vrp.check import check


@pytest.fixture
def line() -> VrpInstance:
    """Depot at 0, clients 1, 2 and 3 at those places on a line; capacity 3."""
    builder = VrpBuilder().add_depot(0, 0)
    for place in (1, 2, 3):
        builder.add_client(place, 0, delivery=1)
    return builder.add_vehicle_type(capacity=3).build()


def faults(instance, *routes):
    return [(v.code, v.amount) for v in check(instance, VrpSolution.of(routes)).violations]


def messages(instance, solution):
    return [v.message for v in check(instance, solution).violations]


def test_good_plan(line):
    evaluation = check(line, VrpSolution.of([[1, 2, 3]]))
    assert evaluation.feasible
    assert evaluation.objective == 6.0
    assert evaluation.metrics["utilisation"] == [1.0]
    assert evaluation.metrics["routes"] == 1


def test_faulty_clients_are_named_one_by_one(line):
    plan = VrpSolution.of([[1, 1], [0, 7], [1]])
    assert messages(line, plan) == [
        "route 2: location 0 is a depot, expected a client from 1 to 3",
        "client 1 is served 3 times (routes 1, 1, 3)",
        "route 2: location 7 is unknown, expected a client from 1 to 3",
        "client 2 is not served",
        "client 3 is not served",
    ]


def test_negative_client_is_unknown_and_not_counted_from_the_end(line):
    assert faults(line, [1, 2, 3, -1]) == [("client.unknown", 1.0)]


def test_empty_plan_reports_every_client_and_costs_nothing(line):
    evaluation = check(line, VrpSolution(()))
    assert [v.code for v in evaluation.violations] == ["client.missing"] * 3
    assert evaluation.objective == 0.0
    assert evaluation.metrics["unserved"] == [1, 2, 3]


def test_empty_routes_stay_at_home(line):
    limited = line.replace(vehicles=(VehicleType(capacity=3, number=1, fixed_cost=10),))
    plan = VrpSolution((Route(()), Route((1, 2, 3)), Route(())))
    evaluation = check(limited, plan)
    assert evaluation.feasible
    assert evaluation.objective == 16.0
    assert evaluation.metrics["vehicles"] == [1]


def test_unknown_vehicle_type(line):
    plan = VrpSolution((Route((1, 2, 3), 4), Route((), -1)))
    assert messages(line, plan) == [
        "route 1: vehicle type 4 is unknown, expected 0",
        "route 2: vehicle type -1 is unknown, expected 0",
    ]


def test_more_routes_than_vehicles(line):
    limited = line.replace(vehicles=(VehicleType(capacity=3, number=1),))
    assert faults(limited, [1], [2], [3]) == [("vehicle.number", 2.0)]


def test_capacity_in_each_dimension():
    builder = VrpBuilder().add_depot(0, 0)
    builder.add_client(1, 0, delivery=(1, 5)).add_client(2, 0, delivery=(2, 2))
    instance = builder.add_vehicle_type(capacity=(2, 6)).build()
    assert messages(instance, VrpSolution.of([[1, 2]])) == [
        "route 1: load 3 exceeds the capacity 2 in dimension 0",
        "route 1: load 7 exceeds the capacity 6 in dimension 1",
    ]


def test_pickups_need_room_that_deliveries_have_left():
    builder = VrpBuilder().add_depot(0, 0)
    builder.add_client(1, 0, delivery=3).add_client(2, 0, pickup=3)
    instance = builder.add_vehicle_type(capacity=4).build()
    assert faults(instance, [1, 2]) == []
    assert faults(instance, [2, 1]) == [("route.capacity", 2.0)]


def test_real_demands_that_fill_a_vehicle_exactly_fit():
    builder = VrpBuilder().add_depot(0, 0)
    for _ in range(10):
        builder.add_client(1, 0, delivery=0.1)
    instance = builder.add_vehicle_type(capacity=1.0).build()
    assert faults(instance, list(range(1, 11))) == []
    assert faults(instance.replace(vehicles=(VehicleType(capacity=0.999999),)), range(1, 11))


def test_windows_name_client_and_lateness():
    instance = VrpBuilder().add_depot(0, 0).add_client(9, 0, windows=[(0, 2), (4, 5)]).build()
    plan = VrpSolution.of([[1]])
    assert messages(instance, plan) == [
        "route 1: client 1 is reached at 9, 4 after its last window has closed"
    ]


def test_depot_window_and_shift_end():
    builder = VrpBuilder().add_depot(0, 0, windows=[(2, 10)]).add_client(5, 0)
    instance = builder.add_vehicle_type(shift_end=11).build()
    assert messages(instance, VrpSolution.of([[1]])) == [
        "route 1: depot 0 is reached at 12, 2 after its last window has closed",
        "route 1: ends at 12, after the shift end 11",
    ]


def test_route_waits_for_the_release_of_its_clients(line):
    late = line.replace(release=[0, 0, 8, 0], vehicles=(VehicleType(capacity=3, shift_end=13),))
    assert faults(late, [1, 2, 3]) == [("route.shift", 1.0)]
    assert faults(late, [1, 2], [3]) == []


def test_limits_on_distance_and_duration(line):
    service = line.replace(
        service=[0, 1, 1, 1], vehicles=(VehicleType(capacity=3, max_distance=5, max_duration=8),)
    )
    assert faults(service, [1, 2, 3]) == [("route.distance", 1.0), ("route.duration", 1.0)]
    assert faults(service, [1, 2], [3]) == [("route.distance", 1.0)]


def test_waiting_that_a_later_departure_avoids_is_not_charged():
    builder = VrpBuilder().add_depot(0, 0).add_client(1, 0, windows=[(50, 60)])
    instance = builder.add_vehicle_type(duration_cost=2, max_duration=2).build()
    evaluation = check(instance, VrpSolution.of([[1]]))
    assert evaluation.feasible
    assert evaluation.metrics["waiting"] == 0.0
    assert evaluation.objective == 2 + 2 * 2


def test_cost_of_each_vehicle_type_depots_and_open_routes():
    builder = VrpBuilder().add_depot(0, 0).add_depot(10, 0).add_client(4, 0).add_client(12, 0)
    builder.add_vehicle_type(fixed_cost=100, end_depot=None)
    builder.add_vehicle_type(fixed_cost=7, distance_cost=3, start_depot=1, end_depot=0)
    plan = VrpSolution((Route((2,), 0), Route((3,), 1)))
    evaluation = check(builder.build(), plan)
    assert evaluation.feasible
    assert evaluation.objective == (100 + 4) + (7 + 3 * (2 + 12))
    assert evaluation.metrics["costs"] == {
        "distance": 46.0,
        "duration": 0.0,
        "fixed": 107.0,
        "prizes": 0.0,
    }


def test_prizes_of_clients_that_are_left_out():
    builder = VrpBuilder().add_depot(0, 0)
    builder.add_client(1, 0, prize=5, required=False).add_client(2, 0, prize=9, required=False)
    instance = builder.build()
    assert check(instance, VrpSolution.of([[1]])).objective == 2 + 9
    assert check(instance, VrpSolution(())).objective == 14
    assert check(instance, VrpSolution(())).feasible


def test_asymmetric_matrix_is_read_from_row_to_column():
    distances = [[0, 1, 2], [4, 0, 8], [16, 32, 0]]
    instance = VrpInstance(distances=distances, deliveries=[0, 1, 1])
    assert check(instance, VrpSolution.of([[1, 2]])).objective == 1 + 8 + 16
    assert check(instance, VrpSolution.of([[2, 1]])).objective == 2 + 32 + 4


def test_metrics_are_plain_data_and_name_the_rounding(line):
    metrics = check(line.replace(rounding="nearest"), VrpSolution.of([[1, 2]])).metrics
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert metrics["rounding"] == "nearest"
    assert metrics["unserved"] == [3]


def test_unlimited_capacity_has_no_utilisation(line):
    plan = VrpSolution.of([[1, 2, 3]])
    for vehicle in (VehicleType(), VehicleType(capacity=math.inf)):
        evaluation = check(line.replace(vehicles=(vehicle,)), plan)
        assert evaluation.feasible
        assert evaluation.metrics["utilisation"] == [None]


def test_rounding_convention_decides_the_cost():
    coordinates = [[0, 0], [1.5, 0]]
    costs = {"exact": 3.0, "nearest": 4.0, "up": 4.0, "down": 2.0, "dimacs": 3.0}
    for rounding, cost in costs.items():
        instance = VrpInstance(coordinates=coordinates, rounding=rounding)
        assert check(instance, VrpSolution.of([[1]])).objective == cost


def test_large_instance_is_checked_without_a_matrix():
    n = 20_001
    rng = np.random.default_rng(1)
    instance = VrpInstance(
        coordinates=rng.integers(0, 10_000, (n, 2)),
        rounding="nearest",
        deliveries=np.r_[0, np.ones(n - 1)],
        vehicles=(VehicleType(capacity=10),),
    )
    routes = np.arange(1, n).reshape(-1, 10)
    assert check(instance, VrpSolution.of(routes)).feasible
