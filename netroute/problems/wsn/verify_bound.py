"""Recompute an upper bound on the full rounds from its certificate, without what produced it.

Let ``e_i(x)`` be what a round of configuration x costs node i, and ``E_i`` its first energy. For
any prices ``p_i >= 0`` each full round costs at least ``z = min_x sum_i p_i e_i(x)``, and all
rounds together at most ``sum_i p_i E_i``. Hence no schedule has more than ``(sum_i p_i E_i) / z``
full rounds, whatever protocol made it.

For clusters, z is a facility location: node i reports directly for ``a_i = p_i D_i``, is a head
for ``f_i = p_i H_i``, or a member of head j for ``c_ij = p_i C_ij + p_j R_j``. The certificate may
hold ``duals`` v, cut to ``v_i <= a_i``: what node i offers for its report. Relaxing that each node
reports once gives, whatever v,
``z >= sum_i v_i - sum_j max(0, v_j + sum_(i != j) max(0, v_i - c_ij) - f_j)``
(G. Cornuejols, M. Fisher, G. Nemhauser, Management Science 23(8), 1977); where no head is offered
more than it costs, the sum of v is left (D. Erlenkotter, Operations Research 26(6), 1978). Without
duals, a small facility location is solved as an integer programme.

For trees, see `netroute.problems.wsn.verify_tree`.

The bound is rounded down to whole rounds with a margin; where the round in which a node runs empty
counts, one is added.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.wsn.energy import member_costs, tables
from netroute.problems.wsn.verify_tree import least_tree

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance

MARGIN = 1e-8
"""Relative: more than rounding errors and the checker's tolerance take off a bound together."""

TOLERANCE = 1e-6
"""Relative: what the tolerances of the integer programme's engine take off z."""

MOST_NODES = 300
"""Up to so many nodes z is computed without duals."""

EPSILON = 2.0**-52
ULPS = 8.0
"""Rounding errors of a term of the sums over all pairs, in units of the last place."""

BLOCK = 2**22
"""Pairs of nodes that are looked at together."""


def verify_bound(instance: WsnInstance, certificate: dict[str, Any]) -> float:
    """Return the upper bound on full rounds that a certificate proves.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    certificate : dict
        ``method``: ``lifetime`` or ``tree``; ``data``: ``prices``, n numbers, and perhaps
        ``duals``, n numbers (lifetime) or ``shares`` (tree, see
        `netroute.problems.wsn.verify_tree`). What holds for trees holds for clusters, too.

    Raises
    ------
    InputError
        The certificate does not fit the instance.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10]], base_station=[0, 0], energy=0.5, field=[10, 10]
    ... )
    >>> verify_bound(net, {"method": "lifetime", "data": {"prices": [0, 1]}})
    2450.0
    """
    method = certificate.get("method")
    if method not in ("lifetime", "tree"):
        raise _fault(f"found the method {str(method)[:40]!r}, expected lifetime or tree")
    data = certificate.get("data")
    if not isinstance(data, dict):
        raise _fault("found no data")
    if instance.hard_threshold is not None:
        raise _fault("where thresholds let nodes be silent nothing is known of a round's cost")
    prices = _vector(instance, data, "prices")
    top = float(prices.max())
    if top <= 0.0:
        raise _fault("prices: expected one above 0")
    prices = prices / top
    if method == "tree":
        if instance.aggregation_ratio > 0.0:
            raise _fault("the method tree is of perfect aggregation only")
        least = least_tree(instance, prices, data.get("shares"))
    elif instance.routing != "clusters":
        raise _fault("the method lifetime is of clusters only, not of trees")
    elif data.get("duals") is not None:
        least = _by_duals(instance, prices, _vector(instance, data, "duals") / top)
    elif instance.size <= MOST_NODES:
        least = _by_programme(instance, prices)
    else:
        raise _fault(f"found no duals, expected them for more than {MOST_NODES} nodes")
    return whole_rounds(instance, float(instance.energy @ prices), least)


