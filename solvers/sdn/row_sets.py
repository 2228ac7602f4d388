"""Which scarce arcs a path can do with: the minimal sets of them, for every pair of nodes.

Where only some arcs are scarce, all paths over the same scarce arcs are alike, and one that uses
more of them than another is never needed. So few sets stand for all paths of a network.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.pairs import Pairs

MOST = 400_000
"""Labels after which it is given up: some seconds."""

ASKED = 1_000
"""Labels between two looks at the clock."""

SLACK = 1e-9
"""Rounding errors of a path's cost, relative to the limit."""


class RowSet(NamedTuple):
    """A minimal set of scarce arcs that some path needs.

    Attributes
    ----------
    bits : int
        Bit k is set where scarce arc k is used.
    cost : float
        Sum of their prices.
    """

    bits: int
    cost: float


def row_sets(
    instance: SdnInstance,
    pairs: Pairs,
    prices: np.ndarray,
    scarce: np.ndarray,
    limit: np.ndarray,
    stop: Callable[[], bool],
) -> list[list[RowSet]] | None:
    """Find the minimal sets of each pair that cost no more than its limit.

    Parameters
    ----------
    prices : ndarray of float64, shape (m,)
        Of a unit of bandwidth on the arcs; 0 on all that are not scarce.
    scarce : ndarray of int, shape (S,)
        Numbers of the scarce arcs.
    limit : ndarray of float64, shape (K,)
        Negative for pairs that do not matter.

    Returns
    -------
    list of list of RowSet, or None
        None where there are too many, or ``stop()`` came true.

    Notes
    -----
    A search by labels (node, set), cheapest first, from each source. A label is dropped where the
    node has one whose set is contained in its own: that one costs no more.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> from netroute.solvers.sdn.pairs import pairs_of
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 5],
    ...     source=[0], target=[2], bandwidth=[3],
    ... )
    >>> prices = np.array([0.5, 0.0, 0.25])
    >>> scarce = np.array([0, 2])
    >>> row_sets(net, pairs_of(net), prices, scarce, np.array([1.0]), lambda: False)
    [[RowSet(bits=2, cost=0.25), RowSet(bits=1, cost=0.5)]]
    """
    place = np.full(len(prices), -1, np.int64)
    place[scarce] = np.arange(len(scarce))
    heads, costs = instance.head.tolist(), prices.tolist()
    bits = [1 << k if k >= 0 else 0 for k in place.tolist()]
    found: list[list[RowSet]] = [[] for _ in pairs.source]
    count = 0
    for tree in range(len(pairs.tree_start) - 1):
        low, high = int(pairs.tree_start[tree]), int(pairs.tree_start[tree + 1])
        most = float(limit[low:high].max())
        if most < 0.0:
            continue
        leaving: list[list[tuple[int, float, int]]] = [[] for _ in instance.nodes]
        for arc in np.flatnonzero(instance.capacity >= pairs.width[low]).tolist():
            leaving[instance.tail[arc]].append((heads[arc], costs[arc], bits[arc]))
        labels = _labels(leaving, int(pairs.source[low]), most, MOST - count, stop)
        if labels is None:
            return None
        count += sum(map(len, labels))
        for pair in range(low, high):
            within = limit[pair] * (1.0 + SLACK) + SLACK
            found[pair] = [s for s in labels[pairs.target[pair]] if s.cost <= within]
    return found


def _labels(
    leaving: list[list[tuple[int, float, int]]],
    source: int,
    limit: float,
    room: int,
    stop: Callable[[], bool],
) -> list[list[RowSet]] | None:
    """Minimal sets of all nodes from one source; None where there are too many."""
    labels: list[list[RowSet]] = [[] for _ in leaving]
    # Among equal costs small sets come first, so that what is contained in another precedes it.
    heap: list[tuple[float, int, int, int]] = [(0.0, 0, 0, source)]
    limit = limit * (1.0 + SLACK) + SLACK
    count = 0
    while heap:
        cost, size, bits, node = heapq.heappop(heap)
        known = labels[node]
        if any(s.bits & bits == s.bits for s in known):
            continue
        known.append(RowSet(bits, cost))
        count += 1
        if count > room or (count % ASKED == 0 and stop()):
            return None
        for head, price, bit in leaving[node]:
            # A set that grows by an arc it holds already goes in a circle.
            if cost + price > limit or bits & bit:
                continue
            longer = bits | bit
            if not any(s.bits & longer == s.bits for s in labels[head]):
                heapq.heappush(heap, (cost + price, size + (bit > 0), longer, head))
    return labels
