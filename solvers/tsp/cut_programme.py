"""The programme of a branch-and-cut search, and all edges that it may or may not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp.cut_lp import CutLp, Point, lowest
from netroute.solvers.tsp.neighbours import quadrant_neighbours
from netroute.solvers.tsp.separation import separate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from netroute.problems.tsp import TspInstance

QUADRANT, NEAREST = 2, 2
"""First edges: of each quadrant, and further nearest ones."""

ADDED = 3
"""New edges of one pricing, a node."""

EXACT = 1e-6
"""Distance from an integer below which a value counts as one."""


class CutProgramme:
    """A linear programme over some edges of a complete graph.

    An edge's number is its place in the upper triangle of the matrix, row by row.

    Attributes
    ----------
    lp : CutLp
        Its edges are those of ``numbers``, in that order.
    must : ndarray of bool
        Of all edges, whether they are fixed.
    """

    def __init__(self, instance: TspInstance, tour: np.ndarray, stop: Callable[[], bool]) -> None:
        self._size = n = instance.size
        low, high = np.triu_indices(n, 1)
        self._all = low, high, instance.distances(low, high)
        self.must = np.zeros(len(low), bool)
        self.must[self._number(instance.fixed_edges.astype(np.int64))] = True
        near = quadrant_neighbours(instance, QUADRANT, extra=NEAREST)
        rows = np.repeat(np.arange(n), near.shape[1])
        pairs = [
            np.stack([rows, near.ravel().astype(np.int64)], axis=1),
            np.stack([tour, np.roll(tour, -1)], axis=1),
            instance.fixed_edges.astype(np.int64),
        ]
        self.numbers = np.unique(self._number(np.concatenate(pairs)))
        self._active = np.zeros(len(low), bool)
        self._active[self.numbers] = True
        self.lp = CutLp(
            n,
            *self._edges(self.numbers),
            penalty=max(1.0, abs(instance.length(tour)), 4.0 * float(np.abs(self._all[2]).max())),
            stop=stop,
        )
        self.decide({})

    def edge(self, number: int) -> tuple[int, int]:
        """Return the ends of an edge."""
        return int(self._all[0][number]), int(self._all[1][number])

    def cut(self, point: Point) -> int:
        """Add cuts that a point violates; return their number."""
        self.lp.purge(point)
        lp = self.lp
        return lp.add_cuts(separate(self._size, lp.tail, lp.head, point.values, lp.cuts))

    def evaluate(self, point: Point) -> tuple[float, np.ndarray]:
        """Return what a point proves of all edges, and their reduced costs."""
        return lowest(self._size, point, *self._all, self.must)

    def evaluate_here(self, point: Point) -> float:
        """Return what a point proves of the edges that the programme has, as they are decided."""
        lp = self.lp
        free = lp.upper > 0.5
        edges = lp.tail[free], lp.head[free], lp.length[free]
        return lowest(self._size, point, *edges, lp.lower[free] > 0.5)[0]

    def add(self, reduced: np.ndarray, least: float) -> int:
        """Add edges whose reduced costs are below ``least``, some at a time; return how many."""
        wrong = np.flatnonzero(~self._active & (reduced < least))
        order = wrong[np.argsort(reduced[wrong], kind="stable")][: ADDED * self._size]
        self._extend(order)
        return len(order)

    def keep(self, kept: np.ndarray) -> None:
        """Let the programme have these edges and no others."""
        stay = kept[self.numbers]
        self.lp.keep_edges(stay)
        self.numbers = self.numbers[stay]
        self._extend(np.flatnonzero(kept & ~self._active))
        self.decide({})

    def decide(self, decided: Mapping[int, bool]) -> None:
        """Let tours do without some edges and have others, by their numbers."""
        lower = self.must[self.numbers].astype(np.float64)
        upper = np.ones(len(lower))
        if decided:
            order = np.argsort(self.numbers, kind="stable")
            codes = np.array(list(decided), np.int64)
            columns = order[np.searchsorted(self.numbers[order], codes)]
            taken = np.array(list(decided.values()), bool)
            lower[columns[taken]] = 1.0
            upper[columns[~taken]] = 0.0
        self.lp.set_ranges(lower, upper)

    def tour(self, point: Point) -> np.ndarray | None:
        """Return the tour that a point without violated subtours is, None if it is not one."""
        used = np.abs(point.values - 1.0) <= EXACT
        tail, head = self.lp.tail[used], self.lp.head[used]
        degree = np.bincount(np.concatenate([tail, head]), minlength=self._size)
        if used.sum() != self._size or (degree != 2).any():
            return None
        mates: list[list[int]] = [[] for _ in range(self._size)]
        for a, b in zip(tail.tolist(), head.tolist(), strict=True):
            mates[a].append(b)
            mates[b].append(a)
        order, before, at = [0], -1, 0
        while True:
            one, other = mates[at]
            before, at = at, other if one == before else one
            if at == 0:
                break
            order.append(at)
        return np.array(order) if len(order) == self._size else None

    def _extend(self, numbers: np.ndarray) -> None:
        if len(numbers):
            self.lp.add_edges(*self._edges(numbers))
            self._active[numbers] = True
            self.numbers = np.concatenate([self.numbers, numbers])

    def _edges(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        low, high, length = self._all
        return low[numbers], high[numbers], length[numbers]

    def _number(self, pairs: np.ndarray) -> np.ndarray:
        low, high = pairs.min(axis=1, initial=self._size), pairs.max(axis=1, initial=0)
        found: np.ndarray = low * self._size - low * (low + 1) // 2 + high - low - 1
        return found
