"""Short simple paths of every pair of nodes, for formulations that choose among given paths."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.sdn.check import TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.pairs import Pairs

MOST = 200_000
"""Paths in all, beyond which enumerating every one is given up."""

SPARE = 4
"""Partial paths to a node that are extended, beyond twice those wanted."""


def short_paths(
    instance: SdnInstance,
    pairs: Pairs,
    count: int,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> list[list[tuple[int, ...]]] | None:
    """Find up to ``count`` paths of each pair that are wide enough and keep its limits.

    Paths with the fewest arcs come first, and those with less delay among them; where delays are
    limited, as many by least delay are added. To each node no more than ``2 * count + 4`` partial
    paths are extended, so that a path may be missed which only a worse beginning leads to.

    Parameters
    ----------
    count : int
        0 for all simple paths, which are few in tiny networks only.
    stop : callable
        Asked between two sources.

    Returns
    -------
    list of list of tuple of int, or None
        Arcs of the paths of each pair; None if ``stop()`` came true.

    Raises
    ------
    UnsupportedError
        There are more than `MOST` of them.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> from netroute.solvers.sdn.pairs import pairs_of
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 3],
    ...     source=[0], target=[2], bandwidth=[3],
    ... )
    >>> short_paths(net, pairs_of(net), 0)
    [[(2,), (0, 1)]]
    """
    # A dictionary keeps the order and holds each path once.
    found: list[dict[tuple[int, ...], None]] = [{} for _ in pairs.source]
    total = 0
    orders = ["hops"]
    if count and np.isfinite(pairs.max_delay).any():
        orders.append("delay")
    for order in orders:
        for tree in range(len(pairs.tree_start) - 1):
            if stop():
                return None
            members = range(pairs.tree_start[tree], pairs.tree_start[tree + 1])
            new = _of_tree(instance, pairs, members, order, count)
            for pair, path in new:
                total += path not in found[pair]
                found[pair][path] = None
                if total > MOST:
                    raise UnsupportedError(
                        f"instance {instance.name!r} has more than {MOST} paths to choose from"
                    )
    return [list(paths) for paths in found]


def _of_tree(
    instance: SdnInstance, pairs: Pairs, members: range, order: str, count: int
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Paths of the pairs of one source, by a search over partial paths, shortest first."""
    leaving: list[list[int]] = [[] for _ in instance.nodes]
    usable = instance.capacity >= pairs.width[members[0]]
    if instance.table_size is not None:
        usable &= instance.table_size[instance.tail] != 0
    for arc in np.flatnonzero(usable).tolist():
        leaving[instance.tail[arc]].append(arc)
    wanted: dict[int, list[int]] = {}
    for pair in members:
        wanted.setdefault(int(pairs.target[pair]), []).append(pair)
    heads, delays = instance.head.tolist(), instance.delay.tolist()
    extended = np.zeros(len(instance.nodes), np.int64)
    missing = dict.fromkeys(members, count)
    source = int(pairs.source[members[0]])
    heap: list[tuple[float, float, int, int, int, tuple[int, ...]]] = []
    heap.append((0.0, 0.0, 0, source, 1 << source, ()))
    number = 0
    while heap and (missing or not count):
        first, second, _, node, visited, path = heapq.heappop(heap)
        delay = second if order == "hops" else first
        for pair in wanted.get(node, ()) if path else ():
            if (pair in missing or not count) and _keeps(pairs, pair, delay, len(path)):
                yield pair, path
                if count:
                    missing[pair] -= 1
                    if not missing[pair]:
                        del missing[pair]
        if count and extended[node] >= 2 * count + SPARE:
            continue
        extended[node] += 1
        for arc in leaving[node]:
            head = heads[arc]
            if not visited >> head & 1:
                number += 1
                longer = delay + delays[arc]
                hops = float(len(path) + 1)
                key = (hops, longer) if order == "hops" else (longer, hops)
                heapq.heappush(heap, (*key, number, head, visited | 1 << head, (*path, arc)))


def _keeps(pairs: Pairs, pair: int, delay: float, hops: int) -> bool:
    most = pairs.max_hops[pair]
    return bool(delay <= pairs.max_delay[pair] * (1.0 + TOLERANCE) and (most == 0 or hops <= most))
