"""Prices of arcs for online admission, learned and tuned on other days of the same traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import generator
from netroute.solvers.sdn._kernels.online import CHEAPEST
from netroute.solvers.sdn.online import Day
from netroute.solvers.sdn.online_days import Draw, day_of, draw_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu, Prices


def other_days(instance: SdnInstance, days: int, seed: int) -> list[Draw]:
    """Draw days to learn from; the same ones for the same seed."""
    rng = generator(seed)
    return [draw_day(instance.size, rng) for _ in range(days)]


def dual_prices(
    instance: SdnInstance, draws: list[Draw], stops: Iterable[Callable[[], bool]]
) -> np.ndarray:
    """Return the mean over days of the prices at which the relaxation is solved, shape (m,).

    Parameters
    ----------
    draws : list of Draw
        At least one day.
    stops : iterable of callable
        When to end the work on each day.
    """
    from netroute.solvers.sdn.path_lp import PathLpSolver

    total = np.zeros(len(instance.tail))
    for draw, stop in zip(draws, stops, strict=False):
        solver = PathLpSolver(day_of(instance, draw))
        solver.run(stop)
        total += solver.prices
    return total / len(draws)


def attained(instance: SdnInstance, menu: Menu, draws: list[Draw], prices: Prices) -> float:
    """Weight that admission at these prices attains on the drawn days altogether."""
    flows = np.arange(instance.size, dtype=np.uint32)
    total = 0.0
    for draw in draws:
        there = menu._replace(
            pair=menu.pair[draw.ends],
            allowed=menu.allowed[draw.ends],
            bandwidth=menu.bandwidth[draw.size],
            weight=menu.weight[draw.size],
        )
        choice = Day(instance, there).run(flows, CHEAPEST, prices)
        total += float(there.weight[choice >= 0].sum())
    return total


def tune(
    instance: SdnInstance,
    menu: Menu,
    draws: list[Draw],
    options: Iterable[Prices],
    stop: Callable[[], bool],
) -> Prices:
    """Return the best of some prices on the drawn days, of those tried until ``stop()``."""
    best: Prices | None = None
    most = -1.0
    for prices in options:
        if best is not None and stop():
            break
        value = attained(instance, menu, draws, prices)
        if value > most:
            best, most = prices, value
    if best is None:
        raise ValueError("no prices to choose from")
    return best
