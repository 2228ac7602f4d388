"""Several ways of placing the same traffic, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.viz.canvas import INK, MUTED, named, new_figure, number, save, tidy
from netroute.viz.collective import FAILED, link_times, sorted_times
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from netroute.core.result import Result
    from netroute.problems.collective import CollectiveInstance

HEAD = 0.55
"""Inches of the title."""

MOST = 12
"""Results in one picture; more could not be told apart."""


def plot_schemes(
    instance: CollectiveInstance,
    results: Sequence[Result],
    path: str | Path,
    *,
    title: str | None = None,
) -> None:
    """Draw each result's loads from leaves to planes, and its loads of all links in order.

    Parameters
    ----------
    instance : CollectiveInstance
        Any one; loads are summed up over the phases.
    results : sequence of Result
        Runs on it, at most `MOST`; the worst comes last.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        No result has a placement, there are too many, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    drawn = [run for run in results if run.solution is not None and run.objective is not None]
    if not 1 <= len(drawn) <= MOST:
        raise InputError(
            f"found {len(drawn)} results with a placement, expected 1 to {MOST}",
            code="plot.results",
            where=str(path),
        )
    drawn.sort(key=lambda run: float(run.objective or 0.0))
    names = named(drawn)
    bounds = [run.bound for run in drawn if run.bound is not None]
    bound = max(bounds, default=None)
    rows = -(-len(drawn) // 6)
    columns = max(3, -(-len(drawn) // rows))
    # Inches: margins, maps with their titles, and the curves below.
    width, map_high, curves = 10.5, 1.75, 2.9
    high = HEAD + rows * (map_high + 0.62) + curves + 0.75
    figure = new_figure(width, high)
    _maps(figure, instance, drawn, names, columns, (width, high, map_high), bound)
    axes = figure.add_axes((0.75 / width, 0.55 / high, 1.0 - 0.95 / width, curves / high))
    for k, (run, name, colour) in enumerate(zip(drawn, names, distinct(len(drawn)), strict=True)):
        times = sorted_times(instance, run.solution)
        share = np.arange(1, len(times) + 1) / max(1, len(times)) * 100.0
        # Curves that coincide show one within the other.
        wide = 3.6 - 2.2 * k / max(1, len(drawn) - 1)
        axes.step(share, times, where="pre", color=colour, linewidth=wide, label=name)
    if bound is not None:
        line(axes, bound, f"bound {number(bound)}")
    axes.set_xlim(0.0, 100.0)
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("links of the fabric, the most loaded first, in %", color=MUTED, fontsize=9)
    axes.set_ylabel("load over capacity", color=MUTED, fontsize=9)
    axes.legend(frameon=False, fontsize=8.5, labelcolor=INK, ncols=2, loc="upper right")
    tidy(axes, size=8.5)
    head = 1.0 - 0.35 / high
    figure.text(0.03, head, title or instance.name, size=15, weight="bold", color=INK, va="center")
    save(figure, path)


def line(axes: Axes, value: float, text: str) -> None:
    """Draw a dashed line across at a value, with words above its right end."""
    axes.axhline(value, color=INK, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
    axes.annotate(
        text,
        (1.0, value),
        xycoords=("axes fraction", "data"),
        xytext=(-3, 3),
        textcoords="offset points",
        ha="right",
        va="bottom",
        size=8.5,
        color=MUTED,
    )


def _maps(
    figure: Figure,
    instance: CollectiveInstance,
    runs: Sequence[Result],
    names: Sequence[str],
    columns: int,
    inches: tuple[float, float, float],
    bound: float | None,
) -> None:
    width, high, map_high = inches
    shown = [link_times(instance, run.solution)[0] for run in runs]
    top = max(float(np.nanmax(values, initial=0.0)) for values in shown) or 1.0
    room = (width - 0.75 - 0.95) / columns
    for k, (run, name, values) in enumerate(zip(runs, names, shown, strict=True)):
        row, column = divmod(k, columns)
        left = 0.75 + column * room
        bottom = high - HEAD - (row + 1) * (map_high + 0.62) + 0.3
        axes = figure.add_axes((left / width, bottom / high, (room - 0.3) / width, map_high / high))
        axes.set_facecolor(FAILED)
        axes.imshow(
            values, cmap="YlOrRd", vmin=0.0, vmax=top, aspect="auto", interpolation="nearest"
        )
        times = "" if not bound else f", {float(run.objective or 0) / bound:.2f} × bound"
        axes.set_title(
            f"{name}\n{number(float(run.objective or 0.0))}{times}", fontsize=8.5, color=INK
        )
        axes.tick_params(labelsize=7, colors=MUTED, length=2)
        if column == 0:
            axes.set_ylabel("leaf", fontsize=8.5, color=MUTED)
        if k + columns >= len(runs):
            axes.set_xlabel("plane", fontsize=8.5, color=MUTED)
    first = high - HEAD - (map_high + 0.62) + 0.3
    box = ((width - 0.8) / width, first / high, 0.13 / width, map_high / high)
    bar = figure.colorbar(axes.images[0], cax=figure.add_axes(box))
    bar.ax.tick_params(labelsize=7, colors=MUTED)
    bar.set_label("leaf to plane", fontsize=8, color=MUTED)
