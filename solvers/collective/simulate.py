"""Completion time of a placement, if flows share links max-min fairly."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric, Placement

if TYPE_CHECKING:
    from netroute.problems.collective.phase import Phase

EVENTS = 64
"""Changes of rates in one call of the kernel."""


def completion_time(instance: CollectiveInstance, solution: CollectiveSolution) -> float:
    """Return the sum over the phases of the time until the last flow has ended.

    All flows of a phase start together; their rates are max-min fair at any time (progressive
    filling), hosts' links and flows within a leaf included. Which flow between two leaves takes
    which of their planes and cores, is settled in the order of arrival.

    Parameters
    ----------
    instance : CollectiveInstance
        Of some ten thousand flows: the time grows with their number squared at worst.
    solution : CollectiveSolution
        Feasible, and without splits.

    Raises
    ------
    UnsupportedError
        The solution splits flows.

    References
    ----------
    D. Bertsekas, R. Gallager: Data networks. Prentice Hall, 1992, section 6.5.2.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveSolution, Placement
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2)
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 2, 4), (0, 1, 3, 2)])
    >>> together = CollectiveSolution.of([Placement(counts=[[1, 1], [0, 0]])])
    >>> apart = CollectiveSolution.of([Placement(counts=[[1, 0], [0, 1]])])
    >>> completion_time(instance, together), completion_time(instance, apart)
    (6.0, 4.0)
    """
    total = 0.0
    for phase, placement in zip(instance.phases, solution.placements, strict=True):
        if placement.unit != 1:
            raise UnsupportedError("the simulation takes placements without splits")
        total += _phase_time(instance.fabric, phase, placement)
    return total


def _phase_time(fabric: Fabric, phase: Phase, placement: Placement) -> float:
    from netroute.solvers.collective._kernels.maxmin import run

    links, capacity, size = _flows(fabric, phase, placement)
    if not len(size):
        return 0.0
    used, renamed = np.unique(links, return_inverse=True)
    renamed = renamed.reshape(links.shape)
    if used[0] < 0:
        used, renamed = used[1:], renamed - 1
    entry = renamed.ravel()
    order = np.argsort(entry, kind="stable")
    order = order[entry[order] >= 0]
    begin = np.searchsorted(entry[order], np.arange(len(used) + 1))
    flow = order // links.shape[1]
    left = size.astype(np.float64)
    rate, room = np.zeros(len(size)), np.zeros(len(used))
    users = np.zeros(len(used), np.int64)
    arrays = (renamed.astype(np.int64), begin.astype(np.int64), flow.astype(np.int64))
    time = 0.0
    while left.any():
        time += float(run(*arrays, capacity[used], left, rate, room, users, EVENTS))
    return time


def _flows(
    fabric: Fabric, phase: Phase, placement: Placement
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the links of each flow (-1: none), the capacities of all links, and the bytes."""
    hosts, planes, leaves = fabric.hosts, fabric.planes, fabric.leaves
    listing = phase.listing(fabric)
    plane = _dealt(listing.row, placement.counts)
    i, j = phase.source[listing.row], phase.target[listing.row]
    up = 2 * hosts + i.astype(np.int64) * planes + plane
    down = 2 * hosts + leaves * planes + plane * leaves + j
    tiers = [np.full(2 * hosts, fabric.nic), fabric.up.ravel(), fabric.down.ravel()]
    columns = [listing.source, hosts + listing.target, up, down]
    if fabric.core_up is not None and fabric.core_down is not None and placement.cores is not None:
        rows = phase.pod_rows(fabric)
        pair = rows.row[listing.row]
        between = np.flatnonzero(pair >= 0)
        number = len(rows.size)
        # A plane's flows between two pods are dealt out to the plane's cores.
        group = plane[between] * number + pair[between]
        core = _dealt(group, placement.cores.transpose(1, 0, 2).reshape(fabric.cores, -1))
        p, q = rows.source[pair[between]], rows.target[pair[between]]
        first = 2 * hosts + 2 * leaves * planes
        rise, fall = (np.full(len(pair), -1, np.int64) for _ in range(2))
        a = plane[between]
        rise[between] = first + (p * planes + a) * fabric.cores + core
        fall[between] = first + fabric.core_up.size + (a * fabric.cores + core) * fabric.pods + q
        columns += [rise, fall]
        tiers += [fabric.core_up.ravel(), fabric.core_down.ravel()]
    links = np.column_stack(columns).astype(np.int64)
    local = phase.within(fabric)
    inside = np.full((len(local.source), links.shape[1]), -1, np.int64)
    inside[:, 0], inside[:, 1] = local.source, hosts + local.target
    size = np.concatenate([phase.size[listing.row], local.size])
    capacity = np.concatenate(tiers).astype(np.float64)
    return np.concatenate([links, inside]), capacity, size


def _dealt(group: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Give each member of a group, in order, one of the choices that the group has in numbers."""
    order = np.argsort(group, kind="stable")
    sizes = counts.sum(axis=0, dtype=np.int64)
    present = np.flatnonzero(sizes)
    choice = np.tile(np.arange(len(counts)), len(present))
    found = np.zeros(len(group), np.int64)
    found[order] = np.repeat(choice, counts[:, present].T.ravel().astype(np.int64))
    return found


@cache
def compile_simulation() -> None:
    """Compile the kernels on one flow."""
    fabric = Fabric.leaf_spine(2, 1, hosts_per_leaf=1)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1)])
    completion_time(instance, CollectiveSolution.of([Placement(counts=[[1]])]))
