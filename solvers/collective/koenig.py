"""Optimal placement of equal flows in a uniform fabric, by equitable edge colouring."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.bounds import degree_bounds
from netroute.problems.collective.loads import busiest, loads_of
from netroute.solvers.collective.base import CollectiveSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance
    from netroute.problems.collective.phase import Phase


@dataclass(frozen=True, kw_only=True)
class KoenigSolver(CollectiveSolver):
    """Colours the flows between leaves with the planes, and those between pods with the cores.

    Leaves are the two sides of a bipartite multigraph whose edges are flows. Its edges can be
    coloured so that each leaf has its flows spread over s planes evenly, up to one (König, de
    Werra): the most loaded link has ``ceil(degree / s)`` flows, which no placement without splits
    beats. In a fat tree each plane's flows between pods are coloured with the plane's cores in the
    same way; where cores are oversubscribed the sum of the two steps need not be optimal. The work
    grows with pairs of leaves times planes, not with flows. Each phase is one iteration.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 3, hosts_per_leaf=2, nic=9),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(8))],
    ... )
    >>> result = KoenigSolver().solve(instance)
    >>> result.objective, result.bound, str(result.status)
    (4.0, 4.0, 'optimal')
    """

    name: ClassVar[str] = "koenig"
    summary: ClassVar[str] = "edge colouring: optimal for equal flows in a uniform fabric"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = frozenset({"fat tree", "split flows"})
    proves: ClassVar[bool] = True

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Colour phase by phase."""
        from netroute.solvers.collective.bound.degree import degree_certificate
        from netroute.solvers.collective.colouring import compile_colouring

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_colouring()
        self.offer_start(instance, recorder, start)
        recorder.phase("colouring")
        found = []
        theta = Fraction(0)

        def halted() -> bool:
            return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS

        for number, phase in enumerate(instance.phases):
            placement = colour_phase(instance, phase, halted)
            if placement is None:
                return
            found.append(placement)
            theta += _theta(instance, phase, placement)
            recorder.iterations = number + 1
        recorder.incumbent(float(theta), CollectiveSolution.of(found))
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())


def colour_phase(
    instance: CollectiveInstance, phase: Phase, stop: Callable[[], bool] = lambda: False
) -> Placement | None:
    """Return an evenly coloured placement of a phase in a uniform fabric; None if stopped."""
    from netroute.solvers.collective.colouring import equitable

    fabric = instance.fabric
    alive = np.flatnonzero(fabric.alive())
    counts = equitable(phase.source, phase.target, phase.count, len(alive), stop=stop)
    if counts is None:
        return None
    if fabric.core_up is None:
        return Placement(counts=_spread(counts, alive, fabric.planes))
    rows = phase.pod_rows(fabric)
    cores = np.zeros((len(alive), fabric.cores, len(rows.size)), np.uint32)
    between = rows.row >= 0
    for a, plane in enumerate(counts):
        count = np.bincount(rows.row[between], plane[between], len(rows.size)).astype(np.int64)
        found = equitable(rows.source, rows.target, count, fabric.cores, stop=stop)
        if found is None:
            return None
        cores[a] = found
    return Placement(
        counts=_spread(counts, alive, fabric.planes), cores=_spread(cores, alive, fabric.planes)
    )


def _spread(counts: np.ndarray, alive: np.ndarray, planes: int) -> np.ndarray:
    """Give failed planes their empty rows."""
    if len(alive) == planes:
        return counts
    full = np.zeros((planes, *counts.shape[1:]), counts.dtype)
    full[alive] = counts
    return full


def _theta(instance: CollectiveInstance, phase: Phase, placement: Placement) -> Fraction:
    """Return the time of a phase; without cores it is known from the degrees."""
    fabric = instance.fabric
    low = degree_bounds(fabric, phase, whole=True)
    if fabric.tiers == 2:
        return max(low["nic"], low["leaf"])
    return max(low["nic"], busiest(fabric, loads_of(fabric, phase, placement)).time)
