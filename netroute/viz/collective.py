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
    if solution is not None:
        shown = list(link_times(instance, solution)[:2])
        label = "load over capacity"
    else:
        fabric = instance.fabric
        shown = [np.where(c > 0, c, np.nan).astype(float) for c in (fabric.up, fabric.down.T)]
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


def link_times(
    instance: CollectiveInstance, solution: CollectiveSolution
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Load over capacity of each link of the fabric, summed over phases; NaN where it failed.

    Returns
    -------
    up, down : ndarray of float64, shape (L, s)
        From each leaf to each plane, and from each plane, by leaf as well, back.
    core : ndarray of float64, shape (links,)
        Between planes and cores of a fat tree, both ways.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Placement
    >>> from netroute.problems.collective import CollectiveSolution
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=1)
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 5)])
    >>> link_times(instance, CollectiveSolution.of([Placement(counts=[[0], [1]])]))[0].tolist()
    [[0.0, 5.0], [0.0, 0.0]]
    """
    fabric = instance.fabric
    capacities = [fabric.up, fabric.down.T]
    if fabric.core_up is not None and fabric.core_down is not None:
        capacities += [fabric.core_up, fabric.core_down]
    total = [np.zeros(capacity.shape) for capacity in capacities]
    for phase, placement in zip(instance.phases, solution.placements, strict=True):
        loads = loads_of(fabric, phase, placement)
        found = [loads.up, loads.down.T, loads.core_up, loads.core_down]
        for times, load, capacity in zip(total, found, capacities, strict=False):
            if load is not None:
                times += load / loads.unit / np.maximum(1, capacity)
    up, down, *cores = (
        np.where(capacity > 0, times, np.nan)
        for times, capacity in zip(total, capacities, strict=True)
    )
    return up, down, np.concatenate([np.zeros(0), *(core.ravel() for core in cores)])


def sorted_times(instance: CollectiveInstance, solution: CollectiveSolution) -> np.ndarray:
    """Load over capacity of all links that are up, the highest first, summed over phases."""
    times = np.concatenate([part.ravel() for part in link_times(instance, solution)])
    return np.sort(times[~np.isnan(times)])[::-1]
