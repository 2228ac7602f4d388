"""Paths dealt out in turns, and flows cut over random paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.collective.paths import of_paths, path_table
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, Placement
    from netroute.problems.collective.phase import Phase

FLOWS = 2**16
"""Flows for which random numbers of all paths are held at once."""


@dataclass(frozen=True, kw_only=True)
class RoundRobinSolver(PlacingSolver):
    """Each host deals its flows out to its paths in turns, from a random one on.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=1),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(4))],
    ... )
    >>> result = RoundRobinSolver().solve(instance)
    >>> result.solution.placements[0].counts.sum(axis=1).max() <= 4
    np.True_
    """

    name: ClassVar[str] = "round-robin"
    summary: ClassVar[str] = "each host deals its flows out to its paths in turns"

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Deal paths out."""
        fabric = instance.fabric
        flows = phase.listing(fabric)
        order = np.argsort(flows.source, kind="stable")
        source, row = flows.source[order], flows.row[order]
        hosts, first = np.unique(source, return_index=True)
        turn = np.arange(len(source)) - np.repeat(first, np.diff(np.append(first, len(source))))
        begin = rng.integers(0, fabric.paths, fabric.hosts)
        number, paths = _listed(path_table(fabric, phase))
        at = (turn + begin[source]) % number[row] if len(hosts) else turn
        return of_paths(fabric, phase, row, paths[row, at])


@dataclass(frozen=True, kw_only=True)
class RandomSplitSolver(PlacingSolver):
    """Cuts each flow into equal pieces on different random paths.

    Where fewer paths are up than there are pieces, these take turns.
    """

    name: ClassVar[str] = "random-split"
    summary: ClassVar[str] = "each flow in m equal pieces on m different random paths"
    splits: ClassVar[bool] = True

    m: int = parameter(4, "pieces of a flow", low=1, high=256)

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Draw paths without repetition."""
        fabric = instance.fabric
        row = phase.listing(fabric).row
        table = path_table(fabric, phase).reshape(len(phase.size), fabric.paths)
        number = table.sum(axis=1)
        chosen = np.empty((len(row), self.m), np.int64)
        for first in range(0, len(row), FLOWS):
            part = row[first : first + FLOWS]
            key = np.where(table[part], rng.random((len(part), fabric.paths)), 2.0)
            order = np.argsort(key, axis=1)
            turn = np.arange(self.m) % number[part][:, None]
            chosen[first : first + FLOWS] = np.take_along_axis(order, turn, axis=1)
        rows = np.repeat(row, self.m)
        pieces = len(rows)
        return of_paths(fabric, phase, rows, chosen.ravel(), unit=self.m, pieces=pieces)


def _listed(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how many paths of each row are up, and their numbers first in each row."""
    flat = table.reshape(len(table), table.shape[1] * table.shape[2])
    return flat.sum(axis=1), np.argsort(~flat, axis=1, kind="stable")
