"""What hashes make of a job: the highest load and the loads of all links over many seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import resolve
from netroute.core.registry import problem
from netroute.core.rng import generator
from netroute.problems.collective import CollectiveSolution
from netroute.problems.collective.bounds import degree_bounds
from netroute.viz.canvas import INK, MUTED, new_figure, number, save, tidy
from netroute.viz.collective import sorted_times
from netroute.viz.collective_schemes import line

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.result import Result
    from netroute.problems.collective import CollectiveInstance

SEEDS = 100
"""Seeds that are drawn."""

MOST_CELLS = 2 * 10**6
"""Pairs of leaves times planes: beyond it so many seeds would take minutes."""

HASHED, PLACED = "#d1495b", "#2f6f9f"


def plot_hash_seeds(
    instance: CollectiveInstance,
    solution: CollectiveSolution | None,
    path: str | Path,
    *,
    result: Result | None = None,
    title: str | None = None,
) -> None:
    """Draw how the objective and the loads vary when switches hash flows to paths.

    Equal-cost multipath (solver ``ecmp``) is run with `SEEDS` seeds. A placement is drawn beside it
    for comparison, best an optimal one.

    Parameters
    ----------
    instance : CollectiveInstance
        Any one; loads are summed up over the phases.
    solution : CollectiveSolution or None
        Placement to compare with.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    result : Result, optional
        Of the solution, for its name and bound.
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        The instance is too large for so many seeds, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    fabric = instance.fabric
    cells = sum(len(phase.size) for phase in instance.phases) * fabric.paths
    if cells > MOST_CELLS:
        raise InputError(
            f"{cells} pairs of leaves times paths are too many for {SEEDS} seeds, at most "
            f"{MOST_CELLS}",
            code="plot.size",
        )
    entry = problem("collective")
    ecmp, check = entry.solver("ecmp")(), resolve(entry.check)
    plans = []
    for seed in range(SEEDS):
        rng = generator(seed)
        placed = [ecmp.place(instance, phase, rng) for phase in instance.phases]
        plans.append(CollectiveSolution.of(placed))
    hashed = np.sort([float(check(instance, plan).objective) for plan in plans])
    curves = np.array([sorted_times(instance, plan) for plan in plans])
    bound = _bound(instance, result)
    own = None if solution is None else _placed(check, instance, solution, result)

    figure = new_figure(10.0, 4.7)
    from matplotlib.ticker import MaxNLocator

    left = figure.add_axes((0.07, 0.13, 0.38, 0.66))
    found, *_ = left.hist(
        hashed, bins=_bins(hashed), color=HASHED, alpha=0.85, label=f"ecmp, {SEEDS} seeds"
    )
    if own is not None:
        value, name = own
        left.axvline(value, color=PLACED, linewidth=1.6, label=f"{name} {number(value)}")
    dashed = (0, (4, 2))
    left.axvline(bound, color=INK, linewidth=1.4, linestyle=dashed, label=f"bound {number(bound)}")
    left.set_xlim(left=0.0)
    # Room for the legend.
    left.set_ylim(0.0, 1.3 * float(np.max(found)))
    left.set_xlabel("objective: highest load over capacity", color=MUTED, fontsize=9)
    left.set_ylabel("seeds", color=MUTED, fontsize=9)
    left.yaxis.set_major_locator(MaxNLocator(integer=True))
    tidy(left, size=8.5)

    right = figure.add_axes((0.54, 0.13, 0.43, 0.66))
    share = np.arange(1, curves.shape[1] + 1) / curves.shape[1] * 100.0
    right.fill_between(share, curves.min(axis=0), curves.max(axis=0), color=HASHED, alpha=0.25,
                       linewidth=0, label="ecmp, all seeds")  # fmt: skip
    right.plot(share, np.median(curves, axis=0), color=HASHED, linewidth=1.6, label="median")
    if solution is not None and own is not None:
        times = sorted_times(instance, solution)
        right.step(share, times, where="pre", color=PLACED, linewidth=1.6, label=own[1])
    line(right, bound, "bound")
    right.set_xlim(0.0, 100.0)
    right.set_ylim(bottom=0.0)
    right.set_xlabel("links, the most loaded first, in %", color=MUTED, fontsize=9)
    right.set_ylabel("load over capacity", color=MUTED, fontsize=9)
    tidy(right, size=8.5)
    for axes in (left, right):
        axes.legend(frameon=False, fontsize=8.5, labelcolor=INK)
    figure.text(0.03, 0.94, title or instance.name, size=15, weight="bold", color=INK, va="center")
    figure.text(0.03, 0.87, _words(hashed, bound), size=10, color=MUTED, va="center")
    save(figure, path)


def _bound(instance: CollectiveInstance, result: Result | None) -> float:
    whole = instance.extra_pieces == 0
    found = [degree_bounds(instance.fabric, phase, whole=whole) for phase in instance.phases]
    bound = float(sum(max(bounds.values()) for bounds in found))
    return max(bound, 0.0 if result is None or result.bound is None else result.bound)


def _placed(
    check: Any, instance: CollectiveInstance, solution: CollectiveSolution, result: Result | None
) -> tuple[float, str]:
    objective = float(check(instance, solution).objective)
    return objective, "placement" if result is None else result.solver


def _bins(values: np.ndarray) -> list[float]:
    """Bins around the values that occur, at most 30."""
    found = np.unique(values)
    step = float(np.diff(found).min()) if len(found) > 1 else max(1.0, float(found[0])) / 20
    step = max(step, float(found[-1] - found[0]) / 30)
    edges: list[float] = np.arange(found[0] - step / 2, found[-1] + step, step).tolist()
    return edges


def _words(hashed: np.ndarray, bound: float) -> str:
    unit, name = (bound, " × bound") if bound > 0 else (1.0, "")
    marks = {"mean": hashed.mean(), "p99": np.quantile(hashed, 0.99), "worst": hashed[-1]}
    words = [f"{label} {value / unit:.3g}{name}" for label, value in marks.items()]
    words.append(f"{np.mean(hashed <= bound * (1 + 1e-9)):.0%} of seeds at the bound")
    return "ecmp: " + "   ".join(words)
