"""Why a flow is not admitted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.problems.sdn.cheapest import cheapest
from netroute.problems.sdn.connected import connected, routable
from netroute.problems.sdn.graphs import arc_load

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
    reasons[rejected[~_has_room(instance, solution, rejected)]] = FULL
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


def unroutable(instance: SdnInstance) -> dict[str, int]:
    """Count the flows that no plan can admit, by reason."""
    reasons = np.full(instance.size, "", object)
    _mark_unroutable(instance, np.arange(instance.size), reasons)
    return {reason: int((reasons == reason).sum()) for reason in REASONS[:4]}


def _mark_unroutable(instance: SdnInstance, flows: np.ndarray, reasons: np.ndarray) -> None:
    """Write the reason of each of ``flows`` that cannot be routed even in the empty network."""
    room = instance.capacity
    features = instance.features()
    if features & {"arc protection", "node protection"}:
        reasons[flows[~routable(instance, flows, room)]] = UNPROTECTED
    if features & {"delay limits", "hop limits"}:
        single = instance.replace(protection="none")
        reasons[flows[~routable(single, flows, room)]] = LIMITED
    narrow = flows[~connected(instance, flows, room)]
    reasons[narrow] = NARROW
    endless = np.full(len(room), np.iinfo(np.int64).max)
    reasons[narrow[~connected(instance, narrow, endless)]] = DISCONNECTED


def _has_room(instance: SdnInstance, solution: SdnSolution, flows: np.ndarray) -> np.ndarray:
    """Whether each flow fits beside the admitted ones on some path."""
    room = instance.capacity - arc_load(instance, solution)
    if instance.table_size is None:
        return routable(instance, flows, room)
    entries = np.zeros(len(instance.nodes), np.int64)
    for arcs in (solution.arcs, solution.backup_arcs):
        if arcs is not None:
            np.add.at(entries, instance.tail[arcs], 1)
    free = np.where(instance.table_size < 0, np.iinfo(np.int64).max, instance.table_size - entries)
    room[free[instance.tail] < 1] = 0
    # A pair of paths takes two entries at the source.
    needed = 1 if instance.protection == "none" else 2
    enough = free[instance.source[flows]] >= needed
    found: np.ndarray = enough & routable(instance, flows, room)
    return found
