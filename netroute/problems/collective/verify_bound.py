"""Recompute a lower bound from its certificate, with nothing of what produced it.

``degree`` needs no data: each phase takes at least as long as its busiest host, leaf and pod.

``lp`` adds prices of the leaves' links. For any prices y >= 0 of the links up and z >= 0 of those
down, each byte from leaf i to leaf j costs at least ``min_k (y_ik + z_kj)`` over the planes k that
join them; within the time theta the links carry at most theta times their capacity. Hence ::

    theta >= sum_ij bytes_ij min_k (y_ik + z_kj) / (sum_ik up_ik y_ik + sum_kj down_kj z_kj)

whatever is split (the dual of the relaxation in which flows are divided at will). In a fat tree the
links of aggregation switches to cores and back have prices, too, and a byte between pods pays those
of the cheapest core of its plane as well. Prices are read
as multiples of a power of two, so that everything is an exact fraction. Where no flow is split the
bound is rounded up to the next load over capacity that can occur.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.collective.bounds import degree_bounds, lifted
from netroute.problems.collective.instance import usable

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.instance import CollectiveInstance
    from netroute.problems.collective.phase import Phase

SCALE = 2**30
"""Prices are divided by the largest one and rounded to multiples of 1 / SCALE."""


def verify_bound(instance: CollectiveInstance, certificate: dict[str, Any]) -> float:
    """Return the lower bound that a certificate proves.

    Parameters
    ----------
    instance : CollectiveInstance
        The problem.
    certificate : dict
        ``method``: ``degree``, or ``lp`` with ``data.prices``: for each phase null, or an object
        with ``up`` (L rows of s prices) and ``down`` (s rows of L prices), and of a fat tree
        ``core_up`` and ``core_down`` in the shapes of its capacities.

    Raises
    ------
    InputError
        The certificate does not fit the instance.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 5, hosts_per_leaf=2, nic=9),
    ...     jobs=[Job(pattern="all-to-all", hosts=range(8))],
    ... )
    >>> verify_bound(instance, {"method": "degree"})
    3.0
    """
    method = certificate.get("method")
    if method == "degree":
        prices: list[Any] = [None] * len(instance.phases)
    elif method == "lp":
        data = certificate.get("data")
        found = data.get("prices") if isinstance(data, dict) else None
        if not isinstance(found, list) or len(found) != len(instance.phases):
            raise _fault(f"found no 'prices' of {len(instance.phases)} phases")
        prices = found
    else:
        raise _fault(f"found the method {str(method)[:40]!r}, expected degree or lp")
    total = Fraction(0)
    for phase, entry in zip(instance.phases, prices, strict=True):
        value = max(
            degree_bounds(instance.fabric, phase, whole=instance.extra_pieces == 0).values()
        )
        if entry is not None:
            value = max(value, lifted(instance, phase, price_bound(instance, phase, entry)))
        total += value
    return float(total)


def price_bound(instance: CollectiveInstance, phase: Phase, prices: Any) -> Fraction:
    """Return what prices of the links prove of one phase."""
    fabric = instance.fabric
    if not isinstance(prices, dict):
        raise _fault("expected an object with 'up' and 'down'")
    tiers = {"up": fabric.up, "down": fabric.down}
    if fabric.core_up is not None and fabric.core_down is not None:
        tiers |= {"core_up": fabric.core_up, "core_down": fabric.core_down}
    given = {name: _prices(prices, name, tier.shape) for name, tier in tiers.items()}
    highest = max(float(price.max()) for price in given.values())
    if highest <= 0.0:
        return Fraction(0)
    whole = {
        name: np.floor(price / highest * SCALE).astype(np.int64) for name, price in given.items()
    }
    paid = sum(
        int(a) * int(b)
        for name, tier in tiers.items()
        for a, b in zip(tier.flat, whole[name].flat, strict=True)
    )
    least = _cheapest(fabric, phase, whole)
    volume = phase.size * phase.count
    worth = sum(int(a) * int(b) for a, b in zip(volume, least, strict=True))
    return Fraction(worth, paid) if paid else Fraction(0)


def _cheapest(fabric: Fabric, phase: Phase, prices: dict[str, np.ndarray]) -> np.ndarray:
    """Return the price of the cheapest path of each row: int64, shape (R,)."""
    never = np.int64(np.iinfo(np.int64).max)
    cost = prices["up"][phase.source] + prices["down"].T[phase.target]
    if fabric.core_up is not None and fabric.core_down is not None:
        p = phase.source // fabric.leaves_per_pod
        q = phase.target // fabric.leaves_per_pod
        between = np.full((fabric.pods, fabric.pods, fabric.planes), never // 2)
        for c in range(fabric.cores):
            rise, fall = fabric.core_up[:, :, c], fabric.core_down[:, c].T
            joined = (rise[:, None] > 0) & (fall[None] > 0)
            price = prices["core_up"][:, None, :, c] + prices["core_down"][:, c].T[None]
            between = np.minimum(between, np.where(joined, price, never // 2))
        cost = cost + np.where((p == q)[:, None], 0, between[p, q])
    cost = np.where(usable(fabric, phase.source, phase.target), cost, never)
    return np.asarray(cost.min(axis=1, initial=never))


def _prices(data: dict[str, Any], name: str, shape: tuple[int, ...]) -> np.ndarray:
    try:
        prices = np.asarray(data[name], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _fault(f"found no prices {name!r}: {error!r}") from None
    if prices.shape != shape:
        raise _fault(f"{name}: found shape {prices.shape}, expected {shape}")
    if not (np.isfinite(prices) & (prices >= 0.0)).all():
        raise _fault(f"{name}: expected finite numbers >= 0")
    return prices


def _fault(message: str) -> InputError:
    return InputError(message, code="collective.certificate", where="certificate")
