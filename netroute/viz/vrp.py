"""A plan on the map: routes in colours, depots, clients, and what is proven of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.geometry import Metric
from netroute.viz.canvas import INK, MUTED, proven
from netroute.viz.colours import distinct
from netroute.viz.maps import Map

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.result import Result
    from netroute.problems.vrp.instance import VrpInstance
    from netroute.problems.vrp.solution import Route, VrpSolution


def plot_routes(
    instance: VrpInstance,
    solution: VrpSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw an instance, with ``solution`` its routes too, into a picture file.

    Parameters
    ----------
    instance : VrpInstance
        Needs coordinates.
    solution : VrpSolution or None
        Any plan; clients that it leaves out are marked by red crosses.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        For cost, bound and gap below the title; the cost is recomputed without it.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The instance has no coordinates, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    if instance.coordinates is None:
        raise InputError(
            "the instance has a distance matrix but no coordinates, so there is no map to draw",
            code="plot.coordinates",
            where=instance.name,
        )
    points = np.asarray(instance.coordinates)
    if instance.metric is Metric.GEOGRAPHIC:
        points = points[:, ::-1]  # latitude comes first in files, but upwards on maps
    chart = Map(points)
    routes = [] if solution is None else [r for r in solution.routes if r.clients]
    _draw(chart, instance, points, routes, planned=solution is not None)
    chart.save(path, title or instance.name, _words(instance, solution, result))


def _draw(
    chart: Map, instance: VrpInstance, points: np.ndarray, routes: list[Route], *, planned: bool
) -> None:
    from matplotlib.collections import LineCollection

    axes, fine, dot = chart.axes, chart.fine, chart.dot
    order = sorted(range(len(routes)), key=lambda i: _bearing(instance, points, routes[i]))
    known = range(instance.size)
    tours, legs, owner = [], [], np.full(instance.size, -1)
    for rank, index in enumerate(order):
        route = routes[index]
        stops = [c for c in route.clients if c in known]
        if not stops:
            continue
        owner[stops] = rank
        vehicle = instance.vehicles[route.vehicle if route.vehicle < len(instance.vehicles) else 0]
        tours.append((points[stops], rank))
        legs.append((points[[vehicle.start_depot, stops[0]]], rank))
        if vehicle.end_depot is not None:
            legs.append((points[[stops[-1], vehicle.end_depot]], rank))
    colours = np.array(distinct(len(routes)) or [(0.5, 0.5, 0.5)])
    for lines, alpha, width, layer in (
        (legs, 0.14 + 0.2 * fine, 0.5 + 0.4 * fine, 1),
        (tours, 0.95, 0.6 + 1.4 * fine, 2),
    ):
        collection = LineCollection(
            [line for line, _ in lines],
            colors=[(*colours[rank], alpha) for _, rank in lines],
            linewidths=width,
            capstyle="round",
            joinstyle="round",
            zorder=layer,
        )
        axes.add_collection(collection)
    clients = np.arange(instance.depots, instance.size)
    served = clients[owner[clients] >= 0]
    left = clients[owner[clients] < 0]
    x, y = points.T
    axes.scatter(x[served], y[served], s=dot, c=colours[owner[served]], linewidths=0, zorder=3)
    if planned:
        axes.scatter(x[left], y[left], s=3 * dot, c="#d11a2a", marker="x", linewidths=1, zorder=4)
    else:
        axes.scatter(x[left], y[left], s=dot, c=MUTED, linewidths=0, zorder=3)
    axes.scatter(
        x[: instance.depots],
        y[: instance.depots],
        s=90,
        c=INK,
        marker="s",
        edgecolors="white",
        linewidths=1.6,
        zorder=5,
    )


def _bearing(instance: VrpInstance, points: np.ndarray, route: Route) -> float:
    """Direction from the first depot to the middle of a route: neighbours get other colours."""
    stops = [c for c in route.clients if 0 <= c < instance.size]
    if not stops:
        return 0.0
    x, y = points[stops].mean(axis=0) - points[0]
    return math.atan2(float(y), float(x))


def _words(instance: VrpInstance, solution: VrpSolution | None, result: Result | None) -> list[str]:
    clients = len(instance.clients)
    if solution is None:
        return [f"{clients} clients"]
    words: list[str] = []
    if result is not None:
        words += proven(result.objective, result.bound)
    else:
        from netroute.problems.vrp.check import check

        evaluation: Any = check(instance, solution)
        words += proven(evaluation.objective, None)
        if not evaluation.feasible:
            words.append("infeasible")
    routes = sum(1 for route in solution.routes if route.clients)
    return [*words, f"{routes} vehicles", f"{clients} clients"]
