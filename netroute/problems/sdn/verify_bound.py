"""Recompute an upper bound from its certificate, with nothing of what produced it.

The argument
------------
For any prices lambda >= 0 of a unit of bandwidth on the arcs and mu >= 0 of an entry in the flow
tables, no plan is worth more than ::

    sum_e capacity_e lambda_e + sum_v table_v mu_v + sum_f max(0, weight_f - cost_f)

where cost_f is the least that flow f pays for any path (or pair of disjoint paths) that is wide
enough for it and keeps its limits: admitted flows pay together at most the first two sums
(Lagrangian relaxation of capacities and tables). The certificate only names the prices; any will
do, so a tampered one yields the bound that its numbers are truly worth.

Prices are rounded down to multiples of a power of two and weights up, so that all sums are exact
integers. Where weights are integers, the bound is rounded down.

With the lexicographic objective all this is about the number of flows of the highest class.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.sdn.cheapest import cheapest

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

FINEST = 40
"""Prices are multiples of 2^-40 at the finest."""


def verify_bound(instance: SdnInstance, certificate: dict[str, Any]) -> float:
    """Return the upper bound that a certificate proves.

    Takes about a second for 100 000 flows on 750 nodes; limits on delays or hops, tables and
    protection take longer.

    Parameters
    ----------
    instance : SdnInstance
        The problem.
    certificate : dict
        From ``Certificate.to_dict()``: ``method``, ``value`` (not used) and ``data`` with
        ``lambda``, a price for each arc, and optionally ``mu``, one for each node.

    Raises
    ------
    InputError
        The certificate does not fit the instance.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0], target=[1, 1], bandwidth=[3, 4], priority=[2, 1],
    ... )
    >>> verify_bound(net, {"method": "lp", "data": {"lambda": [0.25]}})
    2.0
    """
    data = certificate.get("data")
    if not isinstance(data, dict):
        raise _fault("found no 'data'")
    price = _prices(data, "lambda", len(instance.tail))
    toll = None if data.get("mu") is None else _prices(data, "mu", len(instance.nodes))
    if toll is not None:
        toll = _payable(instance, toll)
    return lagrangian_bound(instance, price, toll)


def lagrangian_bound(
    instance: SdnInstance, price: np.ndarray, toll: np.ndarray | None = None
) -> float:
    """Return the bound at prices of arcs and of flow-table entries, each at least 0."""
    weights = instance.weights()
    if not len(weights):
        return 0.0
    exponent = _exponent(instance, weights)
    scale = 2.0**exponent
    worth = np.ceil(weights * scale)
    # A price above every weight forbids the arc; a higher one would only cost more.
    most = weights.max()
    units = np.floor(np.minimum(price, most) * scale)
    paid = sum(c * int(u) for c, u in zip(instance.capacity.tolist(), units, strict=True))
    entries = None
    if toll is not None and toll.any():
        assert instance.table_size is not None
        entries = np.floor(np.minimum(toll, most) * scale)
        sizes = instance.table_size.tolist()
        paid += sum(t * int(u) for t, u in zip(sizes, entries, strict=True) if u)
    cost = cheapest(instance, units, toll=entries, worth=worth)
    surplus = np.maximum(worth - np.minimum(cost, worth), 0.0).astype(np.int64)
    bound = Fraction(paid + int(surplus.sum())) / Fraction(2) ** exponent
    if not (weights % 1.0).any():
        return float(math.floor(bound))
    return math.nextafter(float(bound), math.inf)


def _exponent(instance: SdnInstance, weights: np.ndarray) -> int:
    """Largest power of two that keeps every cost below 2^52 and every sum below 2^62."""
    arcs = 2 * len(instance.nodes) + 2  # of a pair of paths
    widest = int(instance.bandwidth.max()) if instance.table_size is not None else 1
    dearest = math.ceil(float(weights.max())) + 1
    total = math.ceil(float(weights.sum())) + len(weights)
    return min(
        FINEST,
        52 - (arcs * dearest * (widest + 1)).bit_length(),
        61 - total.bit_length(),
    )


def _payable(instance: SdnInstance, toll: np.ndarray) -> np.ndarray:
    """Leave out the tolls of nodes without a limit, which would make the bound infinite."""
    if instance.table_size is None:
        raise _fault("found prices 'mu' of flow tables, but no table is limited")
    return np.where(instance.table_size >= 0, toll, 0.0)


def _prices(data: dict[str, Any], name: str, count: int) -> np.ndarray:
    try:
        prices = np.asarray(data[name], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _fault(f"found no prices {name!r}: {error!r}") from None
    if prices.shape != (count,):
        raise _fault(f"{name}: found shape {prices.shape}, expected ({count},)")
    bad = ~(np.isfinite(prices) & (prices >= 0.0))
    if bad.any():
        index = int(np.argmax(bad))
        raise _fault(f"{name}: entry {index} is {prices[index]}, expected a finite number >= 0")
    return prices


def _fault(message: str) -> InputError:
    return InputError(message, code="sdn.certificate", where="certificate")
