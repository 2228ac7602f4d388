"""A growing collection of paths with the bandwidth that runs on each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn._kernels.columns import (
    COUNT,
    Columns,
    add_cheaper,
    add_demands,
    keep_columns,
    measure_columns,
)

if TYPE_CHECKING:
    from netroute.solvers.sdn.lagrangian import Lagrangian


class PathColumns:
    """Columns of the path formulation; each call adds from the latest prices of ``lagrangian``.

    Attributes
    ----------
    arrays : Columns
        What kernels take.
    """

    def __init__(self, lagrangian: Lagrangian) -> None:
        self._of = lagrangian
        count = len(lagrangian.pairs.source)
        room = 2 * count + 16
        self.arrays = Columns(
            state=np.zeros(2, np.int64),
            first=np.full(count, -1, np.int64),
            following=np.zeros(room, np.int64),
            pair=np.zeros(room, np.int64),
            start=np.zeros(room + 1, np.int64),
            arcs=np.zeros(room, np.int64),
            split=np.zeros(room, np.int64),
            row=np.zeros(8 * room, np.uint32),
            amount=np.zeros(room),
        )

    @property
    def count(self) -> int:
        """Number of columns."""
        return int(self.arrays.state[COUNT])

    def add_demands(self, scale: float) -> None:
        """Put ``scale`` times what each pair takes onto its cheapest path."""
        of = self._of
        while not add_demands(
            of.graph, of.node_row, self.arrays, of.paths, of.demand, float(scale)
        ):
            self._grow()

    def add_cheaper(self, limit: np.ndarray) -> int:
        """Add the paths that cost less than their pair's limit; return how many are new."""
        of, before = self._of, self.count
        while not add_cheaper(of.graph, of.node_row, self.arrays, of.paths, limit):
            self._grow()
        return self.count - before

    def keep(self, chosen: np.ndarray) -> None:
        """Drop all columns but the chosen ones (bool, shape (P,))."""
        keep_columns(self.arrays, chosen)

    def lengths(self, prices: np.ndarray) -> np.ndarray:
        """Costs of a unit of bandwidth on each column, shape (P,)."""
        found = np.empty(self.count)
        measure_columns(self.arrays, self._of.pairs, self._of.arcs, prices, found)
        return found

    def _grow(self) -> None:
        """Double the room for columns where half of it is used, else that for their rows."""
        arrays = self.arrays
        room = len(arrays.pair)
        if 2 * self.count > room:
            each = ("following", "pair", "arcs", "split", "amount")
            larger = {name: np.resize(getattr(arrays, name), 2 * room) for name in each}
            larger["start"] = np.resize(arrays.start, 2 * room + 1)
            self.arrays = arrays._replace(**larger)
        else:
            self.arrays = arrays._replace(row=np.resize(arrays.row, 2 * len(arrays.row)))
