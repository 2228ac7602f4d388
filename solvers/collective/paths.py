"""Which paths are up, and placements made of paths of single flows or of even shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective import Placement
from netroute.problems.collective.check import MOST_COUNT
from netroute.problems.collective.instance import usable

if TYPE_CHECKING:
    from netroute.problems.collective import Fabric
    from netroute.problems.collective.phase import Phase

MOST_MEMORY = 4 * 2**30
"""Bytes that a table of rows by paths may take."""


def cores_up(fabric: Fabric) -> np.ndarray:
    """Cores that join two pods: bool, shape (p, p, s, c); all of a leaf-spine fabric's one pod."""
    if fabric.core_up is None or fabric.core_down is None:
        return np.ones((1, 1, fabric.planes, 1), bool)
    down = fabric.core_down.transpose(2, 0, 1)
    return np.asarray((fabric.core_up[:, None] > 0) & (down[None] > 0))


def path_table(fabric: Fabric, phase: Phase) -> np.ndarray:
    """Paths of each row that are up: bool, shape (R, s, c); within a pod by core 0 only.

    Raises
    ------
    InputError
        It would take more than `MOST_MEMORY`.
    """
    needed = len(phase.size) * fabric.paths
    if needed > MOST_MEMORY:
        raise InputError(
            f"a table of {len(phase.size)} pairs of leaves by {fabric.paths} paths would take "
            f"{needed / 2**30:.1f} GiB",
            code="collective.memory",
        )
    planes = usable(fabric, phase.source, phase.target)
    if fabric.tiers == 2:
        return planes[:, :, None]
    p, q = phase.source // fabric.leaves_per_pod, phase.target // fabric.leaves_per_pod
    table = cores_up(fabric)[p, q] & planes[:, :, None]
    within = p == q
    table[within] = False
    table[within, :, 0] = planes[within]
    return np.asarray(table)


def of_paths(
    fabric: Fabric,
    phase: Phase,
    row: np.ndarray,
    path: np.ndarray,
    *,
    unit: int = 1,
    pieces: int | None = None,
) -> Placement:
    """Sum up pieces of 1 / ``unit`` flow, each with its row and path (plane times cores + core).

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    >>> phase = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 1), (0, 1, 3, 1)]).phases[0]
    >>> of_paths(fabric, phase, np.array([0, 0]), np.array([1, 1])).counts.tolist()
    [[0], [2]]
    """
    plane = path // fabric.cores
    rows = len(phase.size)
    counts = np.bincount(plane * rows + row, minlength=fabric.planes * rows)
    counts = counts.reshape(fabric.planes, rows)
    if fabric.tiers == 2:
        return Placement(counts=counts, unit=unit, pieces=pieces)
    pods = phase.pod_rows(fabric)
    number = len(pods.size)
    pair = pods.row[row]
    between = pair >= 0
    at = (path * number + pair)[between]
    cores = np.bincount(at, minlength=fabric.paths * number)
    cores = cores.reshape(fabric.planes, fabric.cores, number)
    return Placement(counts=counts, cores=cores, unit=unit, pieces=pieces)


def of_table(fabric: Fabric, phase: Phase, table: np.ndarray, *, unit: int = 1) -> Placement:
    """Sum up a table of paths by rows, shape (s c, R), in units of 1 / ``unit`` flow.

    Within a pod of a fat tree paths are those of core 0.
    """
    if fabric.tiers == 2:
        return Placement(counts=table, unit=unit)
    counts = table.reshape(fabric.planes, fabric.cores, -1).sum(axis=1)
    pods = phase.pod_rows(fabric)
    between = np.flatnonzero(pods.row >= 0)
    cores = np.zeros((len(pods.size), fabric.paths), np.int64)
    np.add.at(cores, pods.row[between], table[:, between].T)
    return Placement(
        counts=counts, cores=cores.T.reshape(fabric.planes, fabric.cores, -1), unit=unit
    )


def even_shares(fabric: Fabric, phase: Phase, *, pieces: int | None = None) -> Placement:
    """Divide the flows of each row evenly over all of its paths that are up."""
    table = path_table(fabric, phase)
    number = table.sum(axis=(1, 2))
    unit = int(np.lcm.reduce(np.unique(number), initial=1)) if len(number) else 1
    if unit * int(phase.count.max(initial=1)) >= MOST_COUNT:
        raise InputError(
            f"shares of 1 / {unit} flow are too small to be summed up exactly",
            code="collective.shares",
        )
    share = phase.count * (unit // np.maximum(1, number))
    counts = (table.sum(axis=2) * share[:, None]).T
    if fabric.tiers == 2:
        return Placement(counts=counts, unit=unit, pieces=pieces)
    pods = phase.pod_rows(fabric)
    between = np.flatnonzero(pods.row >= 0)
    cores = np.zeros((len(pods.size), fabric.planes, fabric.cores), np.int64)
    np.add.at(cores, pods.row[between], table[between] * share[between, None, None])
    return Placement(counts=counts, cores=cores.transpose(1, 2, 0), unit=unit, pieces=pieces)
