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

A cut says of an arc and some flows, each with a coefficient, that those which use the arc together
have at most so many; how many, follows from the bandwidths by dynamic programming. At a dual
pi >= 0 it adds that number times pi to the first sums, and pi times its coefficient to what a flow
pays for the arc.

The proof of a search tree is in `netroute.problems.sdn.verify_tree`.

Prices are rounded down to multiples of a power of two and weights up, so that all sums are exact
integers. Where weights are integers, the bound is rounded down.

With the lexicographic objective all this is about the number of flows of the highest class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.sdn.lagrangian import Cut, Lagrangian, Prices, rounded
from netroute.problems.sdn.verify_tree import Node, tree_bound

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

WIDEST = 10**6
"""Largest capacity, or sum of coefficients, for which cuts are verified by dynamic programming."""


def verify_bound(instance: SdnInstance, certificate: dict[str, Any]) -> float:
    """Return the upper bound that a certificate proves.

    Takes about a second for 100 000 flows on 750 nodes; limits on delays or hops, tables and
    protection take longer, and so does a tree.

    Parameters
    ----------
    instance : SdnInstance
        The problem.
    certificate : dict
        From ``Certificate.to_dict()``: ``method``, ``value`` (not used) and ``data`` with
        ``lambda``, a price for each arc, and optionally ``mu``, one for each node, and ``cuts``,
        objects with ``arc``, ``flows``, ``dual`` and ``coefficients`` (1 without them). Or with
        ``prices``, a list of such objects, and ``tree``, see `netroute.problems.sdn.verify_tree`.

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
    if "tree" not in data:
        prices = _prices(instance, data)
        return rounded(instance, Lagrangian(instance, prices, exact=False).total())
    if not isinstance(data.get("prices"), list) or not isinstance(data["tree"], list):
        raise _fault("found no lists 'prices' and 'tree'")
    points = [_prices(instance, entry) for entry in data["prices"]]
    nodes = [Node.from_dict(instance, len(points), entry) for entry in data["tree"]]
    return tree_bound(instance, points, nodes)


def _prices(instance: SdnInstance, data: Any) -> Prices:
    """Take one point of the Lagrangian out of a certificate and check shapes and ranges."""
    if not isinstance(data, dict):
        raise _fault("found no object with 'lambda'")
    arcs = _vector(data, "lambda", len(instance.tail))
    tables = None
    if data.get("mu") is not None:
        if instance.table_size is None:
            raise _fault("found prices 'mu' of flow tables, but no table is limited")
        tables = _vector(data, "mu", len(instance.nodes))
    cuts = data.get("cuts", [])
    if not isinstance(cuts, list):
        raise _fault("cuts: expected a list")
    return Prices(arcs, tables, tuple(_cut(instance, i, cut) for i, cut in enumerate(cuts)))


def _vector(data: dict[str, Any], name: str, count: int) -> np.ndarray:
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


def _cut(instance: SdnInstance, index: int, data: Any) -> Cut:
    try:
        arc, flows = int(data["arc"]), tuple(int(flow) for flow in data["flows"])
        given = data.get("coefficients") or [1] * len(flows)
        coefficients, dual = tuple(int(a) for a in given), float(data["dual"])
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise _fault(f"cuts[{index}]: {error!r}") from None
    known = 0 <= arc < len(instance.tail) and all(0 <= f < instance.size for f in flows)
    apart = len(set(flows)) == len(flows) == len(coefficients)
    if not known or not apart or not all(1 <= a <= WIDEST for a in coefficients):
        raise _fault(f"cuts[{index}]: an arc, a flow or a coefficient is out of range")
    if not 0.0 <= dual < np.inf:
        raise _fault(f"cuts[{index}]: found the dual {dual}, expected a finite number >= 0")
    return Cut(arc, flows, coefficients, _most(instance, index, arc, flows, coefficients), dual)


def _most(
    instance: SdnInstance,
    index: int,
    arc: int,
    flows: tuple[int, ...],
    coefficients: tuple[int, ...],
) -> int:
    """Largest sum of coefficients of flows that fit on the arc together."""
    capacity = int(instance.capacity[arc])
    bandwidth = instance.bandwidth[list(flows)]
    capacity = min(capacity, int(bandwidth.sum()))
    if set(coefficients) <= {1}:
        return int((np.cumsum(np.sort(bandwidth)) <= capacity).sum())
    total = sum(coefficients)
    if min(capacity, total) > WIDEST:
        raise _fault(f"cuts[{index}]: the capacity is too large to verify coefficients above 1")
    items = list(zip(bandwidth.tolist(), coefficients, strict=True))
    if total < capacity:
        # The least width of flows that count so much, or more than there is room for.
        least = np.full(total + 1, capacity + 1, np.int64)
        least[0] = 0
        for width, coefficient in items:
            wider = least[: total + 1 - coefficient] + width
            least[coefficient:] = np.minimum(least[coefficient:], wider)
        return int(np.flatnonzero(least <= capacity)[-1])
    best = np.zeros(capacity + 1, np.int64)
    for width, coefficient in items:
        if width <= capacity:
            best[width:] = np.maximum(best[width:], best[: capacity + 1 - width] + coefficient)
    return int(best[-1])


def _fault(message: str) -> InputError:
    return InputError(message, code="sdn.certificate", where="certificate")
