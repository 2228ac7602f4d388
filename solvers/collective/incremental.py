"""After a failure: move what the failed links carried, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError, UnsupportedError
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.instance import usable
from netroute.problems.collective.loads import loads_of
from netroute.problems.collective.phase import MOST_LISTED
from netroute.solvers.collective.greedy import demand_of, links_of

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, Fabric
    from netroute.problems.collective.phase import Phase


class Rerouted(NamedTuple):
    """A placement after a failure, and how many flows it moves."""

    solution: CollectiveSolution
    moved: int


def reroute(instance: CollectiveInstance, before: CollectiveSolution) -> Rerouted:
    """Move flows off failed links, the largest first, each to the path that is least loaded.

    Parameters
    ----------
    instance : CollectiveInstance
        With the links as they are after the failure, in a leaf-spine fabric.
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
        Another number of phases, rows or spines, or too many flows to move one by one.
    UnsupportedError
        The fabric is a fat tree, or flows are split.

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
    if instance.fabric.tiers != 2:
        raise UnsupportedError("flows are moved after a failure in leaf-spine fabrics only")
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
        counts, off = _moved(instance.fabric, phase, old)
        placements.append(Placement(counts=counts))
        moved += off
    return Rerouted(CollectiveSolution.of(placements), moved)


def _moved(fabric: Fabric, phase: Phase, old: Placement) -> tuple[np.ndarray, int]:
    from netroute.solvers.collective._kernels.greedy import place

    up = usable(fabric, phase.source, phase.target).T
    kept = np.where(up, old.counts, 0).astype(np.int64)
    off = np.where(up, 0, old.counts).sum(axis=0, dtype=np.int64)
    total = int(off.sum())
    if not total:
        return kept, 0
    if total > MOST_LISTED:
        raise InputError(
            f"found {total} flows on failed links, of which at most {MOST_LISTED} are moved",
            code="collective.memory",
        )
    links = links_of(fabric)
    loads = loads_of(fabric, phase, Placement(counts=kept))
    for load, time, held in ((loads.up, links.up, links.up_load),
                             (loads.down, links.down, links.down_load)):  # fmt: skip
        np.multiply(load, time, out=held, where=load > 0)
    by_size = np.argsort(-phase.size, kind="stable")
    rows = np.repeat(by_size, off[by_size])
    path = np.zeros(total, np.uint32)
    place(
        np.arange(total, dtype=np.uint32), rows.astype(np.uint32), demand_of(fabric, phase), links,
        path,
    )  # fmt: skip
    np.add.at(kept, (path.astype(np.int64), rows), 1)
    return kept, total
