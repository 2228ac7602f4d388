"""A picture of a training: validation gap and loss over steps and time."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.experiments.training.log import read_log
from netroute.experiments.training.report import duration
from netroute.viz.canvas import FAINT, INK, MUTED, new_figure, save, tidy
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

CURVE = "training.png"
_SMOOTH = 60
"""The loss is drawn as the mean over this part of all its points, and as it is behind."""
_TICKS = 5


def draw_training(folder: Path, title: str) -> Path | None:
    """Draw ``log.jsonl`` of a run's folder as ``training.png``.

    Parameters
    ----------
    folder : Path
        The run's.
    title : str
        Name of the policy.

    Returns
    -------
    Path or None
        The picture; None where Matplotlib is not installed or nothing was logged.
    """
    rows = read_log(folder / "log.jsonl")
    gaps = [(row["step"], row["gap"]) for row in rows if "gap" in row]
    losses = [(row["step"], row["loss"]) for row in rows if "loss" in row]
    if find_spec("matplotlib") is None or not gaps or not losses:
        return None
    figure = new_figure(9.0, 6.4)
    upper = figure.add_axes((0.095, 0.47, 0.87, 0.36))
    lower = figure.add_axes((0.095, 0.1, 0.87, 0.3), sharex=upper)
    _draw_gaps(upper, np.array(gaps))
    _draw_losses(lower, np.array(losses, dtype=float))
    _time_axis(upper, rows)
    upper.set_xlim(0, max(row["step"] for row in rows))
    upper.tick_params(labelbottom=False)
    lower.set_xlabel("step", color=MUTED)
    figure.text(0.095, 0.955, title, size=15, weight="bold", color=INK, va="center")
    best = min(gaps, key=lambda point: point[1])
    words = f"best gap {best[1]:.2f} % at step {best[0]}   {duration(rows[-1]['seconds'])} in all"
    figure.text(0.965, 0.955, words, size=10.5, color=MUTED, va="center", ha="right")
    save(figure, folder / CURVE)
    return folder / CURVE


def _draw_gaps(axes: Axes, points: np.ndarray) -> None:
    steps, gaps = points.T
    colour = distinct(2)[0]
    best = int(gaps.argmin())
    axes.plot(steps, gaps, color=colour, linewidth=1.6, marker="o", markersize=3, clip_on=False)
    axes.plot(
        steps[best], gaps[best], marker="o", markersize=7, color=colour, zorder=4, clip_on=False
    )
    # The untrained policy can be worse by orders of magnitude.
    if gaps.min() > 0 and gaps.max() / gaps.min() > 5:
        axes.set_yscale("log", subs=[2, 5])
        for formatter in (axes.yaxis.set_major_formatter, axes.yaxis.set_minor_formatter):
            formatter(lambda value, _: f"{value:g}")
        axes.grid(which="minor", color=FAINT, linewidth=0.6)
        axes.set_ylim(0.9 * gaps.min(), 1.1 * gaps.max())
    else:
        axes.set_ylim(bottom=min(0.0, float(gaps.min())))
    axes.set_ylabel("validation gap in %", color=MUTED)
    tidy(axes)


def _draw_losses(axes: Axes, points: np.ndarray) -> None:
    steps, losses = points.T
    colour = distinct(2)[1]
    window = max(1, len(losses) // _SMOOTH)
    axes.plot(steps, losses, color=FAINT if window > 1 else colour, linewidth=1.0)
    if window > 1:
        mean = np.convolve(losses, np.full(window, 1.0 / window), mode="valid")
        middle = np.convolve(steps, np.full(window, 1.0 / window), mode="valid")
        axes.plot(middle, mean, color=colour, linewidth=1.6)
    low, high = np.quantile(losses, [0.0, 0.99])
    pad = 0.08 * max(high - low, 1e-9)
    axes.set_ylim(low - pad, high + pad)
    axes.set_ylabel("loss", color=MUTED)
    tidy(axes)


def _time_axis(axes: Axes, rows: list[dict[str, Any]]) -> None:
    """Write above the axes after what time the steps were done."""
    steps = np.array([row["step"] for row in rows], dtype=float)
    seconds = np.array([row["seconds"] for row in rows])
    end = float(seconds[-1])
    unit, name = (60.0, "minutes") if end >= 180 else (1.0, "seconds")
    ticks = _round_ticks(end / unit)
    above = axes.twiny()
    above.set_xlim(0, steps[-1])
    above.set_xticks(np.interp(ticks * unit, seconds, steps), [f"{tick:g}" for tick in ticks])
    above.set_xlabel(name, color=MUTED)
    above.tick_params(colors=MUTED, labelsize=9.0)
    for spine in above.spines.values():
        spine.set_visible(False)


def _round_ticks(end: float) -> np.ndarray:
    """About five round numbers from 0 to ``end``.

    Examples
    --------
    >>> [float(tick) for tick in _round_ticks(11.3)]
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    if end <= 0:
        return np.zeros(1)
    rough = end / _TICKS
    power = 10.0 ** np.floor(np.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= 0.85 * rough)
    return np.arange(0.0, end * (1 + 1e-9), step)
