"""Exact pricing of ng-routes: the lowest reduced cost, and the routes that attain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.vrp.bound._kernels.labels import BIG, BITS, SETS, extend, join, trace

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.vrp.bound.relaxation import Relaxation

WORK = 20_000_000
"""Steps between two questions whether to stop: some 50 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class Priced:
    """Outcome of one pricing.

    Attributes
    ----------
    lowest : int
        Doubled scaled reduced cost: no route has a lower one, unless it is ``threshold``, above
        which nothing was looked for.
    routes : list of tuple of int
        Routes below the threshold, cheapest first.
    """

    lowest: int
    routes: list[tuple[int, ...]]


def ng_sets(relaxation: Relaxation, size: int) -> np.ndarray:
    """Return the nearest ``size`` - 1 other clients of each location, -1 where there are fewer.

    Returns
    -------
    ndarray of int64, shape (n, `BITS`)
    """
    n = relaxation.size
    sets = np.full((n, BITS), -1, np.int64)
    count = min(size - 1, BITS, n - 2)
    if count > 0:
        cost = relaxation.cost[1:, 1:].copy()
        np.fill_diagonal(cost, np.inf)
        sets[1:, :count] = np.argsort(cost, axis=1, kind="stable")[:, :count] + 1
    return sets


class Pricer:
    """Prices routes over fixed ng-sets, in slices, in arrays that grow as needed."""

    def __init__(self, relaxation: Relaxation, sets: np.ndarray) -> None:
        n, levels = relaxation.size, relaxation.capacity + 1
        self.relaxation = relaxation
        self.half = relaxation.capacity // 2
        self._own, self._transfer = _tables(sets)
        self._completion = np.full((n, levels), -BIG)
        self._dom = np.empty((n, SETS))
        self._first = np.zeros((n, levels), np.int32)
        self._cell = np.zeros((n, levels), np.int32)
        self._cheapest = np.empty((levels, n))
        self._lowest = np.empty(levels)
        self._order = np.zeros((n, n), np.uint32)
        self._arcs = np.empty((n, n))
        self._arc_count = np.zeros(n, np.int64)
        self._best = np.empty(n)
        self._pair = np.empty((2, n), np.int32)
        self._path = np.empty(levels + 1, np.int64)
        self._count = np.zeros(2, np.int64)
        self.labels = 0
        self._allocate(1 << 16)

    def price(
        self, arcs: np.ndarray, *, threshold: int, stop: Callable[[], bool], wanted: int = 500
    ) -> Priced | None:
        """Find the lowest reduced cost below ``threshold``; None when stopped before the end.

        Parameters
        ----------
        arcs : ndarray of float64, shape (n, n)
            Symmetric integer reduced costs of the arcs; a route's is the sum over its arcs.
        """
        if not self._extend(arcs, threshold, stop):
            return None
        partner_cost, partner = np.empty(SETS), np.empty(SETS, np.int32)
        lowest = join(
            self.relaxation.capacity,
            self.half,
            float(threshold),
            self.relaxation.weight,
            self._first,
            self._cell,
            self._cost,
            self._mask,
            self._best,
            self._pair[0],
            self._pair[1],
            partner_cost,
            partner,
        )
        return Priced(int(lowest), self._routes(wanted))

    def _extend(self, arcs: np.ndarray, threshold: int, stop: Callable[[], bool]) -> bool:
        weight = self.relaxation.weight
        self._sort(arcs)
        self._dom.fill(BIG)
        self._lowest.fill(BIG)
        self._lowest[0] = 0.0
        self._count[:] = 0
        level, last = 1, min(self.relaxation.capacity, self.half + int(weight.max()))
        while level <= last:
            level = extend(
                level,
                last,
                self.half,
                WORK,
                float(threshold),
                weight,
                self._order,
                self._arcs,
                self._arc_count,
                self._transfer,
                self._own,
                self._completion,
                self._dom,
                self._first,
                self._cheapest,
                self._lowest,
                self._cell,
                self._cost,
                self._node,
                self._mask,
                self._parent,
                self._count,
            )
            if stop():
                return False
            if self._count[1]:
                # The arrays are full: begin again with larger ones, which then stay.
                self._allocate(2 * len(self._cost))
                return self._extend(arcs, threshold, stop)
        self.labels = int(self._count[0])
        return True

    def _sort(self, arcs: np.ndarray) -> None:
        n = len(arcs)
        inner = arcs[1:, 1:].copy()
        np.fill_diagonal(inner, BIG)
        order = np.argsort(inner, axis=1)
        # The last of each row is the client itself.
        self._order[1:, : n - 2] = order[:, :-1] + 1
        self._arcs[1:, : n - 2] = np.take_along_axis(inner, order[:, :-1], axis=1)
        self._arcs[1:, n - 1] = arcs[0, 1:]
        self._arc_count[1:] = n - 2

    def _routes(self, wanted: int) -> list[tuple[int, ...]]:
        order = np.argsort(self._best[1:], kind="stable") + 1
        found: dict[tuple[int, ...], None] = {}
        for j in order[:wanted]:
            if self._pair[0, j] < 0:
                break
            left, right = (self._walk(self._pair[side, j]) for side in (0, 1))
            route = (*left[::-1], *right[1:])
            found[min(route, route[::-1])] = None
        return list(found)

    def _walk(self, label: int) -> list[int]:
        length = trace(label, self._node, self._parent, self._path)
        return [int(client) for client in self._path[:length]]

    def _allocate(self, room: int) -> None:
        self._cost = np.empty(room)
        self._node = np.empty(room, np.uint32)
        self._mask = np.empty(room, np.uint8)
        self._parent = np.empty(room, np.int32)


def _tables(sets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bit of client j in i's set as ``own[j, i]``; ``transfer[j, i]`` maps i's bits to j's.

    Byte b of ``transfer[j, i]`` is the bit that member b of i's set has in j's set, or 0.
    """
    n = len(sets)
    own = np.zeros((n, n), np.uint8)
    for bit in range(sets.shape[1]):
        rows = np.flatnonzero(sets[:, bit] >= 0)
        own[sets[rows, bit], rows] |= np.uint8(1 << bit)
    transfer = np.zeros((n, n), np.uint64)
    for bit in range(sets.shape[1]):
        rows = np.flatnonzero(sets[:, bit] >= 0)
        transfer[:, rows] |= own[sets[rows, bit]].T.astype(np.uint64) << np.uint64(8 * bit)
    return own, transfer
