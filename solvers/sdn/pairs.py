"""Flows grouped by source and target, which is all that a path depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance


class Pairs(NamedTuple):
    """Source-target pairs and their flows.

    Flows with limits on delay or hops share a pair only where these limits agree too. Pairs are
    sorted by source, target, delay and hops.

    Attributes
    ----------
    source, target : ndarray of uint32, shape (K,)
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
    sources : ndarray of uint32, shape (S,)
        The different sources, ascending.
    source_start : ndarray of int64, shape (S + 1,)
        The pairs of source s are ``source_start[s]`` to ``source_start[s + 1] - 1``.
    """

    source: np.ndarray
    target: np.ndarray
    max_delay: np.ndarray
    max_hops: np.ndarray
    start: np.ndarray
    flow: np.ndarray
    of_flow: np.ndarray
    sources: np.ndarray
    source_start: np.ndarray


def pairs_of(instance: SdnInstance) -> Pairs:
    """Group the flows of an instance."""
    flows = len(instance.source)
    delay = np.full(flows, np.inf) if instance.max_delay is None else instance.max_delay
    hops = np.zeros(flows, np.int64) if instance.max_hops is None else instance.max_hops
    density = instance.weights() / instance.bandwidth
    order = np.lexsort(
        (instance.bandwidth, -density, hops, delay, instance.target, instance.source)
    )
    keys = (instance.source[order], instance.target[order], delay[order], hops[order])
    first = np.zeros(flows, bool)
    first[:1] = True
    for key in keys:
        first[1:] |= key[1:] != key[:-1]
    begin = np.flatnonzero(first)
    of_flow = np.empty(flows, np.int64)
    of_flow[order] = np.cumsum(first) - 1
    sources, source_begin = np.unique(keys[0][begin], return_index=True)
    return Pairs(
        source=keys[0][begin].astype(np.uint32),
        target=keys[1][begin].astype(np.uint32),
        max_delay=keys[2][begin].astype(np.float64),
        max_hops=keys[3][begin].astype(np.int64),
        start=np.append(begin, flows).astype(np.int64),
        flow=order.astype(np.uint32),
        of_flow=of_flow,
        sources=sources.astype(np.uint32),
        source_start=np.append(source_begin, len(begin)).astype(np.int64),
    )
