"""Separation of capacity cuts: exact by enumeration for few clients, else heuristic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from netroute.solvers.vrp.ilp_model import LOAD_TOLERANCE, vehicles_needed
from netroute.solvers.vrp.ilp_routes import subset_sums

if TYPE_CHECKING:
    from netroute.solvers.vrp.ilp_model import TwoIndexModel

ENUMERATION_LIMIT = 20
"""Largest number of clients whose subsets are all looked at (about 0.1 seconds)."""

CUTS_PER_ROUND = 30
VIOLATION = 1e-4
"""Smallest violation worth a cut."""


class Separator:
    """Finds sets of clients whose capacity cut a solution of the model violates.

    For up to `ENUMERATION_LIMIT` clients the right-hand sides are from exact bin packing, beyond
    that from its bound L2.
    """

    def __init__(self, model: TwoIndexModel) -> None:
        self._model = model
        self._clients = model.size - 1
        self._limits: np.ndarray | None = None
        if self._clients <= ENUMERATION_LIMIT:
            members = np.bitwise_count(np.arange(1 << self._clients)).astype(np.int64)
            self._limits = members - vehicles_per_subset(model.demand[1:], model.capacity)
            self._limits[0] = 0

    def violated(self, values: np.ndarray) -> dict[tuple[int, ...], int]:
        """Return the most violated sets and the right-hand sides of their cuts.

        None means, for an integer solution, that it is feasible. For up to `ENUMERATION_LIMIT`
        clients none means so for fractional solutions too.
        """
        joined = self._model.matrix(values)[1:, 1:]
        found = self._all_subsets(joined) if self._limits is not None else self._grown(joined)
        fresh = [cut for cut in found.items() if cut[0] not in self._model.cuts]
        return dict(fresh[:CUTS_PER_ROUND])

    def _all_subsets(self, joined: np.ndarray) -> dict[tuple[int, ...], int]:
        assert self._limits is not None
        inside = np.zeros(1)
        for client in range(self._clients):
            inside = np.concatenate([inside, inside + subset_sums(joined[client, :client])])
        excess = inside - self._limits
        sets = np.flatnonzero(excess > VIOLATION)
        if len(sets) > 4 * CUTS_PER_ROUND:
            sets = sets[np.argpartition(-excess[sets], 4 * CUTS_PER_ROUND)[: 4 * CUTS_PER_ROUND]]
        # Among equally violated sets the smaller ones make sparser rows.
        sets = sets[np.lexsort((sets, np.bitwise_count(sets), -excess[sets].round(6)))]
        bits = np.arange(self._clients)
        members = (tuple((1 + np.flatnonzero((s >> bits) & 1)).tolist()) for s in sets.tolist())
        return dict(zip(members, self._limits[sets].tolist(), strict=True))

    def _grown(self, joined: np.ndarray) -> dict[tuple[int, ...], int]:
        """Look at connected sets and at sets grown greedily from each client."""
        support = csr_array(np.where(joined > 1e-6, joined, 0.0))
        count, labels = connected_components(support, directed=False)
        candidates = [np.flatnonzero(labels == label).tolist() for label in range(count)]
        for seed in range(self._clients):
            members = [seed]
            pull = joined[seed].copy()
            pull[seed] = -np.inf
            while pull.max() > 1e-6:
                members.append(int(np.argmax(pull)))
                pull += joined[members[-1]]
                pull[members] = -np.inf
                candidates.append(list(members))
        rated: dict[tuple[int, ...], tuple[float, int]] = {}
        for members in candidates:
            edges = float(joined[np.ix_(members, members)].sum()) / 2.0
            needed = vehicles_needed(self._model.demand[1:][members], self._model.capacity)
            limit = len(members) - needed
            if edges - limit > VIOLATION:
                key = tuple(sorted(member + 1 for member in members))
                rated[key] = (edges - limit, limit)
        ranked = sorted(rated, key=lambda s: (-round(rated[s][0], 6), len(s), s))
        return {clients: rated[clients][1] for clients in ranked}


def vehicles_per_subset(demand: np.ndarray, capacity: float) -> np.ndarray:
    """Return, for each subset of the clients, the fewest vehicles that carry it, at least 1.

    Bit k of a subset's number stands for client k. Dynamic program over subsets: the best state of
    a subset has the fewest vehicles and then the least load on the last one.

    Examples
    --------
    >>> vehicles_per_subset(np.array([6.0, 6.0, 4.0]), 10.0).tolist()
    [1, 1, 1, 2, 1, 1, 1, 2]
    """
    count = len(demand)
    used = np.zeros(1 << count, np.int64)
    if not np.isfinite(capacity):
        return np.maximum(used, 1)
    limit = capacity + LOAD_TOLERANCE * max(1.0, capacity)
    # No vehicle yet: as good as a full one.
    load = np.full(1 << count, capacity)
    sizes = np.bitwise_count(np.arange(1 << count))
    order = np.argsort(sizes, kind="stable")
    layers = np.split(order, np.cumsum(np.bincount(sizes))[:-1])
    for layer in layers[1:]:
        best_used = np.full(len(layer), count + 1)
        best_load = np.full(len(layer), np.inf)
        for client in range(count):
            has = np.flatnonzero((layer >> client) & 1)
            before = layer[has] ^ (1 << client)
            filled = load[before] + demand[client]
            fits = filled <= limit
            vehicles = used[before] + ~fits
            filled = np.where(fits, filled, demand[client])
            old_used, old_load = best_used[has], best_load[has]
            better = (vehicles < old_used) | ((vehicles == old_used) & (filled < old_load))
            best_used[has[better]] = vehicles[better]
            best_load[has[better]] = filled[better]
        used[layer], load[layer] = best_used, best_load
    return np.maximum(used, 1)
