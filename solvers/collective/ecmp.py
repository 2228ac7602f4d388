"""Equal-cost multipath routing by hashes: the baseline of every data centre."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.collective import Placement
from netroute.problems.collective.instance import usable
from netroute.solvers.collective.paths import cores_up
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance
    from netroute.problems.collective.phase import Phase

ROWS = 2**16
"""Rows that are drawn at once."""


@dataclass(frozen=True, kw_only=True)
class EcmpSolver(PlacingSolver):
    """Each switch sends each flow on by a hash of its own, uniform over the links that are up.

    A hash of a flow is as good as a random number, so that the flows between two leaves are drawn
    together from a multinomial distribution: another seed is another set of hash functions.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(16))],
    ... )
    >>> EcmpSolver().solve(instance, seed=1).metrics["fabric"] > 12.0
    True
    """

    name: ClassVar[str] = "ecmp"
    summary: ClassVar[str] = "a random path for each flow, as by hashes in the switches"

    polarised: bool = parameter(False, "aggregation switches use the same hash as leaves")

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Draw paths."""
        counts, cores = draw(instance, phase, rng, 1, self.polarised)
        return Placement(counts=counts, cores=cores)


@dataclass(frozen=True, kw_only=True)
class EcmpPiecesSolver(PlacingSolver):
    """Cuts each flow into equal pieces with a hash each: several queue pairs a connection.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4), extra_pieces=None,
    ...     jobs=[Job(pattern="ring", hosts=range(16))],
    ... )
    >>> EcmpPiecesSolver(m=8).solve(instance).metrics["pieces_per_flow"]
    8.0
    """

    name: ClassVar[str] = "ecmp-pieces"
    summary: ClassVar[str] = "each flow in m equal pieces, a random path for each of them"
    splits: ClassVar[bool] = True

    m: int = parameter(4, "pieces of a flow", low=1, high=256)

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Draw paths of pieces."""
        counts, cores = draw(instance, phase, rng, self.m, False)
        pieces = self.m * phase.crossing
        return Placement(counts=counts, cores=cores, unit=self.m, pieces=pieces)


def draw(
    instance: CollectiveInstance,
    phase: Phase,
    rng: np.random.Generator,
    pieces: int,
    polarised: bool,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Draw planes, then cores, of all flows in ``pieces`` parts each."""
    fabric = instance.fabric
    counts = np.zeros((fabric.planes, len(phase.size)), np.int64)
    for first in range(0, len(phase.size), ROWS):
        part = slice(first, first + ROWS)
        up = usable(fabric, phase.source[part], phase.target[part])
        counts[:, part] = rng.multinomial(phase.count[part] * pieces, _even(up)).T
    if fabric.tiers == 2:
        return counts, None
    rows = phase.pod_rows(fabric)
    between = np.flatnonzero(rows.row >= 0)
    joined = cores_up(fabric)[rows.source, rows.target]
    cores = np.zeros((fabric.planes, fabric.cores, len(rows.size)), np.int64)
    for a in range(fabric.planes):
        flows = np.zeros(len(rows.size), np.int64)
        np.add.at(flows, rows.row[between], counts[a, between])
        up = joined[:, a]
        if polarised:
            # The bits that chose the plane choose the core again.
            same = a % fabric.cores
            chosen = np.zeros_like(up)
            chosen[:, same] = True
            up = np.where(up[:, [same]], chosen, up)
        cores[a] = rng.multinomial(flows, _even(up)).T
    return counts, cores


def _even(up: np.ndarray) -> np.ndarray:
    number = up.sum(axis=1, keepdims=True)
    # Where nothing is up there are no flows, either.
    return np.asarray(np.where(number > 0, up, 1.0) / np.where(number > 0, number, up.shape[1]))
