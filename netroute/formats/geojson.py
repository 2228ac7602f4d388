"""Writer of GeoJSON (RFC 7946): routes as lines, depots and clients as points.

GeoJSON means longitude and latitude in degrees. `Metric.GEOGRAPHIC` coordinates are converted from
TSPLIB's degrees and minutes; all others are written as ``[x, y]`` as they are, which map software
shows in the right place only if they were longitudes and latitudes to begin with.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.core.files import write_atomic
from netroute.formats.text import plain
from netroute.problems.geometry import Metric

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.solution import VrpSolution


def write_geojson(path: str | Path, instance: VrpInstance, solution: VrpSolution) -> None:
    """Write a plan for map software.

    Raises
    ------
    UnsupportedError
        The instance has no coordinates.
    InputError
        The plan visits a client that the instance does not have, or the file cannot be written.
    """
    write_atomic(path, json.dumps(to_geojson(instance, solution), allow_nan=False) + "\n")


def to_geojson(instance: VrpInstance, solution: VrpSolution) -> dict[str, Any]:
    """Return a plan as a GeoJSON FeatureCollection.

    Properties of a route: ``kind``, ``route`` (from 1), ``vehicle``, ``clients``, ``distance`` and
    ``load``. Of a point: ``kind`` (``depot`` or ``client``), ``location``, ``demand``, and for
    clients the ``route`` (null if unserved) and the ``stop`` in it (from 1).

    Examples
    --------
    >>> from netroute.problems.vrp import VrpInstance, VrpSolution
    >>> instance = VrpInstance(coordinates=[[0, 0], [3, 4]], deliveries=[0, 1])
    >>> features = to_geojson(instance, VrpSolution.of([[1]]))["features"]
    >>> features[0]["geometry"]
    {'type': 'LineString', 'coordinates': [[0, 0], [3, 4], [0, 0]]}
    """
    if instance.coordinates is None:
        raise UnsupportedError(f"instance {instance.name!r} has no coordinates to draw")
    points = [[plain(x), plain(y)] for x, y in _degrees(instance)]
    demand = instance.demand()
    features: list[dict[str, Any]] = []
    stops: dict[int, tuple[int, int]] = {}
    for index, route in enumerate(solution.routes, start=1):
        for stop, client in enumerate(route.clients, start=1):
            if client not in instance.clients:
                raise InputError(
                    f"route {index}: found client {client}, expected {instance.clients.start} to "
                    f"{instance.clients.stop - 1}",
                    code="geojson.client",
                )
            stops[client] = (index, stop)
        if not 0 <= route.vehicle < len(instance.vehicles):
            raise InputError(
                f"route {index}: found vehicle type {route.vehicle}, expected 0 to "
                f"{len(instance.vehicles) - 1}",
                code="geojson.vehicle",
            )
        if not route.clients:
            continue
        vehicle = instance.vehicles[route.vehicle]
        end = () if vehicle.end_depot is None else (vehicle.end_depot,)
        path = (vehicle.start_depot, *route.clients, *end)
        distance = sum(instance.distance(a, b) for a, b in itertools.pairwise(path))
        properties = {
            "kind": "route",
            "route": index,
            "vehicle": route.vehicle,
            "clients": list(route.clients),
            "distance": plain(distance),
            "load": [plain(amount) for amount in demand[list(route.clients)].sum(axis=0)],
        }
        features.append(_feature("LineString", [points[i] for i in path], properties))
    for location, point in enumerate(points):
        is_depot = location < instance.depots
        properties = {
            "kind": "depot" if is_depot else "client",
            "location": location,
            "demand": [plain(amount) for amount in demand[location]],
        }
        if not is_depot:
            route_stop = stops.get(location, (None, None))
            properties |= {"route": route_stop[0], "stop": route_stop[1]}
        features.append(_feature("Point", point, properties))
    return {"type": "FeatureCollection", "name": instance.name, "features": features}


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def _degrees(instance: VrpInstance) -> np.ndarray:
    """Coordinates as x and y, or as longitude and latitude in decimal degrees."""
    assert instance.coordinates is not None
    if instance.metric is not Metric.GEOGRAPHIC:
        return instance.coordinates
    whole = np.trunc(instance.coordinates)
    degrees: np.ndarray = whole + (instance.coordinates - whole) / 0.6
    return degrees[:, ::-1]
