"""A tour on the map, with what is proven of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.geometry import Metric
from netroute.viz.canvas import INK, MUTED, proven
from netroute.viz.maps import Map

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.result import Result
    from netroute.problems.tsp.instance import TspInstance
    from netroute.problems.tsp.solution import TspSolution

TOUR = "#2563a8"
FIXED = "#d1701a"
WRONG = "#d11a2a"

MOST_ARROWS = 500
"""Of longer asymmetric tours the direction could not be seen."""


def plot_tour(
    instance: TspInstance,
    solution: TspSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw an instance, with ``solution`` its tour too, into a picture file.

    Parameters
    ----------
    instance : TspInstance
        With coordinates or display coordinates; of coordinates in space the first two are drawn.
    solution : TspSolution or None
        Any tour; nodes that it leaves out are marked by red crosses.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        For length, bound and gap below the title; the length is recomputed without it.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The instance has no coordinates, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    points = instance.coordinates if instance.coordinates is not None else instance.display
    if points is None:
        raise InputError(
            "the instance has a distance matrix but no coordinates, so there is no map to draw",
            code="plot.coordinates",
            where=instance.name,
        )
    points = np.asarray(points)[:, :2]
    if instance.metric is Metric.GEOGRAPHIC:
        points = points[:, ::-1]  # latitude comes first in files, but upwards on maps
    chart = Map(points)
    _draw(chart, instance, points, solution)
    chart.save(path, title or instance.name, _words(instance, solution, result))


def _draw(
    chart: Map, instance: TspInstance, points: np.ndarray, solution: TspSolution | None
) -> None:
    from matplotlib.collections import LineCollection

    tour = np.zeros(0, np.int64) if solution is None else solution.tour.astype(np.int64)
    tour = tour[tour < instance.size]
    x, y = points.T
    if len(tour):
        closed = np.append(tour, tour[0])
        chart.axes.plot(
            x[closed],
            y[closed],
            color=TOUR,
            linewidth=0.4 + 1.4 * chart.fine,
            solid_joinstyle="round",
            zorder=1,
        )
        if not instance.symmetric and len(tour) <= MOST_ARROWS:
            _arrows(chart, points[closed])
    if len(instance.fixed_edges):
        lines = LineCollection(
            list(points[instance.fixed_edges]),
            colors=FIXED,
            linewidths=1.2 + 2.0 * chart.fine,
            capstyle="round",
            zorder=2,
        )
        chart.axes.add_collection(lines)
    visited = np.zeros(instance.size, bool)
    visited[tour] = True
    shown = visited if solution is not None else ~visited
    colour = INK if solution is not None else MUTED
    chart.axes.scatter(x[shown], y[shown], s=0.6 * chart.dot, c=colour, linewidths=0, zorder=3)
    left = ~shown
    chart.axes.scatter(
        x[left], y[left], s=3 * chart.dot, c=WRONG, marker="x", linewidths=1, zorder=4
    )


def _arrows(chart: Map, path: np.ndarray) -> None:
    """Draw an arrow head in the middle of each edge: the way matters."""
    step = np.diff(path, axis=0)
    length = np.hypot(*step.T)
    used = length > 0
    middle = (path[:-1] + path[1:])[used] / 2
    along = step[used] / length[used, None]
    chart.axes.quiver(
        *middle.T,
        *along.T,
        angles="xy",
        pivot="mid",
        units="inches",
        scale_units="inches",
        scale=10.0,
        width=0.01,
        headwidth=9.0,
        headlength=10.0,
        headaxislength=9.0,
        color=TOUR,
        zorder=2,
    )


def _words(instance: TspInstance, solution: TspSolution | None, result: Result | None) -> list[str]:
    words: list[str] = []
    if result is not None:
        words += proven(result.objective, result.bound, noun="length")
    elif solution is not None:
        from netroute.problems.tsp.check import check

        evaluation = check(instance, solution)
        words += proven(evaluation.objective, None, noun="length")
        if not evaluation.feasible:
            words.append("infeasible")
    words.append(f"{instance.size} nodes")
    if len(instance.fixed_edges):
        words.append(f"{len(instance.fixed_edges)} fixed")
    return words
