"""Our own JSON: instances, solutions and results, and each fault by its field."""

import json

import pytest

import netroute
from netroute import InputError, Result, Status, VehicleType, VrpInstance, VrpSolution
from netroute.core.status import StoppedBy
from netroute.formats import stated_cost
from netroute.formats.own import CODECS
from netroute.problems.vrp import Route


@pytest.fixture
def instance():
    return VrpInstance(
        name="toy",
        coordinates=[[0, 0], [0, 10], [0, 20], [7.5, 0]],
        deliveries=[0, 1, 1, 1],
        vehicles=(VehicleType(capacity=(2,)), VehicleType(capacity=(1,), end_depot=None)),
    )


PLAN = VrpSolution((Route((2, 1), 0), Route((3,), 1)))


def test_solution_file(tmp_path, instance):
    path = tmp_path / "x.json"
    netroute.write(path, instance, PLAN)
    data = json.loads(path.read_text())
    assert data["objective"] == 47.5
    assert data["fingerprint"] == instance.fingerprint
    assert list(data)[:3] == ["netroute", "version", "family"]
    assert netroute.read_solution(path, instance) == PLAN
    assert stated_cost(path) == 47.5


def test_result_is_read_as_a_solution(tmp_path, instance):
    result = Result(
        problem="cvrp",
        instance="toy",
        size=4,
        fingerprint=instance.fingerprint,
        solver="x",
        parameters={},
        seed=0,
        threads=1,
        status=Status.FEASIBLE,
        stopped_by=StoppedBy.TIME,
        solution=PLAN,
        objective=47.5,
    )
    path = tmp_path / "x.json"
    result.save(str(path))
    assert netroute.read_solution(path, instance) == PLAN
    assert stated_cost(path) == 47.5
    result.replace(solution=None, objective=None, status=Status.UNKNOWN).save(str(path))
    assert stated_cost(path) is None
    with pytest.raises(InputError, match=r"x\.json: solution: the result holds no solution"):
        netroute.read_solution(path, instance)


def test_bare_solution(tmp_path, instance):
    path = tmp_path / "x.json"
    path.write_text(json.dumps(PLAN.to_dict()))
    assert netroute.read_solution(path, instance) == PLAN


def test_infinity_is_null_and_open_routes_stay_open(tmp_path, instance):
    path = tmp_path / "x.json"
    wide = instance.replace(vehicles=(VehicleType(capacity=(float("inf"),), end_depot=None),))
    netroute.write(path, wide)
    assert json.loads(path.read_text())["vehicles"] == [{"capacity": [None], "end_depot": None}]
    assert netroute.read(path).vehicles == wide.vehicles


def change(path, instance, key, value):
    netroute.write(path, instance)
    data = json.loads(path.read_text())
    if value is ...:
        del data[key]
    else:
        data[key] = value
    path.write_text(json.dumps(data))


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("netroute", "solution", "found 'solution' under 'netroute', expected 'instance'"),
        ("netroute", ..., "found 'no' under 'netroute', expected 'instance'"),
        ("version", 2, "version: found 2, expected 1 (the file comes from a newer netroute)"),
        ("family", "boats", f"family: found 'boats', expected one of: {', '.join(CODECS)}"),
        ("family", ["vrp"], "family: found ['vrp']"),
        ("colour", 1, "colour: unknown field, expected one of: name, depots"),
        ("coordinates", [[0, 0], [1]], "coordinates[1]: found '[1]', expected a list of 2"),
        ("coordinates", [[0, 0], None], "coordinates[1]: found 'None', expected a list of 2"),
        ("coordinates", [[0, 0], [1, "2"]], "coordinates: found '2', expected numbers"),
        ("coordinates", [[0, 0], [1, True]], "coordinates: found 'True', expected numbers"),
        ("coordinates", [[0, 0], [1, None]], "coordinates: found 'None', expected numbers"),
        ("coordinates", [[0, 0], [1, 10**400]], "expected numbers"),
        ("coordinates", [], "coordinates: found no locations, expected a row for each"),
        ("coordinates", "x", "coordinates: found 'x', expected a list of numbers"),
        ("coordinates", ..., "coordinates: neither coordinates nor a distance matrix"),
        ("deliveries", [0, 1, 1, -1], "deliveries: client 3: found -1, expected"),
        ("deliveries", [0, 1, 1, 9], "deliveries: client 3: demand [9.0] exceeds"),
        ("depots", 1.5, "depots: found '1.5', expected an integer"),
        ("depots", 9, "depots: found 9 depots among 4 locations"),
        ("metric", "odd", "metric: found 'odd'"),
        ("rounding", 3, "rounding: found '3', expected a text"),
        ("name", 3, "name: found '3', expected a text"),
        ("required", [1, 1, 1, 1], "required: found '[1, 1, 1, 1]', expected a list of true"),
        ("windows", [[[0]]], "windows[0]: found '[[0]]', expected a list of [open, close]"),
        ("windows", [[["a", 1]]], "windows[0]: found 'a', expected a number or null"),
        ("vehicles", {}, "vehicles: found '{}', expected a list of objects"),
        ("vehicles", [], "vehicles: found no vehicle type"),
        ("vehicles", [7], "vehicles[0]: found '7', expected an object"),
        ("vehicles", [{"capacity": [2], "wheels": 4}], "vehicles[0]: found 'wheels', expected"),
        ("vehicles", [{"capacity": ["2"]}], "vehicles[0].capacity: found '2'"),
        ("vehicles", [{"capacity": [2], "number": 1.5}], "vehicles[0].number: found '1.5'"),
        ("vehicles", [{"capacity": [2], "number": -1}], "vehicle.number: found -1"),
        ("vehicles", [{"capacity": [2], "start_depot": None}], "start_depot: found 'None'"),
    ],
)
def test_instance_faults(tmp_path, instance, key, value, expected):
    path = tmp_path / "x.json"
    change(path, instance, key, value)
    with pytest.raises(InputError) as caught:
        netroute.read(path)
    assert expected in str(caught.value)
    assert str(caught.value).startswith(str(path))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{", "x.json:1: column 2: Expecting property name"),
        ('{\n"a": 1,\n}', "x.json:"),
        ("[1]", "x.json: found a list, expected an object"),
        ('{"routes": NaN}', "x.json:1: found NaN, expected a finite number"),
        ('{"routes": [[1]]}', "x.json: solution.routes[1]: expected {'clients'"),
        ('{"routes": 5}', "x.json: solution"),
        ('{"solution": [1]}', "x.json: solution: found no 'routes'"),
        ('{"netroute": "instance", "version": 1}', "found 'instance' under 'netroute'"),
        ("[" * 100_000, "x.json: nested too deeply"),
        ('{"routes": ' + "9" * 5000 + "}", "x.json: Exceeds the limit"),
    ],
)
def test_solution_faults(tmp_path, instance, text, expected):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        netroute.read_solution(path, instance)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
