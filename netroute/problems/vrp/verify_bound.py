"""Recompute a bound from its certificate, with nothing of what produced it.

The certificate only names a point (duals, client sets); all that makes a bound of it is computed
here anew, from the instance. A tampered certificate therefore yields the bound that its numbers
are truly worth.

The argument, for one depot and one vehicle type
------------------------------------------------
Costs are scaled, rounded down and made symmetric by the lower direction: integers, at most the true
ones. Each client gets a positive integer weight, and no feasible route weighs more than a capacity.
For any integers p (a client), m >= 0 (a client set S, which needs k(S) = weight(S) / capacity,
rounded up, routes, so that 2 k(S) edges cross its border), every plan costs at least ::

    sum p + sum 2 k(S) m(S) + routes * lowest

where ``lowest`` is the least reduced cost of any route, here of any ng-route: one that may return
to a client once it has passed another client whose ng-set lacks it. Where ``lowest`` is negative,
``routes`` is the most that an optimal plan with as few routes as possible can have; otherwise the
last term is left out.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np

from netroute.core.errors import InputError
from netroute.problems.vrp.radial_bound import radial_bound

if TYPE_CHECKING:
    from netroute.problems.vrp.instance import VrpInstance

SUPPORTED = frozenset({"limited fleet", "asymmetric distances"})
RESTRICTIONS = SUPPORTED | {
    "separate durations",
    "service times",
    "time windows",
    "several time windows",
    "release times",
    "shifts",
    "maximum distance",
    "maximum duration",
}
"""Features that only forbid routes, which leaves a bound without them valid."""

FAR = np.int64(2**61)


def verify_bound(instance: VrpInstance, certificate: dict[str, Any]) -> float:
    """Return the lower bound that a certificate proves.

    Takes seconds for a hundred clients and minutes for a thousand: dynamic programming over
    (client, load, remembered clients) in plain numpy.

    Parameters
    ----------
    instance : VrpInstance
        The problem.
    certificate : dict
        From ``Certificate.to_dict()``: ``method``, ``value`` (not used) and ``data``.

    Raises
    ------
    InputError
        The certificate does not fit the instance.
    """
    method = certificate.get("method")
    supported = RESTRICTIONS if method == "instant" else SUPPORTED
    if not instance.features() <= supported:
        extra = ", ".join(sorted(instance.features() - supported))
        raise _fault(f"bounds of method {method!r} do not cover {extra}")
    if method == "instant":
        return radial_bound(instance)
    if method != "ng":
        raise _fault(f"found method {method!r}, expected 'instant' or 'ng'")
    data = certificate.get("data")
    if not isinstance(data, dict):
        raise _fault("found no 'data'")
    duals, sets, crossing, scale = _read(instance, data)
    weight, capacity = _weights(instance)
    distances = np.asarray(instance.distance_matrix(), np.float64)
    lower = np.minimum(distances, distances.T)
    np.fill_diagonal(lower, 0.0)
    cost = np.floor(lower * scale).astype(np.int64)
    reduced = 2 * cost - duals[:, None] - duals[None, :]
    doubled = 2 * sum(int(value) for value in duals)
    for clients, value in crossing:
        inside = np.isin(np.arange(instance.size), clients)
        reduced -= 2 * value * (inside[:, None] != inside[None, :])
        needed = -(-int(weight[inside].sum()) // capacity)
        doubled += 4 * value * needed
    if int(np.abs(reduced).max()) * (capacity + 2) > int(FAR) // 4:
        raise _fault("the duals are too large for exact arithmetic")
    lowest = _lowest_reduced_cost(reduced, weight, capacity, sets)
    if lowest < 0:
        doubled += _most_routes(instance, cost, weight, capacity) * lowest
    bound = Fraction(doubled, 2 * scale)
    if (distances == np.rint(distances)).all():
        return float(math.ceil(bound))
    return math.nextafter(float(bound), -math.inf)


def _fault(message: str) -> InputError:
    return InputError(message, code="vrp.certificate", where="certificate")


def _read(
    instance: VrpInstance, data: dict[str, Any]
) -> tuple[np.ndarray, np.ndarray, list[tuple[list[int], int]], int]:
    """Take the numbers out of the certificate and check their shapes and ranges."""
    n = instance.size
    try:
        scale = int(data["scale"])
        duals = np.array([0, *(int(value) for value in data["clients"])], np.int64)
        sets = np.full((n, max([1, *(len(row) for row in data["ng_sets"])])), -1, np.int64)
        for client, row in enumerate(data["ng_sets"], start=1):
            sets[client, : len(row)] = row
        cuts = [([int(c) for c in cut["clients"]], int(cut["dual"])) for cut in data["cuts"]]
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise _fault(f"not the data of method 'ng': {error!r}") from None
    if len(duals) != n or not 1 <= scale <= 2**40:
        raise _fault(f"found duals of {len(duals) - 1} clients, expected {n - 1}")
    if sets.shape[1] > 12 or sets.max(initial=0) >= n or np.abs(duals).max() > 2**52:
        raise _fault("an ng-set or a dual is out of range")
    for clients, value in cuts:
        if not 0 <= value <= 2**52 or not all(1 <= c < n for c in clients):
            raise _fault("a client set is out of range")
    return duals, sets, cuts, scale


def _weights(instance: VrpInstance) -> tuple[np.ndarray, int]:
    """Positive integers, and a total that no route within the vehicle's capacity exceeds.

    Exact wherever demands are integers in some decimal unit and fine enough; otherwise rounded
    down, clients of weight 0 are lifted to 1 and the capacity grows by as many as a route can hold.
    """
    demand = instance.demand()
    demand = demand[:, 0] if demand.shape[1] else np.zeros(instance.size)
    clients = instance.size - 1
    capacity = instance.vehicles[0].capacity
    limit = capacity[0] * (1.0 + 1e-9) + 1e-9 if capacity else math.inf
    limit = min(limit, float(demand.sum()))
    if limit <= 0.0:
        return np.array([0] + [1] * clients, np.int64), clients
    factor = _unit(demand, limit)
    weight = np.floor(demand * factor + 1e-7).astype(np.int64)
    most = math.floor(limit * factor + 1e-7 * (clients + 1))
    lifted = [i for i in range(1, clients + 1) if weight[i] == 0]
    held = 0.0
    for i in sorted(lifted, key=lambda i: float(demand[i])):
        weight[i] = 1
        held += float(demand[i])
        if held <= limit * (1.0 + 1e-9):
            most += 1
    weight[0] = 0
    return weight, min(most, int(weight.sum()))


def _unit(demand: np.ndarray, limit: float) -> float:
    for decimals in range(7):
        power = 10.0**decimals
        whole = np.rint(demand * power)
        error = float(np.abs(demand * power - whole).max())
        if limit * power < 2.0**40 and error < 1e-9 * max(1.0, float((demand * power).max())):
            factor = power / math.gcd(*(int(value) for value in whole))
            finer = factor * (1 + int((whole[1:] == 0).sum()))
            if limit * finer <= 4000:
                return finer
            if limit * factor <= 4000:
                return factor
            break
    return 4000 / limit


def _most_routes(instance: VrpInstance, cost: np.ndarray, weight: np.ndarray, capacity: int) -> int:
    """Routes above half the capacity, plus lighter ones that no saving lets join.

    The end clients of the latter are pairwise without a saving. Such a clique has at most one
    client more than the largest core number of the graph of those pairs.
    """
    clients = instance.size - 1
    saving = cost[0, 1:, None] + cost[0, None, 1:] - cost[1:, 1:]
    graph = nx.Graph()
    graph.add_nodes_from(range(clients))
    pairs = np.argwhere(np.triu(saving < 0, 1))
    graph.add_edges_from(pairs.tolist())
    clique = 1 + max(nx.core_number(graph).values(), default=0)
    most = min(clients, 2 * int(weight.sum()) // (capacity + 1) + clique)
    number = instance.vehicles[0].number
    return most if number is None else min(most, number)


def _lowest_reduced_cost(
    reduced: np.ndarray, weight: np.ndarray, capacity: int, sets: np.ndarray
) -> int:
    """Least reduced cost of an ng-route, or 0 if none is negative.

    Every route has a client before and after which at most half the capacity is carried. The two
    paths from the depot to that client are found separately, by increasing load.
    """
    n, members = sets.shape
    bit = np.zeros((n, n + 1), np.int64)
    for place in range(members):
        owners = np.flatnonzero(sets[:, place] >= 0)
        bit[owners, sets[owners, place]] |= 1 << place
    table = np.full((n, 1 << members), FAR)
    waiting: dict[int, list[np.ndarray]] = {}
    clients = np.arange(1, n)
    for client in clients:
        start = np.array([[client, 0, reduced[0, client]]], np.int64)
        waiting.setdefault(int(weight[client]), []).append(start)
    kept: list[np.ndarray] = []
    for load in range(1, capacity // 2 + int(weight.max()) + 1):
        if load not in waiting:
            continue
        paths = _undominated(np.concatenate(waiting.pop(load)), table)
        kept.append(np.column_stack([paths, np.full(len(paths), load)]))
        if load > capacity // 2:
            continue
        longer = _extended(paths, reduced, sets, bit, table)
        loads = load + weight[longer[:, 0]]
        for after in np.unique(loads):
            waiting.setdefault(int(after), []).append(longer[loads == after])
    return _joined(np.concatenate(kept), weight, capacity)


def _undominated(paths: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Drop each path beaten by one to the same client that carries and remembers no more."""
    level = np.full_like(table, FAR)
    np.minimum.at(level, (paths[:, 0], paths[:, 1]), paths[:, 2])
    masks = np.arange(table.shape[1])
    for place in range(table.shape[1].bit_length() - 1):
        larger = masks[masks >> place & 1 == 1]
        level[:, larger] = np.minimum(level[:, larger], level[:, larger ^ (1 << place)])
    new = (paths[:, 2] == level[paths[:, 0], paths[:, 1]]) & (
        paths[:, 2] < table[paths[:, 0], paths[:, 1]]
    )
    np.minimum(table, level, out=table)
    return np.unique(paths[new], axis=0)


