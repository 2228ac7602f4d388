"""Equitable edge colouring of a bipartite multigraph that is given by multiplicities."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective.solution import smallest_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.collective._kernels.colouring import Incidence, Scratch

MOST_COLOURS = 2**15


def equitable(
    row: np.ndarray,
    column: np.ndarray,
    count: np.ndarray,
    colours: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Divide each entry over colours so that every row and column is divided evenly.

    Of a vertex of degree d each colour has ``floor(d / colours)`` or ``ceil(d / colours)`` edges;
    of an entry, too. Entries are halved level by level, at an odd number of colours rounded to
    unequal shares; the work is O(entries * colours), whatever the counts are.

    Parameters
    ----------
    row, column : array, shape (E,)
        Ends of the entries, from 0; sorted by row.
    count : array, shape (E,)
        Edges of each entry.
    colours : int
        From 1.
    stop : callable
        Asked between steps. Once it says so, what is left is dealt out in turns: each entry is
        divided evenly, but rows and columns only about so.

    Returns
    -------
    ndarray
        Unsigned, shape (colours, E).

    References
    ----------
    D. de Werra: Equitable colorations of graphs. Revue française d'informatique et de recherche
    opérationnelle 5, 1971. H. N. Gabow: Using Euler partitions to edge color bipartite multigraphs.
    International Journal of Computer and Information Sciences 5(4), 1976.

    Examples
    --------
    >>> row, column = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> found = equitable(row, column, np.array([3, 1, 1, 3]), 2)
    >>> found.sum(axis=0).tolist(), (found[:, 0] + found[:, 1]).tolist()
    ([3, 1, 1, 3], [2, 2])
    """
    base, rest = np.divmod(np.asarray(count, np.int64), colours)
    kind = smallest_kind(int(base.max(initial=0)) + 1)
    found = np.empty((colours, len(base)), kind)
    found[:] = base.astype(kind)
    left = np.flatnonzero(rest)
    if not len(left):
        return found
    everything = len(left) == len(rest)
    division = _Division(
        np.ascontiguousarray(row if everything else row[left], np.uint32),
        np.ascontiguousarray(column if everything else column[left], np.uint32),
    )
    stack = [(rest[left].astype(np.uint16), 0, colours)]
    while stack:
        if stop():
            for value, first, parts in stack:
                turn = (division.row + division.column).astype(np.uint16) % parts
                _deal(found[first : first + parts], None if everything else left, value, turn)
            break
        value, first, parts = stack.pop()
        if parts == 1:
            if everything:
                np.add(found[first], value, out=found[first], casting="unsafe")
            else:
                found[first][left] += value.astype(kind)
            continue
        some = parts // 2
        taken = division.take(value, some, parts)
        stack.append((value, first + some, parts - some))
        stack.append((taken, first, some))
    return found


def _deal(found: np.ndarray, left: np.ndarray | None, value: np.ndarray, turn: np.ndarray) -> None:
    """Add even shares of entries to all colours; what is left goes to colours from ``turn`` on."""
    parts = len(found)
    base, rest = np.divmod(value, np.uint16(parts))
    for t, row in enumerate(found):
        share = base + ((t + turn) % parts < rest)
        if left is None:
            np.add(row, share, out=row, casting="unsafe")
        else:
            row[left] += share.astype(row.dtype)


class _Division:
    """Takes shares of values on fixed entries."""

    def __init__(self, row: np.ndarray, column: np.ndarray) -> None:
        self.row, self.column = row, column
        self._rows = int(row.max()) + 1
        self._columns = int(column.max()) + 1
        self._begin = np.searchsorted(row, np.arange(self._rows + 1)).astype(np.uint32)
        self._scratch: Scratch | None = None
        self._room: Incidence | None = None

    def take(self, value: np.ndarray, some: int, parts: int) -> np.ndarray:
        """Move ``some`` of ``parts`` shares out of ``value``; uint16, shape (E,)."""
        from netroute.solvers.collective._kernels.colouring import halve, portion

        part = np.empty_like(value)
        if 2 * some == parts:
            halve(self._begin, self.column, value, part, self._halving())
            return part
        size = (some, parts, self._rows, self._columns)
        portion(self.row, self.column, value, part, self._cycles(), *size)
        value -= part
        return part

    def _halving(self) -> Scratch:
        from netroute.solvers.collective._kernels.colouring import Scratch

        if self._scratch is None:
            places = len(self.row) + self._rows + 2
            self._scratch = Scratch(
                np.empty(places, np.uint32),
                np.empty(places, np.uint32),
                np.empty(places, np.uint8),
                np.full(self._columns, places - 1, np.uint32),
            )
        return self._scratch

    def _cycles(self) -> Incidence:
        from netroute.solvers.collective._kernels.colouring import Incidence

        if self._room is None:
            edges = len(self.row) + self._rows + self._columns + 1
            nodes = self._rows + self._columns + 2
            self._room = Incidence(
                left=np.empty(edges, np.uint32),
                right=np.empty(edges, np.uint32),
                rest=np.empty(edges, np.int32),
                start=np.empty(nodes + 1, np.int64),
                edge=np.empty(2 * edges, np.uint32),
                first=np.empty(nodes, np.int64),
                second=np.empty(nodes, np.int64),
                path=np.empty(nodes + 1, np.uint32),
                nodes=np.empty(nodes + 1, np.uint32),
                place=np.empty(nodes, np.int64),
            )
        return self._room


@cache
def compile_colouring() -> None:
    """Compile the kernels on a tiny graph."""
    row = column = np.arange(2)
    equitable(row, column, np.array([1, 2]), 3)
