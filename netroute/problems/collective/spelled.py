"""A placement spelled out: which piece of which flow takes which path."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective.fabric import MOST_MEMORY
from netroute.problems.collective.phase import MOST_TOTAL

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.phase import Listing, Phase
    from netroute.problems.collective.solution import Placement


class Pieces(NamedTuple):
    """Pieces of the flows between leaves, sorted by flow.

    Attributes
    ----------
    listing : Listing
        The flows, in the order of arrival.
    flow : array of int64, shape (P,)
        Number in the listing.
    plane, core : array of int64, shape (P,)
        The path; core -1 in a leaf-spine fabric and within a pod.
    share : array of int64, shape (P,)
        Of the flow, in units of 1 / ``unit``.
    unit : int
        Of the placement.
    """

    listing: Listing
    flow: np.ndarray
    plane: np.ndarray
    core: np.ndarray
    share: np.ndarray
    unit: int


def spelled_out(fabric: Fabric, phase: Phase, placement: Placement) -> Pieces:
    """Deal the flows out to the paths that a placement counts.

    The flows between two leaves are laid end to end in the order of arrival, and so are their
    planes' shares, whole flows first; each piece is where a flow and a share overlap. Flows that
    the placement says how to cut are the last ones of their leaves. What a plane carries between
    two pods is dealt out to its cores the same way.

    Parameters
    ----------
    fabric : Fabric
        Links and capacities.
    phase : Phase
        The flows.
    placement : Placement
        In which every flow is placed once.

    Raises
    ------
    InputError
        Flows are not placed once each, or there are too many of them.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Placement
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=3)
    >>> flows = [(0, 0, 3, 1), (0, 1, 4, 1), (0, 2, 5, 1)]
    >>> phase = CollectiveInstance(fabric=fabric, flows=flows).phases[0]
    >>> pieces = spelled_out(fabric, phase, Placement(counts=[[3], [3]], unit=2))
    >>> [column.tolist() for column in (pieces.flow, pieces.plane, pieces.share)]
    [[0, 1, 2, 2], [0, 1, 0, 1], [2, 2, 1, 1]]
    """
    unit = placement.unit
    counts = placement.counts.astype(np.int64)
    placed = counts.sum(axis=0)
    if counts.shape[1] != len(phase.size) or not np.array_equal(placed, phase.count * unit):
        raise _fault("expected a placement in which every flow is placed once")
    if unit * int(phase.size.max(initial=1)) >= MOST_TOTAL:
        raise _fault(f"shares of 1 / {unit} flow are too small to be told apart")
    _require_memory(phase, placement)
    listing = phase.listing(fabric)
    order = np.argsort(listing.row, kind="stable")
    planes, shares = _shares(placement, counts)
    at, piece, share = overlaid(np.full(len(order), unit), shares)
    flow, plane = order[at], planes[piece]
    core = np.full(len(flow), -1)
    if placement.cores is not None:
        pods = phase.pod_rows(fabric)
        pair = pods.row[listing.row[flow]]
        number = len(pods.size)
        group = np.where(pair < 0, -1, plane * number + pair)
        inside, between = np.flatnonzero(group < 0), np.flatnonzero(group >= 0)
        between = between[np.argsort(group[between], kind="stable")]
        shares = placement.cores.astype(np.int64).transpose(0, 2, 1).ravel()
        sums = shares.reshape(-1, fabric.cores).sum(axis=1)
        carried = np.zeros(fabric.planes * number, np.int64)
        np.add.at(carried, group[between], share[between])
        if not np.array_equal(sums, carried):
            raise _fault("expected cores that carry what their planes do")
        at, cut, part = overlaid(share[between], shares)
        again = np.concatenate([inside, between[at]])
        core = np.concatenate([core[inside], cut % fabric.cores])
        share = np.concatenate([share[inside], part])
        flow, plane = flow[again], plane[again]
    order = np.argsort(flow, kind="stable")
    return Pieces(listing, flow[order], plane[order], core[order], share[order], unit)


def _shares(placement: Placement, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return planes and units of the shares, row after row."""
    number, rows = counts.shape
    unit, cut = placement.unit, placement.cut
    planes = np.tile(np.arange(number), rows)
    if cut is None:
        # Of each row the planes' whole flows come before what is left of them.
        shares = np.concatenate([counts // unit * unit, counts % unit])
        return np.tile(np.arange(number), 2 * rows), shares.T.ravel()
    message = cut_fault(placement)
    if message:
        raise _fault(message)
    whole = counts.copy()
    np.subtract.at(whole, (cut[:, 2], cut[:, 1]), cut[:, 3])
    order = np.argsort(
        np.concatenate([np.repeat(np.arange(rows), number), cut[:, 1]]), kind="stable"
    )
    planes, shares = np.append(planes, cut[:, 2]), np.append(whole.T.ravel(), cut[:, 3])
    return planes[order], shares[order]


def cut_fault(placement: Placement) -> str | None:
    """Say what is wrong with the pieces that a placement lists, if anything is.

    Examples
    --------
    >>> from netroute.problems.collective import Placement
    >>> cut_fault(Placement(counts=[[3], [1]], unit=2, cut=[[0, 0, 0, 1], [0, 0, 1, 1]]))
    >>> cut_fault(Placement(counts=[[3], [1]], unit=2, cut=[[0, 0, 0, 1]]))
    'pieces of flow 0 in the list make 1 of 2 units'
    """
    cut, unit = placement.cut, placement.unit
    if cut is None or not len(cut):
        return None
    number, rows = placement.counts.shape
    if cut[:, 1].max() >= rows or cut[:, 2].max() >= number:
        return f"a piece in the list has a row or plane beyond {rows} rows and {number} planes"
    if cut[:, 3].min() < 1 or cut[:, 3].max() > unit:
        return f"a piece in the list has no share from 1 to {unit} units"
    first = np.flatnonzero(np.diff(cut[:, 0], prepend=-1))
    sums = np.add.reduceat(cut[:, 3], first)
    if (sums != unit).any():
        at = int(np.argmax(sums != unit))
        return f"pieces of flow {cut[first[at], 0]} in the list make {sums[at]} of {unit} units"
    if (np.diff(cut[:, 1])[np.diff(cut[:, 0]) == 0] != 0).any():
        return "pieces of one flow in the list have different rows"
    rest = placement.counts.astype(np.int64)
    np.subtract.at(rest, (cut[:, 2], cut[:, 1]), cut[:, 3])
    if rest.min() < 0 or (rest % unit).any():
        return "what is left beside the pieces in the list are no whole flows"
    return None


def overlaid(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Lay two rows of lengths of one sum beside each other; return who overlaps how much.

    Examples
    --------
    >>> [column.tolist() for column in overlaid(np.array([2, 2]), np.array([1, 0, 3]))]
    [[0, 0, 1], [0, 2, 2], [1, 1, 2]]
    """
    ends = [np.cumsum(lengths) for lengths in (first, second)]
    cuts = np.union1d(*ends)
    cuts = cuts[cuts > 0]
    begins = np.concatenate([np.zeros(min(1, len(cuts)), np.int64), cuts[:-1]])
    # An empty stretch ends where the one before does, and is never the one that goes on.
    one, other = (np.searchsorted(end, begins, side="right") for end in ends)
    return one, other, cuts - begins


def _require_memory(phase: Phase, placement: Placement) -> None:
    """Refuse too many pieces: some 14 numbers each, at most as many as flows and shares."""
    cells = 2 * placement.counts.size
    if placement.cores is not None:
        cells += placement.cores.size
    needed = 112 * phase.crossing + 40 * cells
    if needed > MOST_MEMORY:
        raise _fault(
            f"{phase.crossing} flows on {len(placement.counts)} planes would take "
            f"{needed / 2**30:.1f} GiB spelled out, of which at most "
            f"{MOST_MEMORY / 2**30:.0f} are used",
            code="collective.memory",
        )


def _fault(message: str, code: str = "collective.solution") -> InputError:
    return InputError(message, code=code)
