"""Completion time of a placement, if flows share links max-min fairly."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective import CollectiveInstance, CollectiveSolution, Fabric, Placement
from netroute.problems.collective.spelled import spelled_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective.phase import Phase

EVENTS = 64
"""Changes of rates in one call of the kernel."""


def completion_time(
    instance: CollectiveInstance,
    solution: CollectiveSolution,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> float | None:
    """Return the sum over the phases of the time until the last flow has ended.

    All pieces of a phase's flows start together; their rates are max-min fair at any time
    (progressive filling), hosts' links and flows within a leaf included. Which flow takes which
    path is settled by `netroute.problems.collective.spelled`.

    Parameters
    ----------
    instance : CollectiveInstance
        Of some ten thousand flows: the time grows with their number squared at worst.
    solution : CollectiveSolution
        Feasible.
    stop : callable
        Asked between slices of work; once it says so, there is no answer.

    Raises
    ------
    InputError
        Flows are not placed once each, or there are too many of them.

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
        time = _phase_time(instance.fabric, phase, placement, stop)
        if time is None:
            return None
        total += time
    return total


def _phase_time(
    fabric: Fabric, phase: Phase, placement: Placement, stop: Callable[[], bool]
) -> float | None:
    from netroute.solvers.collective._kernels.maxmin import Network, run

    links, capacity, size = _subflows(fabric, phase, placement)
    if not len(size):
        return 0.0
    used, renamed = np.unique(links, return_inverse=True)
    renamed = renamed.reshape(links.shape)
    if used[0] < 0:
        used, renamed = used[1:], renamed - 1
    entry = renamed.ravel()
    order = np.argsort(entry, kind="stable")
    order = order[entry[order] >= 0]
    network = Network(
        links=renamed.astype(np.int64),
        begin=np.searchsorted(entry[order], np.arange(len(used) + 1)).astype(np.int64),
        flow=(order // links.shape[1]).astype(np.int64),
        capacity=capacity[used],
        room=np.zeros(len(used)),
        share=np.zeros(len(used)),
        users=np.zeros(len(used), np.int64),
        busy=np.zeros(len(used), np.int64),
        alive=np.arange(len(size)),
    )
    left, rate = size.copy(), np.zeros(len(size))
    flows = np.array([len(size)])
    time = 0.0
    while flows[0]:
        if stop():
            return None
        time += float(run(network, flows, left, rate, EVENTS))
    return time


def _subflows(
    fabric: Fabric, phase: Phase, placement: Placement
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the links of each piece (-1: none), the capacities of all links, and the bytes."""
    hosts, planes, leaves = fabric.hosts, fabric.planes, fabric.leaves
    pieces = spelled_out(fabric, phase, placement)
    listing, plane = pieces.listing, pieces.plane
    row = listing.row[pieces.flow]
    i, j = phase.source[row].astype(np.int64), phase.target[row].astype(np.int64)
    up = 2 * hosts + i * planes + plane
    down = 2 * hosts + leaves * planes + plane * leaves + j
    tiers = [np.full(2 * hosts, fabric.nic), fabric.up.ravel(), fabric.down.ravel()]
    columns = [listing.source[pieces.flow], hosts + listing.target[pieces.flow], up, down]
    if fabric.core_up is not None and fabric.core_down is not None:
        p, q = i // fabric.leaves_per_pod, j // fabric.leaves_per_pod
        first = 2 * hosts + 2 * leaves * planes
        path = plane * fabric.cores + pieces.core
        rise = first + p * fabric.paths + path
        fall = first + fabric.core_up.size + path * fabric.pods + q
        columns += [np.where(pieces.core < 0, -1, rise), np.where(pieces.core < 0, -1, fall)]
        tiers += [fabric.core_up.ravel(), fabric.core_down.ravel()]
    links = np.column_stack(columns).astype(np.int64)
    local = phase.within(fabric)
    inside = np.full((len(local.source), links.shape[1]), -1, np.int64)
    inside[:, 0], inside[:, 1] = local.source, hosts + local.target
    size = np.concatenate([phase.size[row] * (pieces.share / pieces.unit), local.size])
    capacity = np.concatenate(tiers).astype(np.float64)
    return np.concatenate([links, inside]), capacity, size.astype(np.float64)


@cache
def compile_simulation() -> None:
    """Compile the kernels on one flow."""
    fabric = Fabric.leaf_spine(2, 1, hosts_per_leaf=1)
    instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 1, 1)])
    completion_time(instance, CollectiveSolution.of([Placement(counts=[[1]])]))
