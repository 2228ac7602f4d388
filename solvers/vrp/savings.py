"""Clarke-Wright savings: one route a client, joined end to end where it saves most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.vrp._kernels.savings import list_savings, merge_routes, read_routes
from netroute.solvers.vrp.baseline import BaselineSolver
from netroute.solvers.vrp.search_data import SearchData, search_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance


@dataclass(frozen=True, kw_only=True)
class SavingsSolver(BaselineSolver):
    """Parallel savings over each client's nearest neighbours.

    Source: G. Clarke, J. W. Wright, Scheduling of vehicles from a central depot to a number of
    delivery points (Operations Research 1964).
    """

    name: ClassVar[str] = "savings"
    summary: ClassVar[str] = "Clarke-Wright savings over near pairs; milliseconds at any size"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet"})

    def build(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int
    ) -> Sequence[Sequence[int]]:
        """Merge all routes at once; the seed has no influence."""
        from netroute.solvers.vrp.warmup import compile_savings

        data = search_data(instance, neighbours=100)
        with recorder.clock.compiling():
            compile_savings(data)
        return [data.location[route].tolist() for route in savings_routes(data)]


def savings_routes(data: SearchData) -> list[np.ndarray]:
    """Return routes as arrays of nodes; each keeps within capacity, their number is free.

    For asymmetric distances the saving of a pair is that of one direction only.
    """
    pairs = max(1, data.near.size)
    low, high = np.empty(pairs, np.uint32), np.empty(pairs, np.uint32)
    value = np.empty(pairs, np.float32)
    count = list_savings(data.source, data.near, low, high, value)
    order = np.argsort(-value[:count], kind="stable")
    left, right = np.zeros(data.size, np.uint32), np.zeros(data.size, np.uint32)
    owner = np.arange(data.size, dtype=np.uint32)
    load = data.demand.copy()
    merge_routes(order, low, high, data.demand, data.capacity, left, right, owner, load)
    flat = np.empty(2 * data.size, np.uint32)
    length = read_routes(left, right, np.zeros(data.size, np.bool_), flat)
    return split_flat(flat[:length])


def split_flat(flat: np.ndarray) -> list[np.ndarray]:
    """Split nodes in which each route is followed by 0 into one array a route."""
    ends = np.flatnonzero(flat == 0)
    begins = np.concatenate([[0], ends[:-1] + 1]) if len(ends) else ends
    return [flat[a:b] for a, b in zip(begins, ends, strict=True) if b > a]