def _extended(
    paths: np.ndarray, reduced: np.ndarray, sets: np.ndarray, bit: np.ndarray, table: np.ndarray
) -> np.ndarray:
    """Go on from each path to every client that it does not remember."""
    last, mask, value = paths.T
    total = value[:, None] + reduced[last]
    # What a path without memory reaches as cheaply at a smaller load is dominated already.
    free = (mask[:, None] & bit[last, :-1]) == 0
    free &= total < table[None, :, 0]
    free[:, 0] = False
    free[np.arange(len(paths)), last] = False
    row, client = np.nonzero(free)
    before = last[row]
    memory = bit[client, before]
    for place in range(sets.shape[1]):
        member = sets[before, place]
        remembered = (mask[row] >> place & 1 == 1) & (member >= 0)
        memory |= np.where(remembered, bit[client, member], 0)
    return np.column_stack([client, memory, total[row, client]])


def _joined(paths: np.ndarray, weight: np.ndarray, capacity: int) -> int:
    """Cheapest pair of paths that end at the same client, fit together and share no memory."""
    lowest = 0
    for client in np.unique(paths[:, 0]):
        _, mask, value, load = paths[paths[:, 0] == client].T
        order = np.argsort(value)
        mask, value, load = mask[order], value[order], load[order]
        fits = load[:, None] + load[None, :] - weight[client] <= capacity
        fits &= (mask[:, None] & mask[None, :]) == 0
        total = value[:, None] + value[None, :]
        lowest = min(lowest, int(total.min(where=fits, initial=0)))
    return lowest
