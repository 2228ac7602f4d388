"""What other days of the same traffic tell of a network, as the correction of prices sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.solvers.sdn._kernels.learned import Knowledge
from netroute.solvers.sdn.online_days import day_of
from netroute.solvers.sdn.path_lp import PathLpSolver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn._kernels.online import Menu, Prices
    from netroute.solvers.sdn.online_days import Draw

LEAST_PRICE = 1e-3
"""Share of the typical weight per bandwidth, below which differences of prices do not matter."""


class Relaxed(NamedTuple):
    """The relaxations of some days.

    Attributes
    ----------
    prices : ndarray of float64, shape (D, m)
        Duals of the arcs.
    usage : ndarray of float64, shape (D, m)
        Share of the capacity in use.
    """

    prices: np.ndarray
    usage: np.ndarray


def relax_days(
    instance: SdnInstance, draws: list[Draw], stops: Iterable[Callable[[], bool]]
) -> Relaxed:
    """Solve the relaxation of each drawn day.

    Parameters
    ----------
    draws : list of Draw
        At least one day.
    stops : iterable of callable
        When to end the work on each day.
    """
    arcs = len(instance.tail)
    found = Relaxed(np.zeros((len(draws), arcs)), np.zeros((len(draws), arcs)))
    capacity = np.maximum(instance.capacity, 1)
    for day, (draw, stop) in enumerate(zip(draws, stops, strict=False)):
        solver = PathLpSolver(day_of(instance, draw))
        solver.run(stop)
        plan = solver.solution()
        load = np.repeat(plan.amount, np.diff(plan.start))
        found.prices[day] = solver.prices
        found.usage[day] = np.bincount(plan.arcs, load, minlength=arcs) / capacity
    return found


def knowledge(instance: SdnInstance, menu: Menu, relaxed: Relaxed, prices: Prices) -> Knowledge:
    """Put together what `netroute.solvers.sdn._kernels.learned` sees beside the day itself.

    Parameters
    ----------
    relaxed : Relaxed
        The days to learn from.
    prices : Prices
        Their mean duals, with a level and a gain.
    """
    dense = menu.weight / menu.bandwidth
    dense = dense[dense > 0.0]
    typical = float(np.median(dense)) if len(dense) else 1.0
    bandwidth = float(menu.bandwidth.mean()) if len(menu.bandwidth) else 1.0
    least = LEAST_PRICE * typical
    return Knowledge(
        base=prices.base,
        level=float(prices.level),
        gain=float(prices.gain),
        typical=typical,
        bandwidth=bandwidth,
        price=1.0 + 0.5 * np.log(LEAST_PRICE + prices.base / typical),
        spread=relaxed.prices.std(axis=0) / (prices.base + least),
        usage=np.clip(relaxed.usage.mean(axis=0), 0.0, 1.0),
        width=0.5 * np.log(np.maximum(instance.capacity, 1) / bandwidth),
    )
