"""What a placement puts on every link, in exact integers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.phase import Phase
    from netroute.problems.collective.solution import Placement

CELLS = 2**22
"""Numbers that are summed up at once."""

SPARSE = 8
"""From so many rows to one that is not 0 on, rows are summed up one by one."""


class Loads(NamedTuple):
    """Bytes on each link, in units of 1 / ``unit`` byte; shapes as of the capacities."""

    up: np.ndarray
    down: np.ndarray
    core_up: np.ndarray | None
    core_down: np.ndarray | None
    unit: int


class Link(NamedTuple):
    """A link's name, and its load over its capacity."""

    name: str
    time: Fraction


def loads_of(fabric: Fabric, phase: Phase, placement: Placement) -> Loads:
    """Sum up a placement whose shapes fit the phase.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job, Placement
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    >>> instance = CollectiveInstance(
    ...     fabric=fabric, jobs=[Job(pattern="all-to-all", hosts=range(4), size=10)]
    ... )
    >>> placement = Placement(counts=[[1, 2], [3, 2]])
    >>> loads_of(fabric, instance.phases[0], placement).up.tolist()
    [[10, 30], [20, 20]]
    """
    up = totals(placement.counts, phase.size, phase.source, fabric.leaves).T
    down = totals(placement.counts, phase.size, phase.target, fabric.leaves)
    if placement.cores is None:
        return Loads(up, down, None, None, placement.unit)
    rows = phase.pod_rows(fabric)
    cores = placement.cores.reshape(fabric.paths, len(rows.size))
    shape = (fabric.planes, fabric.cores, fabric.pods)
    core_up = totals(cores, rows.size, rows.source, fabric.pods).reshape(shape)
    core_down = totals(cores, rows.size, rows.target, fabric.pods).reshape(shape)
    return Loads(up, down, core_up.transpose(2, 0, 1), core_down, placement.unit)


def totals(counts: np.ndarray, size: np.ndarray, index: np.ndarray, length: int) -> np.ndarray:
    """Sum counts times size by index: int64, shape (P, length) of counts of shape (P, R).

    Examples
    --------
    >>> totals(np.array([[1, 2, 3]]), np.array([10, 10, 20]), np.array([1, 0, 1]), 3).tolist()
    [[20, 70, 0]]
    """
    found = np.zeros((len(counts), length), np.int64)
    rows = len(index)
    if not rows:
        return found
    if len(counts) and SPARSE * np.count_nonzero(counts[0]) < rows:
        for plane, sums in zip(counts, found, strict=True):
            used = np.flatnonzero(plane)
            np.add.at(sums, index[used], plane[used].astype(np.int64) * size[used])
        return found
    order = None
    if (np.diff(index) < 0).any():
        # Radix sort, where the ids are short.
        order = np.argsort(index.astype(np.uint16 if length < 2**16 else np.int64), kind="stable")
        index = index[order]
    starts = np.flatnonzero(np.diff(index, prepend=-1))
    alike = bool(size.min() == size.max())
    step = max(1, CELLS // rows)
    for first in range(0, len(counts), step):
        part = counts[first : first + step]
        if not alike:
            part = part * size
        if order is not None:
            part = np.take(part, order, axis=1)
        summed = np.add.reduceat(part, starts, axis=1, dtype=np.int64)
        found[first : first + step, index[starts]] = summed * int(size[0]) if alike else summed
    return found


def busiest(fabric: Fabric, loads: Loads) -> Link:
    """Return the link of the fabric with the highest load over capacity; the first of equals."""
    best = Link("none", Fraction(0))
    tiers = (
        ("leaf {0} to plane {1}", loads.up, fabric.up),
        ("plane {0} to leaf {1}", loads.down, fabric.down),
        ("pod {0}, plane {1} to core {2}", loads.core_up, fabric.core_up),
        ("plane {0}, core {1} to pod {2}", loads.core_down, fabric.core_down),
    )
    for name, load, capacity in tiers:
        if load is None or capacity is None or not load.any():
            continue
        ratio = np.divide(load, capacity, out=np.zeros(load.shape), where=capacity > 0)
        # Float64 may not tell close ratios apart: those near the highest are compared exactly.
        near = (ratio >= ratio.max() * (1.0 - 1e-12)) & (capacity > 0)
        if not near.any():
            continue
        close, speed = load[near], capacity[near]
        pairs = [(int(close[speed == c].max()), int(c)) for c in np.unique(speed)]
        most = max(pairs, key=lambda pair: Fraction(pair[0], pair[1]))
        time = Fraction(most[0], most[1] * loads.unit)
        if time > best.time:
            at = np.argwhere(near & (load == most[0]) & (capacity == most[1]))[0]
            best = Link(name.format(*at.tolist()), time)
    return best
