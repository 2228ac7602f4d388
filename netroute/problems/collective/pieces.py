"""Into how many pieces a placement cuts flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.collective.phase import Phase
    from netroute.problems.collective.solution import Placement


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
    total, so_far = 0, np.zeros(len(phase.size), np.int64)
    for plane in placement.counts:
        whole, rest = np.divmod(plane.astype(np.int64), unit)
        end = so_far + rest
        # Ends of flows strictly inside of this plane's share cut it once more each.
        inner = (end - 1) // unit - so_far // unit
        total += int(whole.sum()) + int((rest > 0).sum()) + int(inner[rest > 0].sum())
        so_far = end
    return total
