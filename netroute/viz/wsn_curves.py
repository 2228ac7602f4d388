"""Several runs on one field of sensors: who is alive when, and how close to the bound they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.wsn.replay import replay
from netroute.viz.canvas import INK, MUTED, named, new_figure, number, save, tidy
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from netroute.core.result import Result
    from netroute.problems.wsn import WsnInstance


def plot_alive(
    instance: WsnInstance,
    results: Sequence[Result],
    path: str | Path,
    *,
    title: str | None = None,
) -> None:
    """Draw how many nodes are alive round by round, one curve a run.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    results : sequence of Result
        Runs on it; a schedule that ends before the last death ends in a dot.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        No run has a schedule, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    drawn = [run for run in results if run.solution is not None]
    if not drawn:
        raise InputError("found no schedule in the results", code="plot.results", where=str(path))
    figure = new_figure(9.0, 5.2)
    axes = figure.add_axes((0.085, 0.12, 0.88, 0.74))
    labels = named(drawn)
    for run, label, colour in zip(drawn, labels, distinct(len(drawn)), strict=True):
        played = replay(instance, run.solution)
        deaths = np.sort(played.life[played.life >= 0])
        rounds = np.concatenate([[0], deaths, [played.rounds]])
        alive = instance.size - np.concatenate([[0], np.arange(1, len(deaths) + 1), [len(deaths)]])
        axes.step(rounds, alive, where="post", color=colour, linewidth=1.8, label=label)
        if len(deaths) < instance.size:
            axes.plot(rounds[-1], alive[-1], "o", color=colour, markersize=5)
    bound = _bound(drawn)
    if bound is not None:
        label = f"no first death after {number(bound)}"
        axes.axvline(bound, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), label=label)
    axes.set_xlim(left=0.0)
    axes.set_ylim(0.0, 1.04 * instance.size)
    axes.set_xlabel("round", color=MUTED)
    axes.set_ylabel("nodes alive", color=MUTED)
    axes.legend(frameon=False, fontsize=9, labelcolor=INK)
    tidy(axes)
    figure.text(0.085, 0.93, title or instance.name, size=15, weight="bold", color=INK, va="center")
    save(figure, path)


def plot_bound(
    instance: WsnInstance,
    results: Sequence[Result],
    path: str | Path,
    *,
    title: str | None = None,
) -> None:
    """Draw each run's full rounds as a share of the tightest bound that any of them proves.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    results : sequence of Result
        Runs on it; at least one has a bound.
    path : str or Path
        The suffix names the format: ``.png``, ``.pdf``, ``.svg`` …
    title : str, optional
        The instance's name without it.

    Raises
    ------
    InputError
        No run has proven a bound, or the file cannot be written.
    MissingExtraError
        Matplotlib is not installed.
    """
    drawn = [run for run in results if run.objective is not None]
    bound = _bound(drawn)
    if bound is None or bound <= 0.0:
        raise InputError(
            "found no proven bound in the results",
            code="plot.bound",
            where=str(path),
            hint="give one with a bound, such as that of the solver lp-schedule",
        )
    bars = sorted(zip(drawn, named(drawn), strict=True), key=lambda pair: pair[0].objective or 0)
    share = [100.0 * float(run.objective or 0.0) / bound for run, _ in bars]
    height = 1.5 + 0.36 * len(bars)
    figure = new_figure(8.0, height)
    axes = figure.add_axes((0.2, 0.5 / height, 0.78, 1.0 - 1.25 / height))
    rows = np.arange(len(bars))
    axes.barh(rows, share, height=0.66, color="#3f7fbf")
    axes.set_yticks(rows, [label for _, label in bars])
    for row, (run, _) in enumerate(bars):
        for place, text in (
            (114.0, f"{share[row]:.1f} %"),
            (127.0, number(float(run.objective or 0.0))),
        ):
            axes.annotate(text, (place, row), va="center", ha="right", size=9, color=INK)
    axes.axvline(100.0, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
    axes.set_xlim(0.0, 128.0)
    axes.set_xticks(range(0, 101, 20))
    axes.set_xlabel("full rounds in % of the proven bound", color=MUTED)
    tidy(axes)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0, labelsize=10, labelcolor=INK)
    top = 1.0 - 0.32 / height
    figure.text(0.02, top, title or instance.name, size=15, weight="bold", color=INK, va="center")
    figure.text(
        0.98, top, f"bound {number(bound)}", size=10.5, color=MUTED, va="center", ha="right"
    )
    save(figure, path)


def _bound(results: Sequence[Result]) -> float | None:
    return min((run.bound for run in results if run.bound is not None), default=None)
