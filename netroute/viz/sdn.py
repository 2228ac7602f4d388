"""A network under its admitted flows: how full each arc is, and what each class has got."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.sdn.graphs import arc_load
from netroute.viz.canvas import FAINT, INK, MUTED, new_figure, proven, save

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

    from netroute.core.result import Result
    from netroute.problems.sdn.instance import SdnInstance
    from netroute.problems.sdn.solution import SdnSolution

MAP = 5.8
"""Inches of the map's height; its width follows from the positions."""

NARROW, WIDE = 5.0, 9.5
"""Inches of the map's width at least and at most."""

BESIDE, ABOVE, BELOW = 4.6, 1.0, 0.9
"""Inches beside the map, for the classes, above it and below it."""

NAMED = 60
"""Up to this many nodes, names are written."""

SHORT = 3
"""Names of at most so many letters are written into the nodes, others beside them."""

MOST_BARS = 16
"""Up to this many classes each one is named at its bar."""

IDLE = "#c3c8d0"
ADMITTED = "#2f6f9f"


def plot_network(
    instance: SdnInstance,
    solution: SdnSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw a network, with ``solution`` its utilisation too, and the classes beside it.

    An arc is drawn on its own right-hand side, so that both directions of a link are seen; it is
    the broader the more capacity it has.

    Parameters
    ----------
    instance : SdnInstance
        Nodes without positions are placed by a spring model.
    solution : SdnSolution or None
        Any plan; load beyond the capacity is shown as full.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        For value, bound and gap below the title; the value is recomputed without it.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    points = _points(instance)
    across = float(
        np.clip(MAP * np.ptp(points[:, 0]) / max(np.ptp(points[:, 1]), 1e-9), NARROW, WIDE)
    )
    width, height = across + BESIDE, MAP + ABOVE + BELOW

    def place(
        left: float, low: float, wide: float, high: float
    ) -> tuple[float, float, float, float]:
        return left / width, low / height, wide / width, high / height

    figure = new_figure(width, height)
    _network(figure.add_axes(place(0.2, BELOW, across, MAP)), instance, solution, points)
    _classes(figure.add_axes(place(across + 0.9, BELOW, 2.6, MAP - 0.4)), instance, solution)
    if solution is not None:
        _legend(figure.add_axes(place(1.75, 0.5, 2.6, 0.13)))
    words = "   ".join(_words(instance, solution, result))
    for inches, text, size, weight, colour in (
        (0.35, title or instance.name, 15, "bold", INK),
        (0.68, words, 10.5, "normal", MUTED),
    ):
        x, y = 0.3 / width, 1.0 - inches / height
        figure.text(x, y, text, size=size, weight=weight, color=colour, va="center")
    save(figure, path)


def _shades() -> Colormap:
    """Return the colours of the utilisation; the palest part of the map would be lost on white."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["YlOrRd"](np.linspace(0.18, 1.0, 256)))


def _network(
    axes: Axes, instance: SdnInstance, solution: SdnSolution | None, points: np.ndarray
) -> None:
    from matplotlib.collections import LineCollection
    from matplotlib.patheffects import withStroke

    axes.set_axis_off()
    axes.set_aspect("equal", adjustable="datalim")
    axes.margins(0.05)
    lines, widths = _lines(instance, points)
    collection = LineCollection(lines, linewidths=widths, capstyle="butt", zorder=1)
    if solution is None:
        collection.set_color(IDLE)
    else:
        shades = _shades()
        used = np.minimum(arc_load(instance, solution) / instance.capacity, 1.0)
        order = np.argsort(used, kind="stable")
        collection = LineCollection(
            [lines[arc] for arc in order],
            linewidths=widths[order],
            colors=[shades(value) if value > 0.0 else IDLE for value in used[order]],
            capstyle="butt",
            zorder=1,
        )
    axes.add_collection(collection)
    fine = min(1.0, math.sqrt(60.0 / len(points)))
    named = len(points) <= NAMED
    inside = named and max(map(len, instance.nodes)) <= SHORT
    x, y = points.T
    size = 150.0 if inside else 70.0 * fine**2
    axes.scatter(x, y, s=size, c="white", edgecolors=INK, linewidths=1.1 * fine, zorder=3)
    for name, point in zip(instance.nodes, points, strict=True) if named else ():
        axes.annotate(
            name[:14],
            point,
            xytext=(0.0, -0.4) if inside else (5, 5),
            textcoords="offset points",
            ha="center" if inside else "left",
            va="center" if inside else "baseline",
            size=6.5 if inside else 7.5,
            color=INK,
            zorder=4,
            path_effects=[] if inside else [withStroke(linewidth=2.0, foreground="white")],
        )
    axes.autoscale_view()


def _points(instance: SdnInstance) -> np.ndarray:
    """Coordinates of the nodes, between 0 and 1 on the longer side."""
    if instance.position is None:
        import networkx as nx

        graph = nx.Graph(zip(instance.tail.tolist(), instance.head.tolist(), strict=True))
        graph.add_nodes_from(range(len(instance.nodes)))
        layout = nx.spring_layout(graph, seed=0, iterations=100)
        points = np.array([layout[node] for node in range(len(instance.nodes))])
    else:
        points = np.array(instance.position)
    points -= points.min(axis=0)
    return points / max(float(points.max()), 1e-9)


def _lines(instance: SdnInstance, points: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """Arcs as lines a little to the right of the middle, with widths in points."""
    fine = min(1.0, math.sqrt(200.0 / max(1, len(instance.tail))))
    most = float(instance.capacity.max(initial=1))
    widths = fine * (0.8 + 3.2 * np.sqrt(instance.capacity / most))
    tails, heads = points[instance.tail], points[instance.head]
    along = heads - tails
    length = np.maximum(np.hypot(*along.T), 1e-9)[:, None]
    right = np.column_stack([along[:, 1], -along[:, 0]]) / length
    # Half a line: the map is about 420 points high.
    aside = right * (0.5 * widths[:, None] + 0.5 * fine) / 420.0
    return list(np.stack([tails + aside, heads + aside], axis=1)), widths


def _legend(axes: Axes) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    scale = ScalarMappable(Normalize(0.0, 100.0), _shades())
    bar = axes.figure.colorbar(scale, cax=axes, orientation="horizontal")
    bar.outline.set_visible(False)
    bar.set_ticks([0, 25, 50, 75, 100], labels=["0", "25", "50", "75", "100 %"])
    bar.ax.tick_params(colors=MUTED, labelsize=8.5, length=2)
    for x, words, side in ((-0.03, "utilisation", "right"), (1.1, "width: capacity", "left")):
        axes.text(
            x, 0.5, words, transform=axes.transAxes, ha=side, va="center", size=9, color=MUTED
        )


def _classes(axes: Axes, instance: SdnInstance, solution: SdnSolution | None) -> None:
    """Bars of the share of each class's flows that is admitted, highest class at the top."""
    offered = np.bincount(instance.priority, minlength=instance.priorities + 1)
    classes = np.flatnonzero(offered)
    place = np.arange(len(classes))
    if solution is None:
        share = offered[classes] / max(1, instance.size)
        text = [str(number) for number in offered[classes]]
        axes.set_title("flows of each priority", size=11, color=INK, loc="left")
    else:
        admitted = np.zeros(instance.size, bool)
        known = solution.admitted[: instance.size]
        admitted[: len(known)] = known
        taken = np.bincount(instance.priority[admitted], minlength=instance.priorities + 1)
        share = taken[classes] / offered[classes]
        text = [f"{taken[c]} of {offered[c]}" for c in classes]
        axes.barh(place, np.ones(len(classes)), color=FAINT, height=0.72)
        axes.set_title("admitted flows of each priority", size=11, color=INK, loc="left")
    axes.barh(place, share, color=ADMITTED, height=0.72)
    if len(classes) <= MOST_BARS:
        axes.set_yticks(place, labels=[str(c) for c in classes])
        for row, words in enumerate(text):
            axes.text(
                1.02,
                row,
                words,
                transform=axes.get_yaxis_transform(),
                va="center",
                size=8.5,
                color=MUTED,
            )
    axes.set_ylabel("priority", color=MUTED)
    axes.set_xlim(0.0, 1.0 if solution is not None else None)
    axes.xaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
    axes.tick_params(colors=MUTED, labelsize=9, length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _words(instance: SdnInstance, solution: SdnSolution | None, result: Result | None) -> list[str]:
    size = f"{len(instance.nodes)} nodes, {len(instance.tail)} arcs"
    if solution is None:
        return [f"{instance.size} flows", size]
    words: list[str] = []
    if result is not None:
        words += proven(result.objective, result.bound, noun="value")
    else:
        from netroute.problems.sdn.check import check

        evaluation = check(instance, solution)
        words += proven(evaluation.objective, None, noun="value")
        if not evaluation.feasible:
            words.append("infeasible")
    return [*words, f"{int(solution.admitted.sum())} of {instance.size} flows admitted", size]
