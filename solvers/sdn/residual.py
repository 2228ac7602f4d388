"""What a network has left: flows are admitted on it in turn, each on its best path."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.sdn import SdnSolution
from netroute.solvers.sdn._kernels.residual import Labels, Room, admit_in_turn, take
from netroute.solvers.sdn.graph import graph_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

BATCH = 128
"""Flows admitted by one kernel call: less than 50 ms on networks of a thousand nodes."""

UNLIMITED = np.int64(1) << np.int64(40)
"""Flow-table entries of a node without a limit."""

LAYERS = 32
"""Labels kept by one search, in multiples of the number of nodes."""

_PROTECTION = {"none": 0, "arc": 1, "node": 2}


class Routes(NamedTuple):
    """Flows and the arcs of each, rejected ones without any.

    Attributes
    ----------
    flow : ndarray of uint32, shape (k,)
    start : ndarray of int64, shape (k + 1,)
        The arcs of the i-th flow are ``arc[start[i]:start[i + 1]]``.
    split : ndarray of int64, shape (k,)
        Where the arcs of its backup path begin; its end where there is none.
    arc : ndarray of uint32
    """

    flow: np.ndarray
    start: np.ndarray
    split: np.ndarray
    arc: np.ndarray


class Residual:
    """Free capacity and flow-table entries of a network, whole at first.

    Parameters
    ----------
    instance : SdnInstance
        The network and the flows.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 3],
    ...     source=[0, 0], target=[2, 2], bandwidth=[3, 3],
    ... )
    >>> Residual(net).admit(np.array([1, 0], np.uint32)).arc.tolist()
    [2, 0, 1]
    """

    def __init__(self, instance: SdnInstance) -> None:
        n, flows = len(instance.nodes), instance.size
        self._instance = instance
        self._graph = graph_of(instance)
        table = instance.table_size
        entries = np.full(n, UNLIMITED) if table is None else np.where(table < 0, UNLIMITED, table)
        self.room = Room(np.array(instance.capacity, np.int64), entries.astype(np.int64))
        limit, hops = instance.max_delay, instance.max_hops
        self._max_delay = np.full(flows, np.inf) if limit is None else limit * (1.0 + 1e-12)
        self._max_hops = np.full(flows, n) if hops is None else np.where(hops == 0, n, hops)
        self._protection = _PROTECTION[instance.protection]
        most = n * min(n, LAYERS) + 1
        self._labels = Labels(
            node=np.zeros(most, np.uint32),
            arc=np.zeros(most, np.uint32),
            above=np.zeros(most, np.int64),
            delay=np.zeros(most),
            best=np.zeros(n),
            newest=np.zeros(n, np.int64),
        )
        self._path = np.zeros((BATCH + 1) * 2 * n, np.uint32)

    def admit(self, flows: np.ndarray, *, stop: Callable[[], bool] | None = None) -> Routes:
        """Admit ``flows`` (uint32) in this order where there is room, until ``stop()``."""
        instance, parts, ends, splits = self._instance, [], [np.zeros(1, np.int64)], []
        size = done = 0
        while done < len(flows) and not (done and stop is not None and stop()):
            batch = np.ascontiguousarray(flows[done : done + BATCH], np.uint32)
            end, split = np.empty(len(batch), np.int64), np.empty(len(batch), np.int64)
            admit_in_turn(
                self._graph, instance.delay, self.room, self._labels, batch, instance.source,
                instance.target, instance.bandwidth, self._max_delay, self._max_hops,
                self._protection, self._path, end, split,
            )  # fmt: skip
            parts.append(self._path[: end[-1]].copy())
            ends.append(end + size)
            splits.append(split + size)
            size += int(end[-1])
            done += len(batch)
        return Routes(
            flow=np.asarray(flows[:done], np.uint32),
            start=np.concatenate(ends),
            split=np.concatenate(splits) if splits else np.zeros(0, np.int64),
            arc=np.concatenate(parts) if parts else np.zeros(0, np.uint32),
        )

    def take(self, arcs: np.ndarray, bandwidth: int) -> None:
        """Take what one admitted flow needs along its paths; give it back where negative."""
        entries = 1 if bandwidth > 0 else -1
        path = np.ascontiguousarray(arcs, np.uint32)
        take(self._graph, self.room, path, 0, len(path), int(bandwidth), entries)


def to_solution(instance: SdnInstance, routes: Routes) -> SdnSolution:
    """Turn routes, each flow at most once, into a plan of all flows."""
    primary = _rows(instance.size, routes, routes.start[:-1], routes.split)
    if instance.protection == "none":
        return SdnSolution(*primary)
    return SdnSolution(*primary, *_rows(instance.size, routes, routes.split, routes.start[1:]))


def _rows(
    flows: int, routes: Routes, begin: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sort the arcs ``begin`` to ``end`` of each route by flow."""
    order = np.argsort(routes.flow, kind="stable")
    begin, length = begin[order], (end - begin)[order]
    start = np.zeros(flows + 1, np.int64)
    start[routes.flow[order].astype(np.int64) + 1] = length
    np.cumsum(start, out=start)
    take = np.arange(start[-1]) + np.repeat(begin - (np.cumsum(length) - length), length)
    return start, routes.arc[take]
