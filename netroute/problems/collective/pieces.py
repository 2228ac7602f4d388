"""Into how many pieces a placement cuts flows."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.collective.spelled import spelled_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.collective.instance import CollectiveInstance
    from netroute.problems.collective.phase import Phase
    from netroute.problems.collective.solution import Placement

MOST_SPELLED = 2**16
"""Flows of a phase that are looked at one by one where no limit asks for it."""


class Tally(NamedTuple):
    """Pieces of a phase in all, most of a flow, and those of each host; None where unknown."""

    pieces: int
    per_flow: int | None
    per_host: np.ndarray | None


def tally(instance: CollectiveInstance, phase: Phase, placement: Placement) -> Tally:
    """Count the pieces of a placement in which every flow is placed once.

    Where the instance limits pieces, those count that `netroute.problems.collective.spelled` shows,
    whatever the placement states.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Placement
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=3)
    >>> flows = [(0, 0, 3, 1), (0, 1, 4, 1), (0, 2, 5, 1)]
    >>> instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=1)
    >>> found = tally(instance, instance.phases[0], Placement(counts=[[3], [3]], unit=2))
    >>> found.pieces, found.per_flow, found.per_host.tolist()
    (4, 2, [1, 1, 2, 0, 0, 0])
    """
    fabric, unit = instance.fabric, placement.unit
    limited = instance.extra_pieces is not None or instance.pieces_per_flow is not None
    small = phase.crossing <= MOST_SPELLED
    if unit == 1:
        hosts = phase.listing(fabric).source if small else None
        return Tally(
            max(phase.crossing, placement.pieces or 0),
            min(1, phase.crossing),
            None if hosts is None else np.bincount(hosts, minlength=fabric.hosts),
        )
    if not (small or limited):
        stated = placement.pieces
        return Tally(fewest_pieces(phase, placement) if stated is None else stated, None, None)
    found = spelled_out(fabric, phase, placement)
    per_flow = int(np.bincount(found.flow).max(initial=0))
    per_host = np.bincount(found.listing.source[found.flow], minlength=fabric.hosts)
    if limited:
        return Tally(max(len(found.flow), placement.pieces or 0), per_flow, per_host)
    pieces = fewest_pieces(phase, placement) if placement.pieces is None else placement.pieces
    if pieces > len(found.flow):
        return Tally(pieces, None, None)
    return Tally(pieces, per_flow, per_host)


def most_pieces(tallies: Sequence[Tally]) -> dict[str, int | None]:
    """Return the most pieces of a flow, and of a host in any phase, for metrics."""
    flows = [t.per_flow for t in tallies]
    hosts = [None if t.per_host is None else int(t.per_host.max(initial=0)) for t in tallies]
    return {
        name: None if None in values else max((v for v in values if v is not None), default=0)
        for name, values in (("most_pieces_per_flow", flows), ("most_pieces_per_host", hosts))
    }


def least_pieces(placement: Placement) -> int:
    """Pieces that there are at least: a path's load of so many flows has at least so many pieces.

    Examples
    --------
    >>> from netroute.problems.collective import Placement
    >>> least_pieces(Placement(counts=[[3], [1]], unit=2))
    3
    """
    unit = placement.unit
    if unit == 1:
        return int(placement.counts.sum(dtype=np.int64))
    return sum(int((-(-plane.astype(np.int64) // unit)).sum()) for plane in placement.counts)


def fewest_pieces(phase: Phase, placement: Placement) -> int:
    """Pieces that suffice if the flows between two leaves are laid end to end and cut.

    Of each row whole flows go first, then the rest of each plane one after the other: a piece ends
    where a flow ends, or where a plane has its share. ``r`` flows on ``s`` planes take
    ``r + s - gcd(r, s)`` pieces at even shares. Cuts between the cores of a plane do not count.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Placement
    >>> fabric = Fabric.leaf_spine(2, 4, hosts_per_leaf=3)
    >>> flows = [(0, 0, 3, 1), (0, 1, 4, 1), (0, 2, 5, 1)]
    >>> phase = CollectiveInstance(fabric=fabric, flows=flows).phases[0]
    >>> fewest_pieces(phase, Placement(counts=[[3], [3], [3], [3]], unit=4))
    6
    """
    unit = placement.unit
    if unit == 1:
        return int(placement.counts.sum(dtype=np.int64))
    if placement.cut is not None:
        cut = placement.cut
        whole = int(placement.counts.sum(dtype=np.int64)) - int(cut[:, 3].sum())
        return whole // unit + len(cut)
    total, so_far = 0, np.zeros(len(phase.size), np.int64)
    for plane in placement.counts:
        whole, rest = np.divmod(plane.astype(np.int64), unit)
        end = so_far + rest
        # Ends of flows strictly inside of this plane's share cut it once more each.
        inner = (end - 1) // unit - so_far // unit
        total += int(whole.sum()) + int((rest > 0).sum()) + int(inner[rest > 0].sum())
        so_far = end
    return total
