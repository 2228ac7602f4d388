"""Box plots of a benchmark's gaps by the size of the instances."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.experiments.plots import GREY, colour, new_figure, plain, save_figure

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.experiments.statistics import Gaps

MOST_GROUPS = 6
"""Up to so many sizes each have their own boxes; more are put together in `FEWER` groups."""

FEWER = 4


def size_groups(sizes: list[int]) -> list[tuple[str, set[int]]]:
    """Group sizes: each by itself, or ranges with about as many instances each.

    Parameters
    ----------
    sizes : list of int
        Size of each instance.

    Returns
    -------
    list of (label, sizes)

    Examples
    --------
    >>> size_groups([50, 50, 100])
    [('50', {50}), ('100', {100})]
    """
    distinct = sorted(set(sizes))
    if len(distinct) <= MOST_GROUPS:
        return [(str(size), {size}) for size in distinct]
    found = []
    edges = np.quantile(sorted(sizes), np.linspace(0.0, 1.0, FEWER + 1))
    for low, high in pairwise(edges):
        own = {size for size in distinct if low < size <= high or size == low == edges[0]}
        if own:
            found.append((f"{min(own)}–{max(own)}", own))
    return found


def plot_by_size(gaps: Gaps, path: Path) -> bool:
    """Draw a box of the runs' gaps for each size and solver, one panel below another a budget.

    A box reaches from the first to the third quartile with the median across; whiskers to the
    last run within 1.5 times its length (Tukey 1977), runs beyond as points.

    Returns
    -------
    bool
        False where there is nothing to draw.

    Raises
    ------
    MissingExtraError
        matplotlib is not installed.
    """
    budgets = [budget for budget in gaps.budgets if gaps.best(budget)]
    if not budgets:
        return False
    of = {record.instance: record.size for record in gaps.records}
    groups = size_groups(list(of.values()))
    count = len(gaps.labels)
    width = min(15.0, 2.5 + 0.22 * count * len(groups))
    figure, axes = new_figure(len(budgets), max(7.0, width), 3.6, stacked=True)
    for axis, budget in zip(axes, budgets, strict=True):
        least = _draw(axis, gaps, budget, groups, of)
        axis.set_yscale("log" if least > 0 else "symlog", **_linear(least))
        axis.yaxis.set_major_formatter(plain)
        axis.set_xticks(range(len(groups)), [label for label, _ in groups])
        axis.set_xlim(-0.5, len(groups) - 0.5)
        axis.set_ylabel("gap, %")
        axis.set_title(f"budget {budget}", loc="left", fontsize=10, color=GREY)
    axes[-1].set_xlabel("size")
    handles = [_patch(colour(i, count), label) for i, label in enumerate(gaps.labels)]
    figure.legend(handles=handles, frameon=False, fontsize=8, loc="outside right upper")
    save_figure(figure, path)
    return True


def _draw(
    axis: Any,
    gaps: Gaps,
    budget: str,
    groups: list[tuple[str, set[int]]],
    of: dict[str, int],
) -> float:
    """Draw the boxes of one budget; return the smallest gap."""
    count = len(gaps.labels)
    step = 0.84 / count
    least = float("inf")
    for index, label in enumerate(gaps.labels):
        for place, (_, sizes) in enumerate(groups):
            values = gaps.values(budget, label, [n for n, size in of.items() if size in sizes])
            if not values:
                continue
            least = min(least, *values)
            tint = colour(index, count)
            axis.boxplot(
                [values],
                positions=[place - 0.42 + step * (index + 0.5)],
                widths=0.8 * step,
                patch_artist=True,
                manage_ticks=False,
                boxprops={"facecolor": tint, "edgecolor": tint, "alpha": 0.55},
                medianprops={"color": tint, "linewidth": 2.0},
                whiskerprops={"color": tint},
                capprops={"color": tint},
                flierprops={"marker": ".", "markersize": 4, "markeredgecolor": tint},
            )
    return least


def _linear(least: float) -> dict[str, float]:
    return {} if least > 0 else {"linthresh": 0.1}


def _patch(tint: Any, label: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=tint, alpha=0.7, label=label)
