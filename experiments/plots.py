"""Pictures of a benchmark: gap over time, gap by instance."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from netroute.core.errors import MissingExtraError
from netroute.core.files import write_atomic
from netroute.experiments.curves import curves
from netroute.viz.colours import distinct

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.experiments.statistics import Gaps

# Okabe and Ito's palette: eight colours that people with colour blindness tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#999999")
_MARKERS = "osD^vP*X"
GREY = "#555555"
_LINES = {"exact": "--", "baseline": ":", "peer": "-."}
"""Learned solvers and heuristics have solid lines; those of the learned ones are thick."""


def plot_over_time(gaps: Gaps, path: Path) -> bool:
    """Draw the mean gap over time of each solver, one panel a budget.

    Returns
    -------
    bool
        False where there is nothing to draw.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    panels = [(budget, curves(gaps, budget)) for budget in gaps.budgets]
    panels = [(budget, lines) for budget, lines in panels if lines]
    if not panels:
        return False
    figure, axes = new_figure(len(panels), 6.4, 4.2)
    for axis, (budget, lines) in zip(axes, panels, strict=True):
        positive = all((line.gaps > 0).all() for line in lines)
        for line in lines:
            index, kind = gaps.labels.index(line.label), gaps.kinds.get(line.label, "")
            tint = colour(index, len(gaps.labels))
            axis.step(
                line.seconds, line.gaps, where="post", color=tint, label=line.label,
                linewidth=2.8 if kind == "learned" else 1.6, linestyle=_LINES.get(kind, "-"),
            )  # fmt: skip
            axis.plot(
                line.seconds[-1], line.gaps[-1], color=tint, marker=_marker(index),
                markersize=5, clip_on=False, zorder=3,
            )  # fmt: skip
        axis.set_xscale("log")
        axis.set_yscale("log" if positive else "symlog", **({} if positive else {"linthresh": 0.1}))
        if not positive and all((line.gaps >= 0).all() for line in lines):
            # Automatic limits would show gaps below zero, where there are none.
            axis.set_ylim(bottom=-0.02)
        axis.yaxis.set_major_formatter(plain)
        axis.yaxis.set_minor_formatter(_plain_minor(axis))
        axis.xaxis.set_major_formatter(plain)
        axis.set_xlabel("seconds")
        axis.set_ylabel("mean gap to the reference, %")
        axis.set_title(f"budget {budget}", loc="left", fontsize=10, color=GREY)
    if len(gaps.labels) <= len(_COLOURS):
        axes[0].legend(frameon=False, fontsize=9)
    else:
        handles, labels = axes[0].get_legend_handles_labels()
        figure.legend(handles, labels, frameon=False, fontsize=8, loc="outside right upper")
    save_figure(figure, path)
    return True


def plot_by_instance(gaps: Gaps, path: Path) -> bool:
    """Draw the median gap of each solver on each instance, one panel a budget.

    Returns
    -------
    bool
        False where there is nothing to draw.
    """
    budgets = [budget for budget in gaps.budgets if gaps.best(budget)]
    if not budgets:
        return False
    rows = max(len(gaps.instances(budget)) for budget in budgets)
    figure, axes = new_figure(len(budgets), 6.4, 1.6 + 0.3 * rows)
    for axis, budget in zip(axes, budgets, strict=True):
        names = gaps.instances(budget)
        best = gaps.best(budget)
        for index, label in enumerate(gaps.labels):
            medians = gaps.medians(budget, label)
            if not medians:
                continue
            axis.plot(
                list(medians.values()), [names.index(name) for name in medians],
                linestyle="none", marker=_marker(index), markersize=6, alpha=0.85,
                color=colour(index, len(gaps.labels)), markeredgewidth=0, label=label, zorder=3,
            )  # fmt: skip
        shown = [i for i, name in enumerate(names) if name in best]
        axis.hlines(shown, 0, [best[names[i]] for i in shown], color="#dddddd", linewidth=1)
        axis.set_yticks(range(len(names)), names)
        axis.set_ylim(len(names) - 0.4, -0.6)
        values = [gap for label in gaps.labels for gap in gaps.medians(budget, label).values()]
        axis.set_xscale("symlog", linthresh=1.0)
        axis.set_xlim(min(0.0, 1.2 * min(values)), max(1.0, 1.3 * max(values)))
        axis.xaxis.set_major_formatter(plain)
        axis.set_xlabel("median gap over seeds, % (logarithmic beyond 1)")
        axis.set_title(f"budget {budget}", loc="left", fontsize=10, color=GREY)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, fontsize=9, loc="outside lower center", ncols=4)
    save_figure(figure, path)
    return True


def new_figure(
    panels: int, width: float, height: float, *, stacked: bool = False
) -> tuple[Any, list[Any]]:
    """Make a figure of panels side by side, or one below another, of inches each.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("matplotlib", extra="plot") from None
    rows, columns = (panels, 1) if stacked else (1, panels)
    figure = Figure(figsize=(width * columns, height * rows), dpi=130, layout="constrained")
    axes = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.spines[["left", "bottom"]].set_color("#aaaaaa")
        axis.tick_params(which="both", color="#aaaaaa", labelcolor=GREY, labelsize=9)
        axis.xaxis.label.set_color(GREY)
        axis.yaxis.label.set_color(GREY)
        axis.grid(visible=True, which="major", color="#e8e8e8", linewidth=0.8)
        axis.set_axisbelow(True)
    return figure, axes


def colour(index: int, count: int) -> Any:
    """Colour of a solver among ``count`` of them."""
    return _COLOURS[index] if count <= len(_COLOURS) else distinct(count)[index]


def _marker(index: int) -> str:
    return _MARKERS[index % len(_MARKERS)]


def plain(value: float, _position: Any = None) -> str:
    """Format a tick without needless digits."""
    return f"{value:g}"


def _plain_minor(axis: Any) -> Any:
    # Within one decade the powers of ten alone would leave the axis without figures.
    low, high = axis.get_ylim()
    dense = low > 0 and high / low < 30

    def text(value: float, _position: Any = None) -> str:
        digit = f"{value:e}"[0]
        return f"{value:g}" if dense and digit in "25" else ""

    return text


def save_figure(figure: Any, path: Path) -> None:
    """Write a picture, whole or not at all."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure)
    image = io.BytesIO()
    figure.savefig(image, format="png")
    write_atomic(path, image.getvalue())
