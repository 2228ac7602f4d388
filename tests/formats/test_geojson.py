"""GeoJSON: valid by RFC 7946, with what map software shows."""

import json

import pytest

import netroute
from netroute import InputError, UnsupportedError, VehicleType, VrpInstance, VrpSolution

PLAN = VrpSolution.of([[2, 1]])


@pytest.fixture
def instance():
    return VrpInstance(
        coordinates=[[0, 0], [3, 4], [6, 8], [1, 1]],
        deliveries=[0, 1, 2.5, 1],
        vehicles=(VehicleType(capacity=(4,)),),
    )


def features(tmp_path, instance, plan=PLAN):
    path = tmp_path / "x.geojson"
    netroute.write(path, instance, plan)
    data = json.loads(path.read_text())
    assert data["type"] == "FeatureCollection"
    assert all(f["type"] == "Feature" for f in data["features"])
    return data["features"]


def test_routes_and_stops(tmp_path, instance):
    route, depot, first, second, unserved = features(tmp_path, instance)
    assert route["geometry"]["type"] == "LineString"
    assert route["geometry"]["coordinates"] == [[0, 0], [6, 8], [3, 4], [0, 0]]
    assert route["properties"] == {
        "kind": "route",
        "route": 1,
        "vehicle": 0,
        "clients": [2, 1],
        "distance": 20,
        "load": [3.5],
    }
    assert depot["geometry"] == {"type": "Point", "coordinates": [0, 0]}
    assert depot["properties"]["kind"] == "depot"
    assert (first["properties"]["route"], first["properties"]["stop"]) == (1, 2)
    assert second["properties"]["stop"] == 1
    assert unserved["properties"]["route"] is None


def test_open_route_ends_at_its_last_client(tmp_path, instance):
    vehicle = VehicleType(capacity=(4,), end_depot=None)
    line = features(tmp_path, instance.replace(vehicles=(vehicle,)))[0]["geometry"]
    assert line["coordinates"] == [[0, 0], [6, 8], [3, 4]]


def test_degrees_and_minutes_become_longitude_and_latitude(tmp_path, instance):
    globe = instance.replace(metric="geographic", coordinates=[[16.30, -94.15]] * 4)
    point = features(tmp_path, globe)[1]["geometry"]["coordinates"]
    assert point == pytest.approx([-94.25, 16.5])


def test_what_cannot_be_drawn(tmp_path, instance):
    path = tmp_path / "x.geojson"
    with pytest.raises(InputError, match="route 1: found client 9, expected 1 to 3"):
        netroute.write(path, instance, VrpSolution.of([[9]]))
    with pytest.raises(InputError, match="route 1: found vehicle type 1, expected 0 to 0"):
        netroute.write(path, instance, VrpSolution.of([[1]], vehicle=1))
    with pytest.raises(UnsupportedError, match="has no coordinates"):
        netroute.write(path, VrpInstance(distances=[[0, 1], [1, 0]]), VrpSolution.of([[1]]))
    assert not path.exists()
