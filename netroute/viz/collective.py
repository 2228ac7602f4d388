"""How loaded each link of a fabric is: leaves by planes, both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective.loads import loads_of
from netroute.viz.canvas import INK, MUTED, new_figure, proven, save

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.result import Result
    from netroute.problems.collective import CollectiveInstance, CollectiveSolution

FAILED = "#9aa1ac"


def plot_loads(
    instance: CollectiveInstance,
    solution: CollectiveSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw the links between leaves and planes as two maps, the darker the more loaded.

    Parameters
    ----------
    instance : CollectiveInstance
        Any one; links between planes and cores of a fat tree are left out.
    solution : CollectiveSolution or None
        Load over capacity is summed up over the phases; capacities are shown without a solution.
        Failed links are grey.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        For objective, bound and gap below the title.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    fabric = instance.fabric
    maps = [fabric.up.astype(np.float64), fabric.down.T.astype(np.float64)]
    if solution is not None:
        shown = [np.zeros(fabric.up.shape), np.zeros(fabric.up.shape)]
        for phase, placement in zip(instance.phases, solution.placements, strict=True):
            loads = loads_of(fabric, phase, placement)
            for total, load, capacity in zip(shown, (loads.up, loads.down.T), maps, strict=True):
                total += np.divide(
                    load / loads.unit, capacity, out=np.zeros(load.shape), where=capacity > 0
                )
        shown = [np.where(c > 0, x, np.nan) for x, c in zip(shown, maps, strict=True)]
        label = "load over capacity"
    else:
        shown = [np.where(c > 0, c, np.nan) for c in maps]
        label = "capacity"
    top = max(float(np.nanmax(x, initial=0.0)) for x in shown) or 1.0
    figure = new_figure(9.0, 5.2)
    axes = [figure.add_axes((left, 0.12, 0.38, 0.66)) for left in (0.07, 0.5)]
    for axis, values, name in zip(axes, shown, ("leaf to plane", "plane to leaf"), strict=True):
        axis.set_facecolor(FAILED)
        axis.imshow(
            values, cmap="YlOrRd", vmin=0.0, vmax=top, aspect="auto", interpolation="nearest"
        )
        axis.set_title(name, fontsize=10, color=INK)
        axis.set_xlabel("plane", fontsize=9, color=MUTED)
        axis.set_ylabel("leaf", fontsize=9, color=MUTED)
        axis.tick_params(labelsize=8, colors=MUTED)
    bar = figure.colorbar(axes[0].images[0], cax=figure.add_axes((0.91, 0.12, 0.015, 0.66)))
    bar.set_label(label, fontsize=9, color=MUTED)
    bar.ax.tick_params(labelsize=8, colors=MUTED)
    words = [] if result is None else proven(result.objective, result.bound)
    figure.text(0.03, 0.94, title or instance.name, size=15, weight="bold", color=INK, va="center")
    figure.text(0.03, 0.875, "   ".join(words), size=10.5, color=MUTED, va="center")
    save(figure, path)
