"""Routes seen during a search, and the best plan that can be put together from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable


class RoutePool:
    """Distinct routes with their cost; of routes over the same clients the cheapest is kept.

    Parameters
    ----------
    nodes : int
        Number of nodes, the depot (0) included.
    fleet : int
        Largest number of routes in a plan.
    capacity : int, optional
        Most routes that are kept; the oldest ones go first. May be changed.
    """

    def __init__(self, nodes: int, *, fleet: int, capacity: int | None = None) -> None:
        self._nodes = nodes
        self._fleet = fleet
        self.capacity = capacity
        self._routes: dict[bytes, tuple[float, np.ndarray]] = {}

    def __len__(self) -> int:
        return len(self._routes)

    def add(self, routes: Iterable[np.ndarray], costs: Iterable[float]) -> None:
        """Put routes into the pool, or move them to its young end if it has them."""
        for route, cost in zip(routes, costs, strict=True):
            key = np.sort(route).tobytes()
            known = self._routes.pop(key, None)
            if known is None or cost < known[0]:
                known = (float(cost), route)
            self._routes[key] = known
        while self.capacity is not None and len(self._routes) > self.capacity:
            del self._routes[next(iter(self._routes))]

    def clear(self) -> None:
        """Forget all routes."""
        self._routes.clear()

    def combine(self, *, seconds: float, nodes: int) -> list[np.ndarray] | None:
        """Solve set partitioning over the pool; None if no plan better than nothing was found.

        Parameters
        ----------
        seconds : float
            Limit on time; where it bites, the answer depends on the machine.
        nodes : int
            Limit on branch-and-bound nodes, which does not.
        """
        from scipy.optimize import Bounds, LinearConstraint, milp
        from scipy.sparse import csc_array

        entries = list(self._routes.values())
        if not entries or seconds <= 0.0:
            return None
        cost = np.array([entry[0] for entry in entries])
        lengths = np.array([len(entry[1]) for entry in entries])
        rows = np.concatenate([entry[1] for entry in entries]).astype(np.int64) - 1
        starts = np.concatenate([[0], np.cumsum(lengths)])
        matrix = csc_array((np.ones(len(rows)), rows, starts), shape=(self._nodes - 1, len(cost)))
        constraints = [LinearConstraint(matrix, 1.0, 1.0)]
        if self._fleet < self._nodes - 1:
            constraints.append(LinearConstraint(np.ones((1, len(cost))), 0.0, float(self._fleet)))
        answer = milp(
            cost,
            constraints=constraints,
            integrality=np.ones(len(cost)),
            bounds=Bounds(0.0, 1.0),
            options={"time_limit": seconds, "node_limit": nodes, "mip_rel_gap": 1e-6},
        )
        if answer.x is None:
            return None
        return [entries[i][1] for i in np.flatnonzero(answer.x > 0.5)]
