"""A few short paths for every source-target pair: what online admission chooses from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.sdn.check import TOLERANCE
from netroute.solvers.sdn._kernels.simple_paths import Found, Search, paths_of_pairs
from netroute.solvers.sdn.graph import graph_of, make_graph, new_heap, trees

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance

SLICE = 256
"""Paths between two looks at the clock."""


class Candidates(NamedTuple):
    """The k shortest simple paths of each pair of nodes between which flows run.

    Attributes
    ----------
    k : int
    pair : ndarray of int64, shape (F,)
        The pair of each flow.
    start : ndarray of int64, shape (K * k + 1,)
        Path j of pair p, counted from 0, has the arcs ``arc[start[p * k + j]:start[p * k + j +
        1]]``; it is empty where there are fewer paths.
    arc : ndarray of uint32
    allowed : ndarray of bool, shape (F, k)
        Whether the path exists and keeps the flow's limits on delay and hops.
    """

    k: int
    pair: np.ndarray
    start: np.ndarray
    arc: np.ndarray
    allowed: np.ndarray

    @property
    def hops(self) -> np.ndarray:
        """Arcs of each path: int64, shape (K, k)."""
        found: np.ndarray = np.diff(self.start).reshape(-1, self.k)
        return found

    def path(self, flow: int, choice: int) -> np.ndarray:
        """Arcs of a flow's path number ``choice``."""
        at = int(self.pair[flow]) * self.k + choice
        return self.arc[self.start[at] : self.start[at + 1]]


def candidate_paths(
    instance: SdnInstance,
    k: int,
    *,
    stop: Callable[[], bool] | None = None,
    halt: Callable[[], bool] | None = None,
) -> Candidates:
    """Return the ``k`` paths with the fewest hops, then the least delay, of each flow's pair.

    Parameters
    ----------
    stop, halt : callable, optional
        Asked every few milliseconds. Pairs that are left when ``stop`` comes true get one path,
        when ``halt`` does, none.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 5],
    ...     source=[0, 1], target=[2, 2], bandwidth=[1, 1],
    ... )
    >>> found = candidate_paths(net, 2)
    >>> found.path(0, 0).tolist(), found.path(0, 1).tolist(), found.allowed.tolist()
    ([2], [0, 1], [[True, True], [True, False]])
    """
    nodes, arcs = len(instance.nodes), len(instance.tail)
    ends = np.stack([instance.target, instance.source]).astype(np.int64)
    pairs, pair = np.unique(ends[0] * nodes + ends[1], return_inverse=True)
    target, source = np.divmod(pairs, nodes)
    length = path_lengths(instance)
    graph, back = graph_of(instance), make_graph(nodes, instance.head, instance.tail)
    found = Found(
        np.zeros((2 * k, nodes), np.uint32), np.zeros(2 * k, np.int64),
        np.zeros(2 * k, np.int64), np.zeros(2 * k),
    )  # fmt: skip
    search = Search(
        np.zeros(nodes), np.zeros(nodes), np.zeros(nodes, np.uint32),
        np.zeros(nodes, bool), np.zeros(nodes, bool), np.zeros(arcs, bool),
    )  # fmt: skip
    heap = new_heap(nodes)
    start = np.zeros(len(pairs) * k + 1, np.int64)
    arc = np.zeros(k * (8 * len(pairs) + 2 * nodes), np.uint32)
    size = done = 0
    most = k
    while done < len(pairs) and not (halt is not None and halt()):
        if most > 1 and stop is not None and stop():
            most = 1
        here = target[done]
        step = max(1, SLICE // most)
        last = min(int(np.searchsorted(target, here, side="right")), done + step)
        # Distances to the target are those from it against the arcs.
        ahead = trees(back, length, np.array([here]))[0][0]
        served, size = paths_of_pairs(
            graph, length, ahead, source[done:last].astype(np.uint32), np.uint32(here), most, k,
            found, search, heap, arc, start, done, size,
        )  # fmt: skip
        if done + served < last:
            arc = np.resize(arc, 2 * len(arc))
        done += served
    start[done * k :] = size
    pair = pair.astype(np.int64)
    return Candidates(k, pair, start, arc[:size].copy(), _allowed(instance, k, pair, start, arc))


def path_lengths(instance: SdnInstance) -> np.ndarray:
    """Lengths of arcs by which paths have the fewest hops and among equals the least delay."""
    total = float(instance.delay.sum())
    scale = 0.5 / total if total > 0.0 else 0.0
    lengths: np.ndarray = 1.0 + instance.delay * scale
    return lengths


def _allowed(
    instance: SdnInstance, k: int, pair: np.ndarray, start: np.ndarray, arc: np.ndarray
) -> np.ndarray:
    hops = np.diff(start).reshape(-1, k)
    allowed: np.ndarray = hops[pair] > 0
    if instance.max_delay is not None:
        total = np.concatenate([[0.0], np.cumsum(instance.delay[arc[: start[-1]]])])
        delay = np.diff(total[start]).reshape(-1, k)
        allowed &= delay[pair] <= instance.max_delay[:, None] * (1.0 + 0.5 * TOLERANCE)
    if instance.max_hops is not None:
        limit = instance.max_hops[:, None]
        allowed &= (limit == 0) | (hops[pair] <= limit)
    return allowed
