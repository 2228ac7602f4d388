from __future__ import annotations

import numpy as np
import pytest

from netroute.core.errors import InputError
from netroute.problems.vrp import VehicleType, VrpBuilder, VrpInstance, VrpSolution


def test_builds_what_the_constructor_builds():
    builder = VrpBuilder("two", rounding="nearest").add_depot(0, 0, service=2, windows=[(0, 90)])
    builder.add_client(3, 4, delivery=2, pickup=1, service=5, windows=[(1, 2), (8, 9)], release=1)
    builder.add_client(6, 8, delivery=1, prize=7, required=False)
    builder.add_vehicle_type(capacity=5, number=2, max_duration=80)
    expected = VrpInstance(
        coordinates=[[0, 0], [3, 4], [6, 8]],
        rounding="nearest",
        deliveries=[0, 2, 1],
        pickups=[0, 1, 0],
        service=[2, 5, 0],
        windows=[[(0, 90)], [(1, 2), (8, 9)], []],
        release=[0, 1, 0],
        prizes=[0, 0, 7],
        required=[True, True, False],
        vehicles=VehicleType(capacity=5, number=2, max_duration=80),
    )
    assert builder.build().fingerprint == expected.fingerprint
    assert builder.build().name == "two"


def test_plain_instance_carries_nothing_unused():
    instance = VrpBuilder().add_depot(0, 0).add_client(1, 1, delivery=1).build()
    assert instance.features() == frozenset()
    unused = ("pickups", "service", "windows", "release", "prizes", "required", "distances")
    assert all(getattr(instance, name) is None for name in unused)


def test_matrices_without_coordinates():
    builder = VrpBuilder().add_depot().add_client(delivery=1).add_client(delivery=1)
    matrix = np.arange(9).reshape(3, 3)
    instance = builder.set_distances(matrix).set_durations(2 * matrix).build()
    assert instance.distance(1, 2) == 5
    assert instance.duration(2, 0) == 12
    assert instance.coordinates is None


def test_several_dimensions_and_depots():
    builder = VrpBuilder().add_depot(0, 0).add_depot(9, 9).add_client(1, 1, delivery=(1, 2))
    builder.add_client(2, 2).add_vehicle_type(capacity=(3, 4), start_depot=1, end_depot=0)
    instance = builder.build()
    assert instance.depots == 2
    assert instance.deliveries.tolist() == [[0, 0], [0, 0], [1, 2], [0, 0]]


def located():
    return VrpBuilder().add_depot(0, 0)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: VrpBuilder().build(), "no depot"),
        (lambda: VrpBuilder().add_depot().build(), "location 0 has no coordinates"),
        (lambda: located().add_client(1).build(), "location 1 has no coord"),
        (lambda: located().add_client(1, 1).add_depot(2, 2), "after a client"),
        (
            lambda: located().add_client(1, 1, delivery=(1, 2), pickup=1).build(),
            "dimensions differ",
        ),
        (lambda: VrpBuilder(metric="street").add_depot(0, 0).build(), "expected one of: euclid"),
        (lambda: VrpBuilder().add_vehicle_type(wheels=4), "wheels"),
        (lambda: VrpBuilder().add_vehicle_type(capacity=-1), "found -1.0"),
        (lambda: located().add_client(1, 1, service=-1).build(), "client 1"),
    ],
)
def test_faults(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_timetable_and_loads_of_a_solution():
    builder = VrpBuilder().add_depot(0, 0).add_client(3, 4, delivery=2, service=1)
    builder.add_client(3, 4, pickup=5, windows=[(20, 30)]).add_client(1, 0, required=False)
    instance = builder.add_vehicle_type(capacity=6).build()
    solution = VrpSolution.of([[1, 2]])
    (route,) = solution.schedule(instance)
    assert [(s.location, s.arrival, s.start, s.departure) for s in route.stops] == [
        (0, 14.0, 14.0, 14.0),
        (1, 19.0, 19.0, 20.0),
        (2, 20.0, 20.0, 20.0),
        (0, 25.0, 25.0, 25.0),
    ]
    assert [s.load for s in route.stops] == [(2.0,), (0.0,), (5.0,), (5.0,)]
    assert route.duration == 11.0
    assert route.to_dict()["stops"][3]["load"] == (5.0,)
    assert solution.unserved(instance) == [3]
