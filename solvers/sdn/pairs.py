"""Flows grouped by all that the choice of a path depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance

WIDTHS = 16
"""Different widths that are told apart at most; each of them costs one more tree a source."""


class Pairs(NamedTuple):
    """Source-target pairs and their flows.

    Flows with the same ends share a pair only where the same arcs are wide enough for them and
    their limits on delay and hops agree; with limited flow tables, also only where their bandwidth
    does. Pairs are sorted by the first of these, so that those that one shortest-path tree serves
    lie together.

    Attributes
    ----------
    source, target : ndarray of uint32, shape (K,)
    width : ndarray of int64, shape (K,)
        Arcs of less capacity are closed to the pair.
    unit : ndarray of float64, shape (K,)
        Flow-table entries that a unit of bandwidth takes at each node of its path: 1 / bandwidth
        with limited tables, 0 without.
    max_delay : ndarray of float64, shape (K,)
        Infinite without a limit.
    max_hops : ndarray of int64, shape (K,)
        0 without a limit.
    start : ndarray of int64, shape (K + 1,)
        The flows of pair k are ``flow[start[k]:start[k + 1]]``, by falling weight per bandwidth:
        whatever bandwidth a pair gets, a fractional solution gives it to its first flows.
    flow : ndarray of uint32, shape (F,)
    of_flow : ndarray of int64, shape (F,)
        The pair of each flow.
    tree_start : ndarray of int64, shape (T + 1,)
        The pairs that tree t serves are ``tree_start[t]`` to ``tree_start[t + 1] - 1``: same
        source, width and unit.
    """

    source: np.ndarray
    target: np.ndarray
    width: np.ndarray
    unit: np.ndarray
    max_delay: np.ndarray
    max_hops: np.ndarray
    start: np.ndarray
    flow: np.ndarray
    of_flow: np.ndarray
    tree_start: np.ndarray


def pairs_of(instance: SdnInstance, *, weights: np.ndarray | None = None) -> Pairs:
    """Group the flows of an instance.

    Parameters
    ----------
    weights : ndarray of float64, shape (F,), optional
        The instance's own without them.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0, 1], head=[1, 0], capacity=[5, 5],
    ...     source=[0, 1, 0], target=[1, 0, 1], bandwidth=[3, 4, 2], priority=[2, 1, 2],
    ... )
    >>> pairs = pairs_of(net)
    >>> pairs.flow.tolist(), pairs.start.tolist()
    ([2, 0, 1], [0, 2, 3])
    """
    flows = instance.size
    density = (instance.weights() if weights is None else weights) / instance.bandwidth
    tables = "flow tables" in instance.features()
    unit = 1.0 / instance.bandwidth if tables else np.zeros(flows)
    delay = np.full(flows, np.inf) if instance.max_delay is None else instance.max_delay
    hops = np.zeros(flows, np.int64) if instance.max_hops is None else instance.max_hops
    keys: list[np.ndarray] = [instance.source, _widths(instance), unit]
    keys += [instance.target, delay, hops]
    # The last key of lexsort is the first to sort by.
    order = np.lexsort((instance.bandwidth, -density, *keys[::-1]))
    first = _changes([key[order] for key in keys])
    begin = np.flatnonzero(first)
    of_flow = np.empty(flows, np.int64)
    of_flow[order] = np.cumsum(first) - 1
    keys = [key[order][begin] for key in keys]
    source, width, each, target, longest, most = keys
    trees = np.flatnonzero(_changes(keys[:3]))
    return Pairs(
        source=source.astype(np.uint32),
        target=target.astype(np.uint32),
        width=width.astype(np.int64),
        unit=each.astype(np.float64),
        max_delay=longest.astype(np.float64),
        max_hops=most.astype(np.int64),
        start=np.append(begin, flows).astype(np.int64),
        flow=order.astype(np.uint32),
        of_flow=of_flow,
        tree_start=np.append(trees, len(begin)).astype(np.int64),
    )


def _widths(instance: SdnInstance) -> np.ndarray:
    """Return the least capacity that holds each flow; beyond all capacities, one more than any."""
    widths = np.unique(instance.capacity)
    widths = np.append(widths, instance.capacity.max(initial=0) + 1)
    place = np.minimum(np.searchsorted(widths, instance.bandwidth), len(widths) - 1)
    used = np.unique(place)
    if len(used) > WIDTHS:
        # A lower width only opens more arcs, which leaves bounds valid.
        used = used[np.arange(WIDTHS) * len(used) // WIDTHS]
        place = used[np.searchsorted(used, place, side="right") - 1]
    found: np.ndarray = widths[place]
    return found


def _changes(keys: list[np.ndarray]) -> np.ndarray:
    """Where any of the keys differs from its predecessor, and at the first place."""
    first = np.zeros(len(keys[0]), bool)
    first[:1] = True
    for key in keys:
        first[1:] |= key[1:] != key[:-1]
    return first
