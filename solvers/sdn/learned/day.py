"""A day of arrivals decided at corrected prices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.solvers.sdn._kernels.learned import (
    ARC_FEATURES,
    PATH_FEATURES,
    Bench,
    Knowledge,
    Weights,
    decide_learned,
)
from netroute.solvers.sdn.online import SLICE, Day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu
    from netroute.solvers.sdn.online_days import Draw


class Corrected(NamedTuple):
    """A rule of admission: adaptive bid prices and their correction.

    Attributes
    ----------
    known : Knowledge
    weights : Weights
    strength : float
        By which corrections are scaled; 0 for none.
    """

    known: Knowledge
    weights: Weights
    strength: float = 1.0


def run_corrected(
    instance: SdnInstance,
    menu: Menu,
    flows: np.ndarray,
    rule: Corrected,
    *,
    stop: Callable[[], bool] | None = None,
) -> np.ndarray:
    """Decide ``flows`` (uint32) in this order; return the path of each, -1 if rejected."""
    day = Day(instance, menu)
    choice = np.full(len(flows), -1, np.int64)
    bench = new_bench(len(instance.tail))
    for first in range(0, len(flows), SLICE):
        if first and stop is not None and stop():
            break
        last = min(len(flows), first + SLICE)
        decide_learned(
            menu, rule.known, rule.weights, float(rule.strength), bench, flows, first, last,
            day.capacity, day.entries, choice,
        )  # fmt: skip
    return choice


def new_bench(arcs: int) -> Bench:
    """Return room for the decisions of one day."""
    return Bench(
        np.full(arcs, -1, np.int64), np.zeros(arcs), np.zeros(ARC_FEATURES), np.zeros(PATH_FEATURES)
    )


def drawn_menu(menu: Menu, draw: Draw) -> Menu:
    """Return the menu of a drawn day, whose i-th flow is the i-th arrival."""
    return menu._replace(
        pair=menu.pair[draw.ends],
        allowed=menu.allowed[draw.ends],
        bandwidth=menu.bandwidth[draw.size],
        weight=menu.weight[draw.size],
    )


def attained_corrected(
    instance: SdnInstance, menu: Menu, draws: Iterable[Draw], rule: Corrected
) -> float:
    """Weight that a rule attains on the drawn days altogether."""
    total = 0.0
    for draw in draws:
        there = drawn_menu(menu, draw)
        flows = np.arange(len(draw.ends), dtype=np.uint32)
        choice = run_corrected(instance, there, flows, rule)
        total += float(there.weight[choice >= 0].sum())
    return total
