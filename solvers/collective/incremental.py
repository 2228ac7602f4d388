"""After a failure: move what the failed links carried, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.instance import FEATURES, usable
from netroute.problems.collective.loads import loads_of
from netroute.problems.collective.phase import MOST_LISTED
from netroute.problems.collective.registry import within_reach
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.greedy import demand_of, links_of
from netroute.solvers.collective.paths import cores_up, of_paths

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, Fabric
    from netroute.problems.collective.phase import Phase


@dataclass(frozen=True, kw_only=True)
class IncrementalSolver(CollectiveSolver):
    """Moves only the flows that failed links carried in the placement that it starts from.

    The result tells how many these are (``rerouted``), and by its gap how far from the bound the
    placement is: of the relaxation where that is small enough, else by degrees. One iteration.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 3, hosts_per_leaf=3)
    >>> sound = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 1, 4, 1), (0, 2, 5, 1)])
    >>> before = CollectiveSolution.of([Placement(counts=[[1], [1], [1]])])
    >>> broken = sound.replace(fabric=fabric.replace(up=[[1, 0, 1], [1, 1, 1]]))
    >>> result = IncrementalSolver().solve(broken, start=before)
    >>> result.objective, result.bound, result.metrics["rerouted"]
    (2.0, 2.0, 1)
    """

    name: ClassVar[str] = "incremental"
    summary: ClassVar[str] = "after a failure: moves what failed links carried in --start"
    kind: ClassVar = "heuristic"
    supports: ClassVar[frozenset[str]] = FEATURES
    proves: ClassVar[bool] = True

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Move flows, then bound what comes out."""
        from netroute.solvers.collective.bound.degree import degree_certificate
        from netroute.solvers.collective.greedy import compile_greedy
        from netroute.solvers.collective.spray_lp import certificate_of, spray_all

        if start is None:
            raise InputError(
                f"solver {self.name!r} needs the placement before the failure",
                hint="netroute solve collective broken.json --solver incremental --start FILE",
            )
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_greedy()
        found = reroute(instance, start)
        self.offer(instance, recorder, found.solution)
        recorder.stop(1)
        certificate = degree_certificate(instance)
        recorder.bound(certificate.value, certificate.to_dict())
        if within_reach(instance):
            relaxed = spray_all(instance, recorder.clock.remaining, recorder.stop)
            certificate = certificate_of(instance, relaxed)
            recorder.bound(certificate.value, certificate.to_dict())


class Rerouted(NamedTuple):
    """A placement after a failure, and how many flows it moves."""

    solution: CollectiveSolution
    moved: int


def reroute(instance: CollectiveInstance, before: CollectiveSolution) -> Rerouted:
    """Move flows off failed links, the largest first, each to the path that is least loaded.

    Parameters
    ----------
    instance : CollectiveInstance
        With the links as they are after the failure.
    before : CollectiveSolution
        Placement of the same flows, none of them split; all others stay where they are.

    Returns
    -------
    Rerouted
        A feasible solution if ``before`` was one, and the number of flows that it moves: those on
        failed links, which is the least possible.

    Raises
    ------
    InputError
        Another number of phases, rows or planes, flows that are not placed, or too many flows to
        move one by one.
    UnsupportedError
        Flows are split.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 3, hosts_per_leaf=3)
    >>> sound = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 1, 4, 1), (0, 2, 5, 1)])
    >>> before = CollectiveSolution.of([Placement(counts=[[2], [1], [0]])])
    >>> broken = sound.replace(fabric=fabric.replace(up=[[1, 0, 1], [1, 1, 1]]))
    >>> after = reroute(broken, before)
    >>> after.solution.placements[0].counts.tolist(), after.moved
    ([[2], [0], [1]], 1)
    """
    found, expected = len(before.placements), len(instance.phases)
    if found != expected:
        raise InputError(f"found placements of {found} phases, expected {expected}")
    placements, moved = [], 0
    for number, (phase, old) in enumerate(zip(instance.phases, before.placements, strict=True)):
        shape = (instance.fabric.planes, len(phase.size))
        if old.counts.shape != shape:
            message = f"found counts of shape {old.counts.shape}, expected {shape}"
            raise InputError(message, where=f"phase {number}")
        if old.unit != 1:
            raise UnsupportedError(f"phase {number}: flows that are split are not moved")
        if (old.cores is None) != (instance.fabric.tiers == 2):
            raise InputError("cores do not fit the fabric", where=f"phase {number}")
        if old.cores is not None:
            rows = len(phase.pod_rows(instance.fabric).size)
            wanted = (instance.fabric.planes, instance.fabric.cores, rows)
            if old.cores.shape != wanted:
                message = f"found cores of shape {old.cores.shape}, expected {wanted}"
                raise InputError(message, where=f"phase {number}")
        if not (old.counts.sum(axis=0, dtype=np.int64) == phase.count).all():
            raise InputError("does not place every flow once", where=f"phase {number}")
        placement, off = _moved(instance.fabric, phase, old)
        placements.append(placement)
        moved += off
    return Rerouted(CollectiveSolution.of(placements), moved)


