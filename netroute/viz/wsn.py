"""A field of sensors on the map: clusters of a round, and what the batteries hold."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.wsn.replay import replay
from netroute.problems.wsn.solution import BASE, SILENT, WsnSolution
from netroute.viz.canvas import FAINT, INK, MUTED, new_figure, proven, save
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from netroute.core.result import Result
    from netroute.problems.wsn import WsnInstance

LONG_SIDE = 7.0
"""Inches of the longer side of the map."""

SHORT_SIDE = 2.5
RASTER_FROM = 3000
"""From this many nodes on, the map is a raster inside vector formats."""

COLOURS = "viridis"


def plot_field(
    instance: WsnInstance,
    solution: WsnSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw where the nodes are, coloured by energy, and the clusters of one round.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    solution : WsnSolution or None
        Its round half-way to the first death is shown: heads with rings, members with lines to
        their head, direct reports dotted; dead nodes are crosses. Colours are what is left of the
        first energy. Without it, the first energies themselves.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        For value, bound and gap below the title.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    spots = np.vstack([instance.position, instance.base_station, [0.0, 0.0], instance.field])
    span = np.maximum(np.ptp(spots, axis=0), 1e-9)
    width, height = (max(SHORT_SIDE, LONG_SIDE * float(side / span.max())) for side in span)
    width = max(width, 4.4)  # the title needs it
    figure = new_figure(width + 1.6, height + 1.3)
    wide, high = width + 1.6, height + 1.3
    axes = figure.add_axes((0.25 / wide, 0.3 / high, width / wide, height / high))
    axes.set_axis_off()
    axes.set_aspect("equal")
    if instance.size >= RASTER_FROM:
        axes.set_rasterization_zorder(10)
    from matplotlib.patches import Rectangle

    side = instance.field.tolist()
    axes.add_patch(Rectangle((0.0, 0.0), *side, facecolor="none", edgecolor=FAINT, linewidth=1.2))
    words = [] if result is None else proven(result.objective, result.bound, noun="value")
    shown = None if solution is None else _round(instance, solution)
    if shown is None:
        dots = _nodes(axes, instance, instance.energy, None, None)
        label = "joules at the start"
        words.append(f"{instance.size} nodes")
    else:
        number, full, left, parent, head = shown
        _links(axes, instance, parent, head)
        share = left / instance.energy
        dots = _nodes(axes, instance, share, head, parent == SILENT)
        label = "share of the first energy left"
        count = int(head.sum())
        words.append(f"round {number} of {full}: {count} {'head' if count == 1 else 'heads'}")
    if result is not None:
        words.append(result.solver)
    _station(axes, instance)
    axes.autoscale_view()
    bar = figure.colorbar(
        dots, cax=figure.add_axes(((width + 0.55) / wide, 0.4 / high, 0.13 / wide, height / high))
    )
    bar.set_label(label, fontsize=9, color=MUTED)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, colors=MUTED)
    figure.text(
        0.3 / wide,
        1.0 - 0.35 / high,
        title or instance.name,
        size=15,
        weight="bold",
        color=INK,
        va="center",
    )
    figure.text(0.3 / wide, 1.0 - 0.66 / high, "   ".join(words), size=10, color=MUTED, va="center")
    save(figure, path)


def _round(
    instance: WsnInstance, solution: WsnSolution
) -> tuple[int, int, np.ndarray, np.ndarray, np.ndarray] | None:
    """Return the round half-way to the first death: number, full rounds, joules, roles."""
    if not len(solution.rounds) or solution.parent.shape[1] != instance.size:
        return None
    full = replay(instance, solution).full
    number = max(1, full // 2)
    ends = np.cumsum(solution.rounds)
    row = int(np.searchsorted(ends, number))
    rounds = solution.rounds[: row + 1].copy()
    rounds[row] -= ends[row] - number
    until = WsnSolution(solution.parent[: row + 1], solution.head[: row + 1], rounds)
    left = replay(instance, until).residual
    return number, full, left, solution.parent[row], solution.head[row]


def _links(axes: Axes, instance: WsnInstance, parent: np.ndarray, head: np.ndarray) -> None:
    """Draw who reports to whom, clusters in colours of their own."""
    from matplotlib.collections import LineCollection

    spots, station = instance.position, instance.base_station
    fine = min(1.0, math.sqrt(150.0 / instance.size))
    heads = np.flatnonzero(head)
    colours = np.zeros((instance.size, 3))
    colours[heads] = np.array(distinct(len(heads))).reshape(-1, 3)
    member = np.flatnonzero(parent >= 0)
    lines = np.stack([spots[member], spots[parent[member]]], axis=1)
    axes.add_collection(
        LineCollection(
            list(lines), colors=colours[parent[member]], linewidths=fine, alpha=0.7, zorder=1
        )
    )
    direct = np.flatnonzero(parent == BASE)
    for nodes, style, width, shade in (
        (direct[~head[direct]], (0, (1, 2)), 0.7, MUTED),
        (direct[head[direct]], (0, (5, 2)), 1.1, INK),
    ):
        ends = np.broadcast_to(station, (len(nodes), 2))
        lines = np.stack([spots[nodes], ends], axis=1)
        axes.add_collection(
            LineCollection(
                list(lines),
                colors=shade,
                linewidths=width * max(fine, 0.5),
                linestyles=[style],
                alpha=0.55,
                zorder=0,
            )
        )


def _nodes(
    axes: Axes,
    instance: WsnInstance,
    shade: np.ndarray,
    head: np.ndarray | None,
    dead: np.ndarray | None,
) -> Any:
    fine = min(1.0, math.sqrt(150.0 / instance.size))
    dot = max(2.0, 42.0 * fine**1.4)
    spots = instance.position
    alive = np.ones(instance.size, bool) if dead is None else ~dead
    top = 1.0 if dead is not None else float(shade.max())
    dots = axes.scatter(
        spots[alive, 0],
        spots[alive, 1],
        s=dot,
        c=shade[alive],
        cmap=COLOURS,
        vmin=0.0,
        vmax=top,
        edgecolors="white",
        linewidths=0.5 * fine,
        zorder=3,
    )
    if head is not None and head.any():
        axes.scatter(
            spots[head, 0],
            spots[head, 1],
            s=2.6 * dot,
            zorder=4,
            facecolors="none",
            edgecolors=INK,
            linewidths=max(0.6, 1.6 * fine),
        )
    if not alive.all():
        gone = spots[~alive]
        axes.scatter(gone[:, 0], gone[:, 1], s=dot, marker="x", c=MUTED, linewidths=1.0, zorder=3)
    return dots


def _station(axes: Axes, instance: WsnInstance) -> None:
    x, y = instance.base_station.tolist()
    axes.scatter(x, y, s=110, marker="^", color=INK, edgecolors="white", linewidths=1.0, zorder=6)
    axes.annotate(
        "base station",
        (x, y),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        size=9,
        color=INK,
        zorder=7,
    )
