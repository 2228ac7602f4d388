"""How runs converged: cost and bound over time, and the gap between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.core.errors import InputError
from netroute.core.registry import PROBLEMS, problem
from netroute.viz.canvas import INK, MUTED, new_figure, proven, save, tidy
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from netroute.core.result import Result

Steps = tuple[list[float], list[float]]


def plot_convergence(
    results: Sequence[Result], path: str | Path, *, title: str | None = None
) -> None:
    """Draw objective and proven bound of one or several runs over their seconds.

    Parameters
    ----------
    results : sequence of Result
        Runs on the same instance; their traces are drawn.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        No result has a trace, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    drawn = [run for run in results if any(point.objective is not None for point in run.trace)]
    if not drawn:
        raise InputError(
            "found no trace, expected a full result as 'solve --out result.json' writes it",
            code="plot.trace",
            where=str(path),
        )
    figure = new_figure(9.0, 5.2)
    axes = figure.add_axes((0.095, 0.12, 0.87, 0.72))
    colours = distinct(len(drawn))
    for run, colour in zip(drawn, colours, strict=True):
        _run(axes, run, colour, alone=len(drawn) == 1)
    _frame(axes, drawn)
    figure.text(
        0.095, 0.945, title or drawn[0].instance, size=15, weight="bold", color=INK, va="center"
    )
    if len(drawn) == 1:
        run = drawn[0]
        words = [
            *proven(run.objective, run.bound, noun=_noun(run)),
            f"{run.solver}, seed {run.seed}",
        ]
        figure.text(0.095, 0.885, "   ".join(words), size=10.5, color=MUTED, va="center")
    else:
        axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    save(figure, path)


def _run(axes: Axes, run: Result, colour: tuple[float, float, float], *, alone: bool) -> None:
    end = max(run.seconds, run.trace[-1].seconds)
    cost, bound = _steps(run, "objective", end), _steps(run, "bound", end)
    label = f"{run.solver}, seed {run.seed}"
    axes.step(*cost, where="post", color=colour, linewidth=1.8, label=label, zorder=3)
    if not bound[0]:
        return
    shade = INK if alone else colour
    axes.step(*bound, where="post", color=shade, linewidth=1.4, linestyle=(0, (4, 2)), zorder=2)
    if alone and run.objective is not None and run.bound is not None:
        _shade_gap(axes, cost, bound)
        above = 6 if run.objective >= run.bound else -6
        for value, text, place in (
            (run.objective, _noun(run), above),
            (run.bound, "bound", -above),
        ):
            axes.annotate(
                text,
                (end, value),
                xytext=(-8, place),
                textcoords="offset points",
                ha="right",
                va="bottom" if place > 0 else "top",
                color=MUTED,
                size=9,
            )


def _shade_gap(axes: Axes, cost: Steps, bound: Steps) -> None:
    """Shade what is between cost and bound from the moment that both are known."""
    import numpy as np

    seconds = np.union1d(cost[0], bound[0])
    seconds = seconds[seconds >= max(cost[0][0], bound[0][0])]
    upper, lower = (
        np.array(values)[np.searchsorted(times, seconds, side="right") - 1]
        for times, values in (cost, bound)
    )
    axes.fill_between(seconds, lower, upper, step="post", color=INK, alpha=0.05, linewidth=0)


def _noun(run: Result) -> str:
    """Return what the run's objective is called."""
    return problem(run.problem).noun if run.problem in PROBLEMS else "cost"


def _steps(run: Result, name: str, end: float) -> Steps:
    """Seconds and values of one column of the trace, carried on to the end."""
    seconds: list[float] = []
    values: list[float] = []
    for point in run.trace:
        value = getattr(point, name)
        if value is not None and (not values or value != values[-1]):
            seconds.append(point.seconds)
            values.append(value)
    if values:
        seconds.append(end)
        values.append(values[-1])
    return seconds, values


def _frame(axes: Axes, runs: Sequence[Result]) -> None:
    """Axes that show the long end of the search rather than its first, bad answers."""
    costs = [p.objective for run in runs for p in run.trace if p.objective is not None]
    bounds = [run.bound for run in runs if run.bound is not None]
    # Upside down where the objective is maximised.
    sign = 1.0 if _noun(runs[0]) == "cost" else -1.0
    best = min(sign * cost for cost in costs)
    low = min([best, *(sign * bound for bound in bounds)])
    first = max(sign * cost for cost in costs)
    # The first answers of a construction can be twice as costly: leave them beyond the frame.
    shown = max(2.0 * (best - low), 0.08 * abs(best))
    high = min(first, best + shown)
    pad = 0.06 * max(high - low, 1e-9)
    axes.set_ylim(*sorted((sign * (low - 2 * pad), sign * (high + pad))))
    firsts = [p.seconds for run in runs for p in run.trace[:1]]
    end = max(max(run.seconds, run.trace[-1].seconds) for run in runs)
    if min(firsts) > 0 and end / min(firsts) > 50:
        axes.set_xscale("log")
        axes.set_xlim(min(firsts), end)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    else:
        axes.set_xlim(0.0, end)
    axes.set_xlabel("seconds", color=MUTED)
    axes.set_ylabel(_noun(runs[0]), color=MUTED)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    tidy(axes)
