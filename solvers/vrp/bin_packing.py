"""Bin packing: whether items of integer sizes fit into so many bins of one capacity.

Tried in this order, each step only where the ones before do not decide: the lower bound L2, best
fit decreasing, and an exact model.
"""

from __future__ import annotations

import time
from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import Literal

import numpy as np

from netroute.solvers.vrp.bin_packing_exact import pack_by_arc_flow, pack_by_cp_sat

ARC_LIMIT = 1_000_000
"""Capacity times number of sizes up to which the arc-flow model is used."""


@dataclass(frozen=True, slots=True)
class Packing:
    """What is known about a packing question.

    Attributes
    ----------
    answer : str
        ``fits``, ``impossible`` or ``unknown`` (the time ran out).
    method : str
        What decided it.
    bins : tuple of tuple of int
        Indices of the items in each bin, where they fit.
    needed : int
        A proven lower bound on the number of bins.
    """

    answer: Literal["fits", "impossible", "unknown"]
    method: str
    needed: int
    bins: tuple[tuple[int, ...], ...] = ()


def lower_bound(sizes: np.ndarray, capacity: int) -> int:
    """Return the bound L2 on the number of bins; no size may exceed the capacity.

    Source: S. Martello, P. Toth, Lower bounds and reduction procedures for the bin packing problem
    (Discrete Applied Mathematics 1990).

    Examples
    --------
    >>> lower_bound(np.array([6, 6, 6, 2]), 10)  # two of size 6 never fit together
    3
    """
    if capacity <= 0 or not sizes.any():
        return int(len(sizes) > 0)
    ordered = np.sort(sizes)
    total = np.concatenate([[0], np.cumsum(ordered)])
    # Two items above half the capacity need bins of their own; below `small` items are ignored.
    half = int(np.searchsorted(ordered, capacity // 2, side="right"))
    large = len(ordered) - half
    best = max(1, -(-int(total[-1]) // capacity))
    small = np.unique(np.concatenate([[0], ordered[:half]]))
    first = np.searchsorted(ordered, small, side="left")
    alone = np.searchsorted(ordered, capacity - small, side="right")
    middle = alone - half
    room = middle * capacity - (total[alone] - total[half])
    rest = np.maximum(0, -(-(total[half] - total[first] - room) // capacity))
    return max(best, large + int(rest.max()))


def best_fit_decreasing(sizes: np.ndarray, capacity: int) -> list[list[int]]:
    """Put each item, largest first, into the fullest bin that it fits.

    Examples
    --------
    >>> best_fit_decreasing(np.array([2, 6, 4, 5]), 8)
    [[1, 0], [3], [2]]
    """
    bins: list[list[int]] = []
    free: list[tuple[int, int]] = []
    for item in np.argsort(-sizes, kind="stable").tolist():
        size = int(sizes[item])
        place = bisect_left(free, (size, -1))
        if place == len(free):
            bins.append([item])
            insort(free, (capacity - size, len(bins) - 1))
        else:
            room, index = free.pop(place)
            bins[index].append(item)
            insort(free, (room - size, index))
    return bins


def pack(sizes: np.ndarray, capacity: int, bins: int, *, seconds: float) -> Packing:
    """Decide whether the items fit into ``bins`` bins, within about ``seconds``.

    Parameters
    ----------
    sizes : array of int, shape (n,)
        At most ``capacity`` each.
    seconds : float
        For the exact model; the bound and the heuristic take milliseconds.

    Examples
    --------
    >>> pack(np.array([4, 4, 3, 3, 3, 3]), 10, 2, seconds=1).answer
    'fits'
    >>> pack(np.array([5, 5, 5, 4, 4]), 12, 2, seconds=1).answer  # the sum fits, the items do not
    'impossible'
    """
    began = time.perf_counter()
    needed = lower_bound(sizes, capacity)
    if needed > bins:
        return Packing("impossible", "bin packing bound", needed)
    found = best_fit_decreasing(sizes, capacity)
    if len(found) <= bins:
        return Packing("fits", "best fit decreasing", needed, _frozen(found))
    counted = np.unique(sizes[sizes > 0], return_counts=True)
    left = max(0.01, seconds - (time.perf_counter() - began))
    small = capacity * len(counted[0]) <= ARC_LIMIT
    engine = pack_by_arc_flow if small else pack_by_cp_sat
    patterns = engine(counted[0], counted[1], capacity, bins, left)
    if patterns is None:
        return Packing("unknown", "exact packing", needed)
    if not patterns:
        return Packing("impossible", "exact packing", bins + 1)
    return Packing("fits", "exact packing", needed, _frozen(_fill(sizes, patterns)))


def _fill(sizes: np.ndarray, patterns: list[list[int]]) -> list[list[int]]:
    """Name the items of bins that are given by sizes."""
    waiting: dict[int, list[int]] = {}
    for item in range(len(sizes) - 1, -1, -1):
        waiting.setdefault(int(sizes[item]), []).append(item)
    filled = [[waiting[size].pop() for size in pattern] for pattern in patterns]
    filled[0] += waiting.get(0, [])
    return filled


def _frozen(bins: list[list[int]]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(items) for items in bins)
