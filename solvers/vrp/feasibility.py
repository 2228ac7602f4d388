"""Proof that a limited fleet is too small, or clients packed into its vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InfeasibleError
from netroute.solvers.vrp.bin_packing import Packing, pack

if TYPE_CHECKING:
    from netroute.problems.vrp import VrpInstance


def require_feasible_fleet(instance: VrpInstance, *, seconds: float = 5.0) -> None:
    """Raise `InfeasibleError` if the fleet is proven too small for the clients' demands.

    Instant where the fleet is not limited or obviously sufficient. Says nothing where there are
    several vehicle types, or where ``seconds`` do not suffice for a proof.

    Parameters
    ----------
    instance : VrpInstance
        The problem; only capacities and numbers of vehicles are considered.
    seconds : float
        Limit of the exact packing, which is needed only where bound and heuristic disagree.

    Examples
    --------
    >>> from netroute.problems.vrp import VehicleType, VrpInstance
    >>> instance = VrpInstance(
    ...     coordinates=[[0, 0], [1, 0], [2, 0], [3, 0]],
    ...     deliveries=[0, 6, 6, 6],
    ...     vehicles=(VehicleType(capacity=(10,), number=2),),
    ... )
    >>> require_feasible_fleet(instance)
    Traceback (most recent call last):
        ...
    netroute.core.errors.InfeasibleError: the demands need at least 3 vehicles (bin packing ...
    """
    pack_fleet(instance, seconds=seconds)


def pack_fleet(instance: VrpInstance, *, seconds: float = 5.0) -> list[list[int]] | None:
    """Return the clients of each vehicle such that all demands fit, in no useful order.

    None where nothing needs packing (no limit on vehicles or on load), where there are several
    vehicle types or load dimensions, or where the time did not suffice.

    Raises
    ------
    InfeasibleError
        The demands are proven not to fit; ``report`` has ``needed``, ``available`` and ``method``.
    """
    if len(instance.vehicles) != 1 or instance.vehicles[0].number is None:
        return None
    vehicle = instance.vehicles[0]
    number = vehicle.number
    clients = np.arange(instance.depots, instance.size)
    if instance.required is not None:
        clients = clients[instance.required[clients]]
    if number is None or number >= len(clients):
        return None
    if number == 0:
        raise _too_few(Packing("impossible", "there are clients", 1), 0, clients)
    found = None
    amounts = [a for a in (instance.deliveries, instance.pickups) if a is not None]
    for amount in amounts:
        for column, capacity in zip(amount[clients].T, vehicle.capacity, strict=False):
            if not np.isfinite(capacity):
                continue
            found = _pack_column(column, capacity, number, clients, seconds)
    if len(amounts) == 1 and instance.dimensions == 1 and found is not None:
        return [clients[list(items)].tolist() for items in found.bins]
    return None


def integer_sizes(
    values: np.ndarray, capacity: float, *, optimistic: bool = True
) -> tuple[np.ndarray, int, bool]:
    """Scale sizes to integers; the last value returned says whether nothing was lost.

    Six decimals are kept exactly. Finer values are rounded to one millionth of the capacity:
    down if ``optimistic`` (what does not fit then does not fit at all), else up.

    Examples
    --------
    >>> integer_sizes(np.array([0.5, 1.25]), 2.0)
    (array([ 50, 125]), 200, True)
    """
    for decimals in range(7):
        scaled = values * 10.0**decimals
        if np.abs(scaled - np.rint(scaled)).max(initial=0.0) <= 1e-9 * max(1.0, scaled.max()):
            limit = capacity * 10.0**decimals
            return np.rint(scaled).astype(np.int64), int(limit + 1e-9 * max(1.0, limit)), True
    scaled = values * (1e6 / capacity)
    if optimistic:
        return np.floor(scaled).astype(np.int64), 1_000_000, False
    return np.ceil(scaled).astype(np.int64), 1_000_000, False


def _pack_column(
    values: np.ndarray, capacity: float, number: int, clients: np.ndarray, seconds: float
) -> Packing | None:
    sizes, limit, exact = integer_sizes(values, capacity)
    packing = pack(sizes, limit, number, seconds=seconds)
    if packing.answer == "impossible":
        raise _too_few(packing, number, clients)
    if not exact and not _fits(packing, values, capacity):
        sizes, limit, _ = integer_sizes(values, capacity, optimistic=False)
        # A size rounded up may exceed the capacity by one unit; such a client travels alone.
        packing = pack(np.minimum(sizes, limit), limit, number, seconds=seconds)
    return packing if packing.answer == "fits" else None


def _fits(packing: Packing, values: np.ndarray, capacity: float) -> bool:
    """Whether a packing of rounded sizes holds for the sizes themselves."""
    limit = capacity + 1e-10 * max(1.0, capacity)
    return packing.answer == "fits" and all(
        values[list(items)].sum() <= limit for items in packing.bins
    )


def _too_few(packing: Packing, number: int, clients: np.ndarray) -> InfeasibleError:
    return InfeasibleError(
        f"the demands need at least {packing.needed} vehicles ({packing.method}), "
        f"{number} {'is' if number == 1 else 'are'} available",
        report={
            "reason": "fleet",
            "needed": packing.needed,
            "available": number,
            "method": packing.method,
            "clients": len(clients),
        },
    )
