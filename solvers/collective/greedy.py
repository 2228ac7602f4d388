"""Centralised greedy placement: each flow on the path that is least loaded."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.problems.collective import CollectiveInstance, Fabric
from netroute.solvers.collective.paths import of_paths
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from netroute.problems.collective import Placement
    from netroute.problems.collective.phase import Listing, Phase
    from netroute.solvers.collective._kernels.greedy import Demand, Links


@dataclass(frozen=True, kw_only=True)
class GreedySolver(PlacingSolver):
    """Puts each flow, in the order of arrival, where its most loaded link is least loaded.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 4, hosts_per_leaf=4),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(16))],
    ... )
    >>> GreedySolver().solve(instance).metrics["fabric"]
    12.0
    """

    name: ClassVar[str] = "greedy"
    summary: ClassVar[str] = "each flow on its least loaded path, in the order of arrival"

    def compile(self) -> None:
        """Compile the kernel on two flows."""
        compile_greedy()

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Place flow by flow."""
        flows = phase.listing(instance.fabric)
        path = greedy_paths(instance.fabric, phase, flows, self.order(phase, flows))
        return of_paths(instance.fabric, phase, flows.row, path)

    def order(self, phase: Phase, flows: Listing) -> np.ndarray:
        """Return the flows in the order in which they are placed."""
        return np.arange(len(flows.row))


@dataclass(frozen=True, kw_only=True)
class GreedyLongestSolver(GreedySolver):
    """As `GreedySolver`, but the largest flows come first."""

    name: ClassVar[str] = "greedy-longest"
    summary: ClassVar[str] = "each flow on its least loaded path, largest flows first"

    def order(self, phase: Phase, flows: Listing) -> np.ndarray:
        """Sort by falling size; equal ones stay as they arrived."""
        return np.argsort(-phase.size[flows.row], kind="stable")


def greedy_paths(fabric: Fabric, phase: Phase, flows: Listing, order: np.ndarray) -> np.ndarray:
    """Return the path of each flow, placed in order onto an empty fabric."""
    from netroute.solvers.collective._kernels.greedy import place

    path = np.zeros(len(flows.row), np.uint32)
    rows = flows.row.astype(np.uint32)
    place(order.astype(np.uint32), rows, demand_of(fabric, phase), links_of(fabric), path)
    return path.astype(np.int64)


def demand_of(fabric: Fabric, phase: Phase) -> Demand:
    """Return the rows of a phase for kernels."""
    from netroute.solvers.collective._kernels.greedy import Demand

    per = fabric.leaves_per_pod
    return Demand(
        source=phase.source.astype(np.uint32),
        target=phase.target.astype(np.uint32),
        source_pod=(phase.source // per).astype(np.uint32),
        target_pod=(phase.target // per).astype(np.uint32),
        size=phase.size.astype(np.float64),
    )


def links_of(fabric: Fabric) -> Links:
    """Return empty links for kernels."""
    from netroute.solvers.collective._kernels.greedy import Links

    one = np.ones((1, fabric.planes, 1), np.int64)
    core_up = one if fabric.core_up is None else fabric.core_up
    core_down = one.transpose(1, 2, 0) if fabric.core_down is None else fabric.core_down
    tiers = [fabric.up, fabric.down, core_up, core_down]
    # One signature: every array in C order and writable.
    times = [
        np.ascontiguousarray(np.divide(1.0, t, out=np.full(t.shape, np.inf), where=t > 0))
        for t in tiers
    ]
    return Links(*times, *(np.zeros(t.shape) for t in tiers))


@cache
def compile_greedy() -> None:
    """Compile the kernel on two flows."""
    fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    phase = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 2, 1, 1)]).phases[0]
    greedy_paths(fabric, phase, phase.listing(fabric), np.arange(2))
