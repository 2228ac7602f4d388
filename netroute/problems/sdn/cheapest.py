"""Cheapest admissible path, or disjoint pair of paths, of each flow at given prices.

Written for the checker's side: with scipy and heapq, apart from all solvers. A path is admissible
if all its arcs are as wide as the flow, and if it keeps the flow's limits on delay and hops.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.sdn.check import TOLERANCE
from netroute.problems.sdn.disjoint import cheapest_pairs
from netroute.problems.sdn.distances import DENSE, all_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from netroute.problems.sdn.instance import SdnInstance


class Group(NamedTuple):
    """Flows for which the same arcs are wide enough and cost the same."""

    flows: np.ndarray
    arcs: np.ndarray
    cost: np.ndarray
    """Of each of ``arcs``, for a flow of ``factor`` = 1."""
    factor: np.ndarray
    """What the cost is multiplied by for each of ``flows``."""


def cheapest(
    instance: SdnInstance,
    price: np.ndarray,
    *,
    charge: np.ndarray | None = None,
    room: np.ndarray | None = None,
    worth: np.ndarray | None = None,
    flows: np.ndarray | None = None,
) -> np.ndarray:
    """Return the least cost at which each flow can be routed, infinite where it cannot be.

    With protection this is the cost of a disjoint pair, of which delays and hops are only limited
    in so far as twice the cheapest single path that keeps the limits is a lower bound, too, and
    that the pair with the least of them in all must not have more than twice the limit.

    Parameters
    ----------
    price : array, shape (m,)
        Of a unit of bandwidth on each arc, at least 0.
    charge : array, shape (m,), optional
        For the use of each arc, whatever the bandwidth, at least 0.
    room : array of int, shape (m,), optional
        Bandwidth that is free on each arc; all of its capacity without it.
    worth : array, shape (F,), optional
        A cost above it need not be exact, only above it.
    flows : array of int, optional
        Only these; all of them without it.

    Returns
    -------
    array of float64, one entry for each of ``flows``

    Notes
    -----
    Dijkstra's algorithm for single paths; label setting by increasing cost where there are limits;
    Suurballe's algorithm for pairs. Where prices and charges are integers and all costs are less
    than 2^53, the results are exact.

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1, 0], head=[1, 2, 2], capacity=[5, 5, 2],
    ...     source=[0, 0, 2], target=[2, 2, 0], bandwidth=[2, 3, 1],
    ... )
    >>> cheapest(net, np.array([2.0, 2.0, 1.0])).tolist()
    [2.0, 12.0, inf]
    """
    room = instance.capacity if room is None else room
    chosen = np.arange(instance.size) if flows is None else flows
    if worth is None:
        worth = np.full(instance.size, np.inf)
    found = np.full(instance.size, np.inf)
    limited = np.zeros(instance.size, bool)
    if instance.max_delay is not None:
        limited |= np.isfinite(instance.max_delay)
    if instance.max_hops is not None:
        limited |= instance.max_hops > 0
    for group in _groups(instance, chosen, price, charge, room):
        tight = limited[group.flows]
        most = worth[group.flows] / group.factor
        single = np.empty(len(group.flows))
        single[~tight] = _unlimited(instance, group, np.flatnonzero(~tight))
        single[tight] = _limited(instance, group, np.flatnonzero(tight), most)
        if instance.protection != "none":
            # Where two single paths are too dear already, the pair is not looked for.
            lower = _unlimited(instance, group, np.arange(len(group.flows)))
            hopeful = np.isfinite(single) & (2.0 * np.maximum(lower, single) <= most)
            pair = 2.0 * np.maximum(lower, single)
            pair[hopeful] = np.maximum(
                pair[hopeful],
                cheapest_pairs(instance, group.arcs, group.cost, group.flows[hopeful]),
            )
            doubtful = np.flatnonzero(hopeful & tight)
            pair[doubtful[_beyond(instance, group, doubtful)]] = np.inf
            single = pair
        found[group.flows] = single * group.factor
    return found[chosen]


def _groups(
    instance: SdnInstance,
    flows: np.ndarray,
    price: np.ndarray,
    charge: np.ndarray | None,
    room: np.ndarray,
) -> Iterator[Group]:
    """Flows by the arcs wide enough for them, and by bandwidth where there are charges."""
    widths = np.unique(room)
    bandwidth = instance.bandwidth[flows]
    # Arcs narrower than the flow: those with one of the first `narrow` widths.
    narrow = np.searchsorted(widths, bandwidth)
    keys = narrow if charge is None else bandwidth
    for key in np.unique(keys):
        members = flows[keys == key]
        width = instance.bandwidth[members].max()
        arcs = np.flatnonzero(room >= width)
        factor = instance.bandwidth[members].astype(np.float64)
        cost = price[arcs]
        if charge is not None:
            cost = factor[0] * cost + charge[arcs]
            factor = np.ones(len(members))
        yield Group(members, arcs, cost, factor)


def _unlimited(instance: SdnInstance, group: Group, places: np.ndarray) -> np.ndarray:
    """Costs of the cheapest paths of the flows at ``places`` of the group."""
    if not len(places):
        return np.zeros(0)
    n, flows = len(instance.nodes), group.flows[places]
    tail, head = (ends[group.arcs].astype(np.int64) for ends in (instance.tail, instance.head))
    if n <= DENSE:
        distance = all_pairs(n, tail, head, group.cost)
        near: np.ndarray = distance[instance.source[flows], instance.target[flows]]
        return near
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra

    # Of parallel arcs the cheapest one: a sparse matrix would add them up.
    order = np.lexsort((group.cost, head, tail))
    tail, head, cost = tail[order], head[order], group.cost[order]
    first = np.ones(len(order), bool)
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    graph = csr_array((cost[first], (tail[first], head[first])), shape=(n, n))
    sources, row = np.unique(instance.source[flows], return_inverse=True)
    costs: np.ndarray = dijkstra(graph, indices=sources)[row, instance.target[flows]]
    return costs


def _limited(
    instance: SdnInstance, group: Group, places: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Costs of the cheapest paths that keep the limits of the flows at ``places``."""
    found = np.full(len(group.flows), np.inf)
    leaving: list[list[tuple[int, float, float]]] = [[] for _ in instance.nodes]
    delays = instance.delay[group.arcs].tolist()
    ends = zip(instance.tail[group.arcs].tolist(), instance.head[group.arcs].tolist(), strict=True)
    for (tail, head), cost, delay in zip(ends, group.cost.tolist(), delays, strict=True):
        leaving[tail].append((head, cost, delay))
    flows = group.flows[places]
    delay_limit, hop_limit = limits(instance, flows)
    source = instance.source[flows]
    for node in np.unique(source):
        mine = np.flatnonzero(source == node)
        labels = _labels(
            leaving,
            int(node),
            float(delay_limit[mine].max()),
            float(hop_limit[mine].max()),
            float(most[places[mine]].max()),
        )
        for i in mine:
            fitting = (
                cost
                for cost, delay, hops in labels[instance.target[flows[i]]]
                if delay <= delay_limit[i] and hops <= hop_limit[i]
            )
            # Labels come by increasing cost.
            found[places[i]] = next(fitting, np.inf)
    costs: np.ndarray = found[places]
    return costs


