"""Flows from the demands of a file: scaled, split, with priorities; or drawn, where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.problems.sdn.draw import draw_bandwidths, draw_pairs, draw_priorities
from netroute.problems.sdn.validate import LARGEST

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.formats.sdn_draft import Demand
    from netroute.formats.sdn_options import SdnOptions

MOST_FLOWS = 10**7

LARGEST_DRAWN = 100
"""Bandwidth of the largest drawn flow before scaling."""


def make_flows(
    demands: Sequence[Demand], options: SdnOptions, smallest_capacity: float, where: str
) -> dict[str, Any]:
    """Return the fields of an instance that describe flows.

    Priorities do not depend on scale and split: the same demand has the same in all of them.
    """
    amount = np.array([demand.amount for demand in demands]) / options.unit
    priority = draw_priorities(
        generator(options.seed, 1), len(demands), options.priorities, options.classes
    )
    bandwidth, parts = _split(amount, options, smallest_capacity, where)
    owner = np.repeat(np.arange(len(demands)), parts)
    names = [demand.name for demand in demands]
    hops = np.array([demand.hops for demand in demands], np.int64)
    return {
        "source": np.array([demand.source for demand in demands], np.int64)[owner],
        "target": np.array([demand.target for demand in demands], np.int64)[owner],
        "bandwidth": bandwidth,
        "priority": priority[owner],
        "priorities": options.priorities,
        "flows": None if None in names else _part_names(names, parts),
        "max_hops": hops[owner] if hops.any() else None,
    }


def draw_flows(
    nodes: int, options: SdnOptions, smallest_capacity: float, where: str
) -> dict[str, Any]:
    """Return the fields of an instance that describe flows, drawn by gravity."""
    if options.flows is None:
        raise InputError(
            "found no demands, expected some",
            code="sdn.file",
            where=where,
            hint="the read option flows=NUMBER draws that many",
        )
    if nodes < 2:
        raise InputError("found one node, expected two for a flow", code="sdn.file", where=where)
    rng = generator(options.seed, 2)
    source, target = draw_pairs(rng, nodes, options.flows)
    amount = draw_bandwidths(rng, options.flows, LARGEST_DRAWN).astype(np.float64)
    priority = draw_priorities(rng, options.flows, options.priorities, options.classes)
    bandwidth, parts = _split(amount, options, smallest_capacity, where)
    owner = np.repeat(np.arange(options.flows), parts)
    return {
        "source": source[owner],
        "target": target[owner],
        "bandwidth": bandwidth,
        "priority": priority[owner],
        "priorities": options.priorities,
    }


def _split(
    amount: np.ndarray, options: SdnOptions, smallest_capacity: float, where: str
) -> tuple[np.ndarray, np.ndarray]:
    """Bandwidth of each flow, and number of flows of each demand, shape of ``amount``."""
    scaled = np.floor(amount * options.demand_scale + 0.5)
    if scaled.max(initial=0.0) >= LARGEST:
        raise InputError(
            f"found a demand of {scaled.max():g} after scaling, expected less than {LARGEST}",
            code="sdn.file",
            where=where,
            hint="the read option unit=NUMBER makes it smaller",
        )
    whole = np.maximum(scaled.astype(np.int64), 1)
    largest = max(1.0, np.floor(options.largest(smallest_capacity) / options.unit))
    parts = np.maximum(np.ceil(whole / largest), 1.0).astype(np.int64)
    if parts.sum() > MOST_FLOWS:
        raise InputError(
            f"found {parts.sum()} flows after splitting, expected at most {MOST_FLOWS}",
            code="sdn.file",
            where=where,
        )
    owner = np.repeat(np.arange(len(whole)), parts)
    first = np.repeat(np.cumsum(parts) - parts, parts)
    extra = np.arange(len(owner)) - first < (whole % parts)[owner]
    return (whole // parts)[owner] + extra, parts


def _part_names(names: Sequence[str | None], parts: np.ndarray) -> list[str]:
    """Names of the flows: the demand's, with a number where it has several flows."""
    found: list[str] = []
    for name, count in zip(names, parts.tolist(), strict=True):
        if count == 1:
            found.append(str(name))
        else:
            found.extend(f"{name}/{part}" for part in range(1, count + 1))
    return found
