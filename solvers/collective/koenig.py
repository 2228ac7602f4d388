"""Optimal placement of equal flows in a uniform fabric, by equitable edge colouring."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.bounds import degree_bounds
from netroute.problems.collective.solution import smallest_kind
from netroute.solvers.collective.base import CollectiveSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance
    from netroute.problems.collective.phase import Phase

RESERVE = 2e-8
"""Seconds that it takes to deal out and to check the flows of two leaves on a plane, about."""


@dataclass(frozen=True, kw_only=True)
class KoenigSolver(CollectiveSolver):
    """Colours the flows between leaves with the planes, and those between pods with the cores.

    Leaves are the two sides of a bipartite multigraph whose edges are flows. Its edges can be
    coloured so that each leaf has its flows spread over s planes evenly, up to one (König, de
    Werra): the most loaded link has ``ceil(degree / s)`` flows, which no placement without splits
    beats. In a fat tree each plane's flows between pods are coloured with the plane's cores in the
    same way; where cores are oversubscribed the sum of the two steps need not be optimal. The work
    grows with pairs of leaves times planes, not with flows. When time runs out, what is left is
    dealt out in turns. Each phase is one iteration.

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
        cells = sum(len(phase.size) for phase in instance.phases) * instance.fabric.planes

        def halted() -> bool:
            if recorder.clock.remaining() < RESERVE * cells:
                return True
            return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS

        late = False
        for number, phase in enumerate(instance.phases):
            coloured = colour_phase(instance, phase, halted)
            found.append(coloured.placement)
            late |= halted()
            if not late:
                theta += coloured.theta
                recorder.iterations = number + 1
        solution = CollectiveSolution.of(found)
        if late:
            self.offer(instance, recorder, solution)
        else:
            recorder.incumbent(float(theta), solution)
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())
        if recorder.clock.remaining() < RESERVE * cells:
            recorder.stopped_by = recorder.stopped_by or StoppedBy.TIME


class Coloured(NamedTuple):
    """A placement of a phase and, unless told to stop, its time."""

    placement: Placement
    theta: Fraction


def colour_phase(
    instance: CollectiveInstance, phase: Phase, stop: Callable[[], bool] = lambda: False
) -> Coloured:
    """Place a phase in a uniform fabric by even colours, or about so once told to stop."""
    from netroute.solvers.collective.colouring import equitable

    fabric = instance.fabric
    alive = np.flatnonzero(fabric.alive())
    low = degree_bounds(fabric, phase, whole=True)
    theta = max(low["nic"], low["leaf"])
    counts = equitable(phase.source, phase.target, phase.count, len(alive), stop=stop)
    if fabric.core_up is None:
        return Coloured(Placement(counts=_spread(counts, alive, fabric.planes)), theta)
    rows = phase.pod_rows(fabric)
    between = np.flatnonzero(rows.row >= 0)
    most = int(np.bincount(rows.row[between], phase.count[between]).max(initial=0))
    cores = np.zeros((len(alive), fabric.cores, len(rows.size)), smallest_kind(most))
    busiest = 0
    for a, plane in enumerate(counts):
        used = between[plane[between] > 0]
        count = np.zeros(len(rows.size), np.int64)
        np.add.at(count, rows.row[used], plane[used].astype(np.int64))
        cores[a] = equitable(rows.source, rows.target, count, fabric.cores, stop=stop)
        for end in (rows.source, rows.target):
            busiest = max(busiest, int(np.bincount(end, count).max(initial=0)))
    if busiest:
        # Each core has its even share of a pod's flows on the plane.
        flows = -(-busiest // fabric.cores)
        theta = max(theta, Fraction(flows * int(phase.size[0]), int(fabric.core_up.max())))
    return Coloured(
        Placement(
            counts=_spread(counts, alive, fabric.planes), cores=_spread(cores, alive, fabric.planes)
        ),
        theta,
    )


def _spread(counts: np.ndarray, alive: np.ndarray, planes: int) -> np.ndarray:
    """Give failed planes their empty rows."""
    if len(alive) == planes:
        return counts
    full = np.zeros((planes, *counts.shape[1:]), counts.dtype)
    full[alive] = counts
    return full
