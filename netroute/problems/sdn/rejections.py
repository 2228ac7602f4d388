"""Why a flow is not admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.sdn.cheapest import cheapest

if TYPE_CHECKING:
    import numpy.typing as npt

    from netroute.problems.sdn.instance import SdnInstance
    from netroute.problems.sdn.solution import SdnSolution

DISCONNECTED = "no path"
NARROW = "no path that is wide enough"
LIMITED = "no path within its limits"
UNPROTECTED = "no disjoint pair of paths"
PRICED_OUT = "priority too low at these prices"
FULL = "no capacity on any path"
LEFT_OUT = "left out though a path has room"
REASONS = (DISCONNECTED, NARROW, LIMITED, UNPROTECTED, PRICED_OUT, FULL, LEFT_OUT)


def rejections(
    instance: SdnInstance, solution: SdnSolution, prices: npt.ArrayLike | None = None
) -> dict[int, str]:
    """Return the reason for each rejected flow of a feasible solution, by the flow's number.

    The first that holds of: its ends are not connected; no path between them is wide enough; none
    keeps its limits; there is no disjoint pair; it is worth less than its cheapest path costs at
    the prices; no path has as much capacity left over as it needs, or flow-table entries; or none
    of it, in which case the solution could be improved by admitting the flow.

    Parameters
    ----------
    prices : array, shape (m,), optional
        Of a unit of bandwidth on each arc, such as ``lambda`` of a bound's certificate. Without
        them no flow is called too low in priority.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0, 1], target=[1, 1, 2, 0], bandwidth=[3, 4, 1, 1],
    ... )
    >>> rejections(net, SdnSolution.of(4, {0: [0]}))
    {1: 'no capacity on any path', 2: 'no path', 3: 'no path'}
    """
    rejected = np.flatnonzero(~solution.admitted[: instance.size])
    reasons = np.full(instance.size, LEFT_OUT, object)
    reasons[rejected[~np.isfinite(_free_paths(instance, solution, rejected))]] = FULL
    if prices is not None:
        given = np.asarray(prices, np.float64)
        weights = instance.weights()
        cost = cheapest(instance, given, worth=weights, flows=rejected)
        reasons[rejected[cost > weights[rejected]]] = PRICED_OUT
    _mark_unroutable(instance, rejected, reasons)
    return {int(flow): str(reasons[flow]) for flow in rejected}


def reasons(
    instance: SdnInstance, solution: SdnSolution, certificate: dict[str, Any] | None
) -> dict[str, str]:
    """Return the reason for each rejected flow by its label, at the prices of a certificate.

    A certificate that does not fit counts as none.
    """
    found = rejections(instance, solution, _prices(instance, certificate))
    return {instance.flow_label(flow): reason for flow, reason in found.items()}


def _prices(instance: SdnInstance, certificate: dict[str, Any] | None) -> np.ndarray | None:
    data = (certificate or {}).get("data")
    if not isinstance(data, dict):
        return None
    try:
        prices = np.asarray(data.get("lambda"), np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    fits = prices.shape == (len(instance.tail),) and (prices >= 0.0).all()
    return prices if fits and np.isfinite(prices).all() else None


def unroutable(instance: SdnInstance) -> tuple[dict[str, int], np.ndarray]:
    """Count the flows that no plan can admit by reason; return the fewest hops of the others, too.

    Hops are those of a single path without limits, 0 for flows that cannot be routed.
    """
    every = np.arange(instance.size)
    reasons = np.full(instance.size, "", object)
    hops = _mark_unroutable(instance, every, reasons)
    counts = {reason: int((reasons == reason).sum()) for reason in REASONS[:4]}
    return counts, np.where(reasons == "", hops, 0.0)


def _mark_unroutable(instance: SdnInstance, flows: np.ndarray, reasons: np.ndarray) -> np.ndarray:
    """Write the reason of each of ``flows`` that cannot be routed even in the empty network."""
    one = np.ones(len(instance.tail))
    plain = instance.replace(max_delay=None, max_hops=None, protection="none")
    endless = np.full(len(one), np.iinfo(np.int64).max)
    width: np.ndarray = cheapest(plain, one, flows=flows) / instance.bandwidth[flows]
    any_width = cheapest(plain, one, room=endless, flows=flows)
    single = instance.replace(protection="none")
    kept = cheapest(single, one, flows=flows) if _is_limited(instance) else width
    pair = kept if instance.protection == "none" else cheapest(instance, one, flows=flows)
    for costs, reason in (
        (pair, UNPROTECTED),
        (kept, LIMITED),
        (width, NARROW),
        (any_width, DISCONNECTED),
    ):
        reasons[flows[~np.isfinite(costs)]] = reason
    return width


def _is_limited(instance: SdnInstance) -> bool:
    return bool(instance.features() & {"delay limits", "hop limits"})


def _free_paths(instance: SdnInstance, solution: SdnSolution, flows: np.ndarray) -> np.ndarray:
    """Cost of a path on what the admitted flows leave over; infinite where there is none."""
    room = instance.capacity.copy()
    entries = np.zeros(len(instance.nodes), np.int64)
    for start, arcs in (
        (solution.start, solution.arcs),
        (solution.backup_start, solution.backup_arcs),
    ):
        if start is not None and arcs is not None:
            flow = np.repeat(np.arange(len(start) - 1), np.diff(start))
            np.subtract.at(room, arcs, instance.bandwidth[flow])
            np.add.at(entries, instance.tail[arcs], 1)
    if instance.table_size is not None:
        full = (instance.table_size >= 0) & (entries >= instance.table_size)
        room[full[instance.tail]] = 0
    return cheapest(instance, np.ones(len(room)), room=room, flows=flows)