def _moved(fabric: Fabric, phase: Phase, old: Placement) -> tuple[Placement, int]:
    from netroute.solvers.collective._kernels.greedy import place

    up = usable(fabric, phase.source, phase.target).T
    counts = np.where(up, old.counts, 0).astype(np.int64)
    off = np.where(up, 0, old.counts).sum(axis=0, dtype=np.int64)
    cores = None
    if old.cores is not None:
        cores, more = _off_cores(fabric, phase, old, counts)
        counts -= more
        off += more.sum(axis=0)
    kept = Placement(counts=counts, cores=cores)
    total = int(off.sum())
    if not total:
        return kept, 0
    if total > MOST_LISTED:
        raise InputError(
            f"found {total} flows on failed links, of which at most {MOST_LISTED} are moved",
            code="collective.memory",
        )
    links = links_of(fabric)
    loads = loads_of(fabric, phase, kept)
    tiers = [(loads.up, links.up, links.up_load), (loads.down, links.down, links.down_load)]
    if loads.core_up is not None and loads.core_down is not None:
        tiers.append((loads.core_up, links.core_up, links.core_up_load))
        tiers.append((loads.core_down, links.core_down, links.core_down_load))
    for load, time, held in tiers:
        np.multiply(load, time, out=held, where=load > 0)
    by_size = np.argsort(-phase.size, kind="stable")
    rows = np.repeat(by_size, off[by_size])
    path = np.zeros(total, np.uint32)
    order = np.arange(total, dtype=np.uint32)
    place(order, rows.astype(np.uint32), demand_of(fabric, phase), links, path)
    added = of_paths(fabric, phase, rows, path.astype(np.int64))
    if cores is not None and added.cores is not None:
        cores = cores + added.cores.astype(np.int64)
    return Placement(counts=counts + added.counts.astype(np.int64), cores=cores), total


def _off_cores(
    fabric: Fabric, phase: Phase, old: Placement, kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Take flows off the cores; return what stays there, and what else leaves each plane.

    A plane's flows that leave for its own failed links give up failed cores first, then the cores
    that carry most; flows that are still on failed cores leave after that.
    """
    rows = phase.pod_rows(fabric)
    cores = np.array(old.cores, np.int64)
    dead = ~cores_up(fabric)[rows.source, rows.target].transpose(1, 2, 0)
    more = np.zeros_like(kept)
    gone = np.zeros((fabric.planes, len(rows.size)), np.int64)
    between = np.flatnonzero(rows.row >= 0)
    off = old.counts.astype(np.int64) - kept
    for a in range(fabric.planes):
        np.add.at(gone[a], rows.row[between], off[a, between])
    stranded = (cores * dead).sum(axis=1) > 0
    for a, pair in np.argwhere((gone > 0) | stranded).tolist():
        column, lost = cores[a, :, pair], dead[a, :, pair]
        left = int(gone[a, pair])
        for c in np.lexsort((-column, ~lost)).tolist():
            taken = min(left, int(column[c]))
            column[c] -= taken
            left -= taken
        left = int(column[lost].sum())
        column[lost] = 0
        for r in between[rows.row[between] == pair].tolist():
            more[a, r] = min(left, int(kept[a, r]))
            left -= int(more[a, r])
    return cores, more
