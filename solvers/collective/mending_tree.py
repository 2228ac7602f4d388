"""Lower the most loaded link of a phase in a fat tree by moves of single flows."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.rng import kernel_state
from netroute.problems.collective import CollectiveInstance, Fabric, Placement
from netroute.problems.collective.loads import busiest, loads_of
from netroute.problems.collective.spelled import spelled_out
from netroute.solvers.collective.mending import Mending, limits_of
from netroute.solvers.collective.paths import of_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective.phase import Phase

MOST_CELLS = 2**26
"""Rows times paths of a phase at most: two numbers are held for each."""

MOVES = 10**6
"""Moves that are looked at between two looks at the clock, about."""


class TreeMending(Mending):
    """A placement of whole flows in a fat tree, and the search for a better one.

    As `Mending`, but counts are by path, plane times cores + core: shape (s c, R).
    """

    def __init__(self, fabric: Fabric, phase: Phase, counts: np.ndarray, *, seed: int) -> None:
        from netroute.solvers.collective._kernels.mend_tree import Shape, TreeRows

        self._fabric, self._phase = fabric, phase
        self.best = np.array(counts, np.int64)
        self.theta = self._theta(self.best)
        self._random = kernel_state(seed)
        into = np.argsort(phase.target, kind="stable").astype(np.uint32)
        leaves = np.arange(fabric.leaves + 1)
        per = fabric.leaves_per_pod
        self._tree = TreeRows(
            phase.source.astype(np.uint32),
            phase.target.astype(np.uint32),
            (phase.source // per).astype(np.uint32),
            (phase.target // per).astype(np.uint32),
            phase.size.astype(np.int64),
            np.searchsorted(phase.source, leaves).astype(np.uint32),
            np.searchsorted(phase.target[into], leaves).astype(np.uint32),
            into,
        )
        self._shape = Shape(
            *map(np.int64, (fabric.leaves, fabric.planes, fabric.cores, fabric.pods, per))
        )

    def placement(self) -> Placement:
        """Return the best placement so far."""
        return of_table(self._fabric, self._phase, self.best)

    def _theta(self, counts: np.ndarray) -> Fraction:
        placement = of_table(self._fabric, self._phase, counts)
        return busiest(self._fabric, loads_of(self._fabric, self._phase, placement)).time

    def _search(self, goal: Fraction, *, steps: int, stop: Callable[[], bool]) -> np.ndarray | None:
        from netroute.solvers.collective._kernels.mend_tree import mend_tree

        fabric, counts = self._fabric, self.best.copy()
        loads = loads_of(fabric, self._phase, self.placement())
        tiers = [(loads.up, fabric.up), (loads.down.T, fabric.down.T)]
        if fabric.core_up is not None and loads.core_up is not None:
            tiers.append((loads.core_up, fabric.core_up))
        if fabric.core_down is not None and loads.core_down is not None:
            down = loads.core_down.transpose(2, 0, 1), fabric.core_down.transpose(2, 0, 1)
            tiers.append(down)
        load = np.concatenate([held.ravel() for held, _ in tiers]).astype(np.int64)
        limit = limits_of(np.concatenate([capacity.ravel() for _, capacity in tiers]), goal)
        state = self._state(counts, load, limit)
        rows_of_leaf = max(1, len(self._phase.size) // fabric.leaves)
        slice_steps = max(1, MOVES // (rows_of_leaf * fabric.cores * fabric.paths))
        links = np.zeros((2, 4), np.int64)
        done = 0
        while state.number[0] and done < steps and not stop():
            size = min(slice_steps, steps - done)
            done += mend_tree(
                self._tree, state, self._shape, links, np.int64(size), np.int64(done), self._random
            )
        return None if state.number[0] else counts


def mending_of(fabric: Fabric, phase: Phase, placement: Placement, *, seed: int) -> Mending | None:
    """Return the search from a placement; None for a fat tree whose paths are too many."""
    if fabric.tiers == 2:
        return Mending(fabric, phase, placement.counts, seed=seed)
    rows = len(phase.size)
    if rows * fabric.paths > MOST_CELLS:
        return None
    pieces = spelled_out(fabric, phase, placement)
    path = pieces.plane * fabric.cores + np.maximum(pieces.core, 0)
    at = path * rows + pieces.listing.row[pieces.flow]
    counts = np.bincount(at, minlength=fabric.paths * rows).reshape(fabric.paths, rows)
    return table_mending(fabric, phase, counts, seed=seed)


def table_mending(fabric: Fabric, phase: Phase, table: np.ndarray, *, seed: int) -> Mending:
    """Return the search from flows by path, shape (s c, R)."""
    kind = Mending if fabric.tiers == 2 else TreeMending
    return kind(fabric, phase, table, seed=seed)


@cache
def compile_tree_mending() -> None:
    """Compile the kernels on two flows that are in each other's way."""
    fabric = Fabric.fat_tree(4)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 15, 1), (0, 1, 14, 1)])
    mending = TreeMending(fabric, instance.phases[0], np.array([[2], [0], [0], [0]]), seed=0)
    mending.reach(Fraction(1), steps=9, stop=lambda: False)