def whole_rounds(instance: WsnInstance, worth: float, least: float) -> float:
    """Return the most full rounds that cost ``least`` each and ``worth`` together, inf if any."""
    if least <= 0.0:
        return math.inf
    rounds = math.floor(worth / least * (1.0 + MARGIN))
    return float(rounds + (instance.death_test == "end"))


def _vector(instance: WsnInstance, data: dict[str, Any], name: str) -> np.ndarray:
    """Return a certificate's n finite numbers >= 0 of a name."""
    try:
        values = np.asarray(data[name], np.float64)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _fault(f"found no {name!r}: {error!r}") from None
    if values.shape != (instance.size,):
        raise _fault(f"{name}: found shape {values.shape}, expected ({instance.size},)")
    wrong = ~(np.isfinite(values) & (values >= 0.0))
    if wrong.any():
        node = int(np.argmax(wrong))
        raise _fault(f"{name}: entry {node} is {values[node]}, expected a finite number >= 0")
    return values


def _by_duals(instance: WsnInstance, prices: np.ndarray, duals: np.ndarray) -> float:
    """Return a lower bound on z: what all offer less what heads are offered above their costs."""
    costs = tables(instance)
    duals = np.minimum(duals, prices * costs.direct)
    nodes = np.arange(instance.size)
    step = max(1, BLOCK // instance.size)
    # Only who offers anything can offer it to a head.
    payers = nodes[duals > 0.0]
    above, offered = [0.0], [0.0]
    for first in range(0, instance.size, step):
        heads = nodes[first : first + step]
        rent = prices[heads] * costs.head[heads]
        report = prices[payers, None] * member_costs(instance, payers, heads)
        report += (prices * costs.receive)[heads]
        report[payers[:, None] == heads] = 0.0
        paid = np.maximum(0.0, duals[payers, None] - report).sum(axis=0)
        over = paid > rent
        above += (paid - rent)[over].tolist()
        offered += paid[over].tolist()
    total = math.fsum(duals)
    # Each sum has n terms, each term is off by a few units in the last place of what is offered.
    rounding = ULPS * EPSILON * instance.size * (total + math.fsum(offered))
    return total - math.fsum(above) - rounding


def _by_programme(instance: WsnInstance, prices: np.ndarray) -> float:
    """Return a lower bound on z: what HiGHS proves of the facility location."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    n = instance.size
    costs, nodes = tables(instance), np.arange(n)
    direct, rent = prices * costs.direct, prices * costs.head
    report = prices[:, None] * member_costs(instance, nodes) + (prices * costs.receive)[None, :]
    # No one reports to a head for more than it costs to report directly.
    worth = report < direct[:, None]
    np.fill_diagonal(worth, False)
    member, head = np.nonzero(worth)
    arcs = len(member)
    # Variables: who is a head, who reports directly, who reports to whom.
    price = np.concatenate([rent, direct, report[member, head]])
    scale = float(price.mean()) or 1.0
    served = coo_array(
        (np.ones(2 * n + arcs), (np.concatenate([nodes, nodes, member]), np.arange(2 * n + arcs))),
        shape=(n, 2 * n + arcs),
    )
    rows = np.arange(arcs)
    opened = coo_array(
        (
            np.concatenate([np.ones(arcs), -np.ones(arcs)]),
            (np.concatenate([rows, rows]), np.concatenate([2 * n + rows, head])),
        ),
        shape=(arcs, 2 * n + arcs),
    )
    constraints = [LinearConstraint(served, 1.0, 1.0)]
    if arcs:
        constraints.append(LinearConstraint(opened, -np.inf, 0.0))
    whole = np.zeros(2 * n + arcs)
    whole[:n] = 1.0
    found = milp(
        price / scale,
        constraints=constraints,
        bounds=Bounds(0.0, 1.0),
        integrality=whole,
        options={"mip_rel_gap": 0.0},
    )
    if found.mip_dual_bound is None or not math.isfinite(found.mip_dual_bound):
        raise _fault("the prices cannot be verified: the programme has no proven bound")
    return float(found.mip_dual_bound) * scale * (1.0 - TOLERANCE)


def _fault(message: str) -> InputError:
    return InputError(message, code="wsn.certificate", where="certificate")
