"""CVRPLIB solution files: read as they stand, written with the checked cost."""

import pytest

import netroute
from netroute import InputError, VehicleType, VrpInstance, VrpSolution
from netroute.formats import stated_cost
from netroute.formats.sol import parse_sol
from netroute.problems.vrp import Route


@pytest.fixture
def instance():
    return VrpInstance(
        coordinates=[[0, 0], [0, 10], [0, 20], [7.5, 0]],
        deliveries=[0, 1, 1, 1],
        vehicles=(VehicleType(capacity=(2,)),),
    )


def test_written_file(tmp_path, instance):
    path = tmp_path / "x.sol"
    plan = VrpSolution.of([[2, 1], [3]])
    netroute.write(path, instance, plan)
    assert path.read_text() == "Route #1: 2 1\nRoute #2: 3\nCost 55\n"
    assert netroute.read_solution(path, instance) == plan
    assert stated_cost(path) == 55


def test_vehicle_types_survive(tmp_path, instance):
    small, large = VehicleType(capacity=(1,)), VehicleType(capacity=(2,))
    fleet = instance.replace(vehicles=(small, large))
    plan = VrpSolution((Route((2, 1), 1), Route((3,), 0)))
    netroute.write(tmp_path / "x.sol", fleet, plan)
    assert netroute.read_solution(tmp_path / "x.sol", fleet) == plan


@pytest.mark.parametrize(
    "text",
    [
        "Route #1: 2 1\nRoute #2: 3\nCost 55",
        "Route #1: 2 1 \r\nRoute #2: 3 \r\nCost 55 \r\n",
        "route 1 : 2 1\nROUTE #2 :\t3\ncost: 55.0\n",
        "# best known\n\nRoute #1: 2, 1\nRoute #2: 3\nCost = 5.5e1\nTime 12.3\nSolver: x y\n",
    ],
)
def test_spellings(text):
    plan, cost = parse_sol(text)
    assert plan.visits() == [(2, 1), (3,)]
    assert cost == 55


def test_what_is_infeasible_is_read_and_reported_client_by_client(tmp_path, instance):
    path = tmp_path / "x.sol"
    path.write_text("Route #1: 1 1 99 -4\n")
    plan = netroute.read_solution(path, instance)
    assert plan.visits() == [(1, 1, 99, -4)]
    assert stated_cost(path) is None
    codes = {v.code for v in netroute.check(instance, plan).violations}
    assert {"client.missing", "client.doubled", "client.unknown"} <= codes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Route #1: 1 x\n", "f.sol:1: found 'x', expected a client number"),
        ("Route #1: 1 2.5\n", "f.sol:1: found '2.5', expected a client number"),
        ("Route #1: 1 ٣\n", "f.sol:1: found '٣', expected a client number"),
        ("Cost 5\nRoute #1 1 2\n", "f.sol:2: found 'Route #1 1 2', expected 'Route #1: 5 3 8'"),
        ("Cost 5\n\n1 2 3\n", "f.sol:3: found '1 2 3', expected 'Route #1: 5 3 8'"),
        ("Cost nan\n", "f.sol:1: Cost: found 'nan', expected a finite number"),
        ("hello world\n", "f.sol: found neither a line 'Route #1: ...' nor 'Cost ...'"),
        ("Route #1: 1\nVehicles 0 0\n", "f.sol: Vehicles: found 2 vehicle types, expected 1"),
        ("Route #1: 1\nVehicles a\n", "f.sol:2: found 'a', expected the vehicle type"),
    ],
)
def test_faults(text, expected):
    with pytest.raises(InputError) as caught:
        parse_sol(text, "f.sol")
    assert expected in str(caught.value)


def test_missing_file(tmp_path, instance):
    with pytest.raises(InputError, match="no such file"):
        netroute.read_solution(tmp_path / "x.sol", instance)


def test_instance_file_is_no_solution(tmp_path, instance):
    netroute.write(tmp_path / "x.vrp", instance)
    with pytest.raises(InputError, match=r"found a vrplib file .* no solution can be read"):
        netroute.read_solution(tmp_path / "x.vrp", instance)
