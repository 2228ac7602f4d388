"""The search over candidate paths as an object: load, anneal in slices, read plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.problems.sdn import SdnSolution
from netroute.solvers.sdn._kernels.anneal import Search, anneal, set_widths
from netroute.solvers.sdn._kernels.choices import REJECTED
from netroute.solvers.sdn._kernels.listing import follow_relaxation
from netroute.solvers.sdn._kernels.mend import fill, mend, shorten
from netroute.solvers.sdn.flow_choices import (
    column_sums,
    make_choices,
    make_table_users,
    make_tables,
)
from netroute.solvers.sdn.path_set import columns_used

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.path_set import PathSet
    from netroute.solvers.sdn.path_solution import PathLp

DEPTH = 4
"""Flows that a chain moves beside its first one."""

SAMPLES = 10
"""Flows tried for each of them."""

LEAST_FINE = 1.5
"""Fine for a unit beyond capacity where the relaxation has no price, in mean prices."""


LOOKS, FLOWS = 100_000, 5_000
"""Options, or flows, that one call of a kernel looks at: about 10 ms."""

SHORTENINGS = 3
"""How often all flows are offered shorter paths, where that helps."""


class PathSearch:
    """One annealing search over the flows' choices of candidate paths.

    Parameters
    ----------
    instance : SdnInstance
    relaxed : PathLp
        Prices that tell which options are worth a look, and a fractional plan.
    paths : PathSet
        The candidates.
    weights : ndarray of float64, shape (F,)
        What admitting each flow is worth.
    seed : int
        Same seed and same calls give the same plans.
    stream : int
        Number of the random stream, for several searches under one seed.
    unit : float, optional
        Of temperatures; the mean weight of the relaxation's flows without it.
    """

    def __init__(
        self,
        instance: SdnInstance,
        relaxed: PathLp,
        paths: PathSet,
        *,
        weights: np.ndarray,
        seed: int,
        stream: int = 0,
        unit: float | None = None,
    ) -> None:
        self._instance = instance
        self._relaxed = relaxed
        self._paths = paths
        self._columns, self._choices = make_choices(instance, relaxed, paths, weights)
        self._tables = make_tables(instance, self._columns)
        self._table_users = make_table_users(self._tables, self._choices)
        flows, arcs = instance.size, len(instance.tail)
        self._search = Search(
            current=np.zeros(flows, np.uint32),
            width=np.zeros(flows, np.int64),
            pool=np.zeros(flows, np.uint32),
            room=np.zeros(arcs),
            fine=np.zeros(arcs),
            chain=np.zeros((2, DEPTH + 2), np.uint32),
            rng=kernel_state(seed, 1, stream),
        )
        self._fine = _fines(relaxed.prices)
        self._table_fine = _fines(relaxed.node_prices)
        density = weights / instance.bandwidth
        order = np.lexsort((instance.bandwidth, -instance.priority, -density))
        self._order = order.astype(np.uint32)
        self._delay = column_sums(paths, instance.delay)
        admitted = float(relaxed.flow_value.sum())
        mean = max(relaxed.value / admitted, 1e-9) if admitted > 0.0 else 1.0
        self.unit = mean if unit is None else unit
        self._pool_size = 0
        self.iterations = 0
        self.follow_relaxation()

    def follow_relaxation(self) -> None:
        """Choose what the fractional plan does; capacities may be exceeded."""
        order = np.argsort(-self._choices.bandwidth, kind="stable").astype(np.uint32)
        self._search.current[:] = self._choices.start[:-1]
        left = self._paths.amount.copy()
        follow_relaxation(
            self._choices, order, self._relaxed.flow_value, left, self._search.current
        )
        self._measure()

    def set_limit(self, limit: float) -> None:
        """Let flows choose among options that lose at most ``limit`` mean weights."""
        self._pool_size = int(set_widths(self._choices, self._search, limit * self.unit))

    def anneal(
        self, temperature: float, fine: float, fixed: float, reach: float, iterations: int
    ) -> None:
        """Take steps at one temperature.

        Parameters
        ----------
        temperature, fixed, reach : float
            In mean weights: temperature, fine for each arc in excess, and what the first change of
            a chain may cost.
        fine : float
            Fine for each unit of bandwidth in excess, in prices.
        """
        np.multiply(self._fine, fine, out=self._search.fine)
        if self._tables is not None:
            np.multiply(self._table_fine, fine, out=self._tables.fine)
        if self._pool_size:
            anneal(
                self._columns, self._tables, self._choices, self._search, self._pool_size,
                fixed * self.unit, temperature * self.unit, reach * self.unit, SAMPLES, iterations,
            )  # fmt: skip
        self.iterations += iterations

    def mended(
        self, stop: Callable[[], bool] = lambda: False
    ) -> tuple[tuple[float, float], np.ndarray] | None:
        """Return rank and choices of a plan near the current one that keeps all limits.

        The rank is the weight, then bandwidth times delay, negative. The search itself stays where
        it is. Returns None when stopped before the end.
        """
        kept = self._search.current.copy()
        rank = self.mend(stop)
        found = self._search.current.copy()
        self._search.current[:] = kept
        self._measure()
        return None if rank is None else (rank, found)

    def mend(self, stop: Callable[[], bool] = lambda: False) -> tuple[float, float] | None:
        """Make the current plan keep all limits and return its rank; None when stopped."""
        known = (self._columns, self._tables, self._choices, self._search)
        place, flows = 0, self._instance.size
        places = len(self._search.room) + (0 if self._tables is None else len(self._tables.room))
        while place < places:
            place = int(mend(*known, self._table_users, place, LOOKS))
            if stop():
                return None
        value = 0.0
        for first in range(0, flows, FLOWS):
            value += fill(*known, self._order, first, min(flows, first + FLOWS))
            if stop():
                return None
        spent = 0.0
        for _ in range(SHORTENINGS):
            spent, saved = 0.0, 0.0
            for first in range(0, flows, FLOWS):
                last = min(flows, first + FLOWS)
                part = shorten(*known, self._delay, self._order, first, last)
                spent, saved = spent + part[0], saved + part[1]
                if stop():
                    return None
            if saved <= 0.0:
                break
        return value, -spent

    @property
    def current(self) -> np.ndarray:
        """The options chosen now: uint32, shape (F,)."""
        return self._search.current

    def load(self, current: np.ndarray) -> None:
        """Go on from the choices of a plan."""
        self._search.current[:] = current
        self._measure()

    def solution(self, current: np.ndarray) -> SdnSolution:
        """Turn choices into a plan."""
        column = self._choices.column[current].astype(np.int64)
        admitted = column != REJECTED
        chosen = column[admitted]
        begin, end = self._paths.start[chosen], self._paths.start[chosen + 1]
        cut = begin + self._paths.split[chosen]
        if self._instance.protection == "none":
            return SdnSolution(*self._rows(admitted, begin, end))
        return SdnSolution(*self._rows(admitted, begin, cut), *self._rows(admitted, cut, end))

    def _rows(
        self, admitted: np.ndarray, begin: np.ndarray, end: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        size = np.zeros(len(admitted) + 1, np.int64)
        size[1:][admitted] = end - begin
        start = np.cumsum(size)
        place = np.repeat(begin - start[:-1][admitted], end - begin) + np.arange(start[-1])
        return start, self._paths.arc[place]

    def follow(self, plan: SdnSolution) -> None:
        """Choose what a plan does; flows on paths that are no options are rejected."""
        choices, flows = self._choices, self._instance.size
        wanted = np.full(flows, -1, np.int64)
        of_pair = self._relaxed.pairs.of_flow
        wanted[plan.admitted] = columns_used(self._paths, of_pair, plan)
        column = np.where(choices.column == REJECTED, -2, choices.column.astype(np.int64))
        place = np.flatnonzero(column == -2)
        self._search.current[choices.flow[place]] = place
        place = np.flatnonzero(column == wanted[choices.flow])
        self._search.current[choices.flow[place]] = place
        self._measure()

    def _measure(self) -> None:
        """Count what room the current choices leave."""
        column = self._choices.column[self._search.current]
        used = np.flatnonzero(column != REJECTED)
        chosen = column[used].astype(np.int64)
        bandwidth = self._choices.bandwidth[used]
        arcs = _spread(self._columns.start, self._columns.arc, chosen)
        size = np.diff(self._columns.start)[chosen]
        load = np.bincount(arcs, np.repeat(bandwidth, size), minlength=len(self._search.room))
        np.subtract(self._instance.capacity, load, out=self._search.room)
        if self._tables is not None and self._instance.table_size is not None:
            nodes = _spread(self._tables.start, self._tables.node, chosen)
            entries = _spread(self._tables.start, self._tables.entries, chosen)
            sizes = np.where(self._instance.table_size < 0, np.inf, self._instance.table_size)
            self._tables.room[:] = sizes - np.bincount(nodes, entries, minlength=len(sizes))


def _fines(prices: np.ndarray) -> np.ndarray:
    """Fines in proportion to prices, but at least something everywhere."""
    positive = prices[prices > 0.0]
    least = LEAST_FINE * float(positive.mean()) if len(positive) else 1.0
    fines: np.ndarray = np.maximum(prices, least)
    return fines


def _spread(start: np.ndarray, item: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the items of some rows one after the other."""
    size = np.diff(start)[rows]
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    place = np.repeat(start[rows] - (ends - size), size) + np.arange(total)
    found: np.ndarray = item[place]
    return found