def _beyond(instance: SdnInstance, group: Group, places: np.ndarray) -> np.ndarray:
    """Whether two disjoint paths of the flows at ``places`` take more than both may."""
    flows = group.flows[places]
    beyond = np.zeros(len(flows), bool)
    ones = np.ones(len(group.arcs))
    lengths = instance.delay[group.arcs], ones
    for length, limit in zip(lengths, limits(instance, flows), strict=True):
        some = np.flatnonzero(np.isfinite(limit))
        if len(some):
            least = cheapest_pairs(instance, group.arcs, length, flows[some])
            beyond[some] |= least > 2.0 * limit[some] * (1.0 + TOLERANCE)
    return beyond


def limits(instance: SdnInstance, flows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Longest delay, with the checker's tolerance, and most hops of each flow; inf for none."""
    delay, hops = np.full(len(flows), np.inf), np.full(len(flows), np.inf)
    if instance.max_delay is not None:
        delay = instance.max_delay[flows] * (1.0 + TOLERANCE)
    if instance.max_hops is not None:
        given = instance.max_hops[flows]
        hops = np.where(given > 0, given, np.inf)
    return delay, hops


def _labels(
    leaving: list[list[tuple[int, float, float]]],
    source: int,
    longest: float,
    most_hops: float,
    dearest: float,
) -> list[list[tuple[float, float, int]]]:
    """Undominated (cost, delay, hops) of paths from ``source`` to every node, cheapest first."""
    kept: list[list[tuple[float, float, int]]] = [[] for _ in leaving]
    heap = [(0.0, 0.0, 0, source)]
    while heap:
        cost, delay, hops, node = heapq.heappop(heap)
        if any(d <= delay and h <= hops for _, d, h in kept[node]):
            continue
        kept[node].append((cost, delay, hops))
        if hops == most_hops:
            continue
        for head, more, longer in leaving[node]:
            label = (cost + more, delay + longer, hops + 1, head)
            if label[0] <= dearest and label[1] <= longest:
                heapq.heappush(heap, label)
    return kept
