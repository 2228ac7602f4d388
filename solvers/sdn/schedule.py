"""How hot an annealing over paths runs, how it cools, and what excess costs it meanwhile."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_solution import PathLp

LATE = 0.8
"""Share of the budget from which on the fines rise to their end."""

HOTTEST, COLDEST = 0.15, 0.0006
"""Range of first temperatures, in mean weights of admitted flows."""

CROWD, STEEPNESS = 25.0, 2.5
"""Flows on an arc from which on the first temperature falls, and with which power of them."""

COOLING = 6.0
"""The first temperature over the last one."""

FINES = (1.2, 4.0, 20.0)
"""Fines for a unit of bandwidth in excess: at the beginning, at `LATE` and at the end."""

SPREAD, LEAST_SPREAD = 8.0, 4.0
"""Options are looked at that lose up to this many temperatures, and first temperatures."""

REACH = 16.0
"""What the first change of a chain may cost, in first temperatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How temperature and fines change with the share of the budget that is spent.

    Attributes
    ----------
    hot, cold : float
        First and last temperature, in mean weights of admitted flows; it falls geometrically.
    fines : tuple of three floats
        Fine for a unit of bandwidth in excess, in prices of the relaxation: at the beginning, at
        `LATE` and at the end.

    Examples
    --------
    >>> schedule = Schedule(hot=0.06, cold=0.01, fines=(1.0, 5.0, 20.0))
    >>> schedule.temperature(0.0), schedule.fine(0.0), schedule.fine(1.0)
    (0.06, 1.0, 20.0)
    """

    hot: float
    cold: float
    fines: tuple[float, float, float] = FINES

    @classmethod
    def of(cls, instance: SdnInstance, relaxed: PathLp) -> Schedule:
        """Choose temperatures for an instance: the more flows share an arc, the lower.

        Where an arc holds few flows, capacity is used well only by exchanging flows for others
        that are far from the relaxation's choice. Where it holds hundreds, the relaxation is all
        but right, and heat only does harm.
        """
        hot = HOTTEST / (1.0 + (sharing(instance, relaxed) / CROWD) ** STEEPNESS)
        hot = max(hot, COLDEST)
        return cls(hot=hot, cold=hot / COOLING)

    def temperature(self, share: float) -> float:
        """Temperature when ``share`` of the budget is spent."""
        return self.hot * math.exp(math.log(self.cold / self.hot) * share)

    def fine(self, share: float) -> float:
        """Fine when ``share`` of the budget is spent."""
        first, late, last = self.fines
        if share < LATE:
            return float(first * (late / first) ** (share / LATE))
        return float(late * (last / late) ** ((share - LATE) / (1.0 - LATE)))

    def spread(self, share: float) -> float:
        """How much the options looked at may lose, in mean weights."""
        return max(SPREAD * self.temperature(share), LEAST_SPREAD * self.hot)

    @property
    def reach(self) -> float:
        """What the first change of a chain may cost, in mean weights."""
        return REACH * self.hot


def sharing(instance: SdnInstance, relaxed: PathLp) -> float:
    """Mean effective number of flows that share an arc, arcs counting by their worth.

    Flows of bandwidths b count as ``(sum b)^2 / sum b^2``: thin ones beside fat ones hardly matter.
    An arc is worth its price times its capacity: arcs that are not scarce do not count.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> from netroute.solvers.sdn.path_lp import PathLpSolver
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[8],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 6, 6], priority=[3, 3, 1],
    ... )
    >>> solver = PathLpSolver(net)
    >>> solver.run(lambda: False)
    >>> round(sharing(net, solver.solution()), 2)
    1.6
    """
    worth = relaxed.prices * instance.capacity
    if not worth.any():
        return math.inf
    pair, pairs = relaxed.pairs.of_flow, len(relaxed.pairs.source)
    taken = relaxed.flow_value * instance.bandwidth
    bandwidth = np.bincount(pair, taken, minlength=pairs)
    squares = np.bincount(pair, taken * instance.bandwidth, minlength=pairs)
    usual = np.divide(squares, bandwidth, out=np.zeros(pairs), where=bandwidth > 0.0)
    arcs, size, number = relaxed.arcs, np.diff(relaxed.start), len(worth)
    load = np.bincount(arcs, np.repeat(relaxed.amount, size), minlength=number)
    squared = np.repeat(relaxed.amount * usual[relaxed.pair], size)
    of_squares = np.bincount(arcs, squared, minlength=number)
    flows = np.divide(load**2, of_squares, out=np.zeros(number), where=of_squares > 0.0)
    return float(worth @ flows / worth.sum())
