"""The choice of heads at given prices: search and proven bound, on a field's arrays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.wsn.energy import member_costs, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.facility import Clusters, Field
    from netroute.solvers.wsn._kernels.location_bound import Duals

CLUSTERS = frozenset({"control packets", "imperfect aggregation", "silent rounds"})
"""Features of an instance whose rounds are facility locations."""

COMPLETE = 3000
"""Up to so many nodes all pairs are looked at."""

NEAREST = 600
"""Beyond, so many nearest nodes of each one."""

MOST_ARCS = 2**28

PASSES = 50
"""Most passes of one search over all nodes."""

STEPS = 400
SLICE = 3e7
"""Arcs that one call of a kernel may look at, about 50 ms."""

LEAST = 1e-10
"""Relative gain below which a move is not worth it."""


class Arcs(NamedTuple):
    """A field's arrays, and whether nothing that can be of use is left out."""

    field: Field
    complete: bool


def make_field(instance: WsnInstance, *, nearest: int | None = None) -> Arcs:
    """Lay out what a round costs; pairs in which neither node gains by reporting to the other go.

    Parameters
    ----------
    instance : WsnInstance
        The field, with clusters.
    nearest : int, optional
        Look at so many nearest nodes of each one only; by default at all, if there are not more
        than `COMPLETE` of them.

    Raises
    ------
    InputError
        There would be too many pairs.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 0], energy=1, field=[99, 99]
    ... )
    >>> arcs = make_field(net)
    >>> arcs.field.near.tolist(), arcs.complete
    ([2, 1], True)
    """
    from netroute.solvers.wsn._kernels.facility import Field

    n = instance.size
    if nearest is None and n > COMPLETE:
        nearest = NEAREST
    complete = nearest is None or nearest >= n - 1
    width = n - 1 if nearest is None or complete else 2 * nearest
    if n * width > MOST_ARCS:
        raise InputError(
            f"found {n} nodes, expected fewer than {MOST_ARCS // max(1, width)}", where="instance"
        )
    costs = tables(instance)
    rows: list[np.ndarray] = []
    near: list[np.ndarray] = []
    nodes = np.arange(n)
    step = max(1, 2**22 // n)
    if complete or nearest is None:
        for first in range(0, n, step):
            part = nodes[first : first + step]
            send = member_costs(instance, part)
            # Equal distances cost the same in both directions.
            useful = send < np.maximum(costs.direct[part, None], costs.direct[None, :])
            useful[part - first, part] = False
            row, column = np.nonzero(useful)
            rows.append(part[row])
            near.append(column)
        row, column = np.concatenate(rows), np.concatenate(near)
    else:
        from scipy.spatial import cKDTree

        _, found = cKDTree(instance.position).query(instance.position, k=nearest + 1)
        row = np.repeat(nodes, nearest + 1)
        column = np.asarray(found, np.int64).ravel()
        code = np.unique(np.concatenate([row * n + column, column * n + row]))
        row, column = code // n, code % n
        row, column = row[row != column], column[row != column]
    send = np.concatenate(
        [
            np.zeros(0),
            *(
                _pairs(instance, row[a : a + 2**20], column[a : a + 2**20])
                for a in range(0, len(row), 2**20)
            ),
        ]
    )
    if not complete:
        useful = send < np.maximum(costs.direct[row], costs.direct[column])
        row, column, send = row[useful], column[useful], send[useful]
    field = Field(
        start=np.searchsorted(row, np.arange(n + 1)).astype(np.int64),
        near=column.astype(np.uint32),
        send=np.ascontiguousarray(send, np.float64),
        direct=np.ascontiguousarray(costs.direct, np.float64),
        head=np.ascontiguousarray(costs.head, np.float64),
        receive=np.ascontiguousarray(costs.receive, np.float64),
    )
    return Arcs(field, complete)


def passes_of(field: Field) -> int:
    """Return how many passes of a search fit into a slice; at least one."""
    return int(min(PASSES, max(1.0, SLICE / max(1, len(field.near)))))


def make_clusters(size: int) -> Clusters:
    """Return room for the choices of ``size`` nodes: no heads, all usable, prices 1."""
    from netroute.solvers.wsn._kernels.facility import Clusters

    def ids() -> np.ndarray:
        return np.full(size, size, np.uint32)

    def edges() -> np.ndarray:
        return np.full(size, -1, np.int64)

    return Clusters(
        price=np.ones(size),
        usable=np.full(size, 2, np.uint8),
        open=np.zeros(size, np.uint8),
        first=ids(),
        second=ids(),
        first_cost=np.zeros(size),
        second_cost=np.zeros(size),
        first_edge=edges(),
        second_edge=edges(),
        loss=np.zeros(size),
        extra=np.zeros(size),
        heads=ids(),
        number=np.zeros(1, np.int64),
    )


def make_duals(size: int) -> Duals:
    """Return duals of 0."""
    from netroute.solvers.wsn._kernels.location_bound import Duals

    value, best, slack, step = (np.zeros(size) for _ in range(4))
    return Duals(value, best, slack, step, np.array([-np.inf, 1.0, 0.0]))


class Location:
    """Cheapest rounds at given prices: found by local search, proven by duals.

    Parameters
    ----------
    instance : WsnInstance
        With clusters.

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=1, field=[99, 99]
    ... )
    >>> location = Location(net)
    >>> cost = location.search(np.ones(3))
    >>> location.heads().tolist(), bool(location.bound(np.ones(3), cost) <= cost)
    ([2], True)
    """

    def __init__(self, instance: WsnInstance, *, nearest: int | None = None) -> None:
        self.instance = instance
        self.field, self.complete = make_field(instance, nearest=nearest)
        self.clusters = make_clusters(instance.size)
        self.duals = make_duals(instance.size)

    def search(self, price: np.ndarray, heads: np.ndarray | None = None) -> float:
        """Search from the heads of last time, or from ``heads``; return the round's cost."""
        from netroute.solvers.wsn._kernels.facility import assign, improve, total

        clusters = self.clusters
        clusters.price[:] = price
        if heads is not None:
            clusters.open[:] = 0
            clusters.open[heads] = 1
            clusters.heads[: len(heads)] = heads
            clusters.number[0] = len(heads)
        assign(self.field, clusters)
        least = LEAST * float(price @ self.field.direct)
        improve(self.field, clusters, least, np.int64(passes_of(self.field)))
        return float(total(self.field, clusters))

    def bound(
        self,
        price: np.ndarray,
        upper: float,
        *,
        steps: int = STEPS,
        stop: Callable[[], bool] | None = None,
    ) -> float:
        """Return a lower bound on the cost of any round, up to rounding; `duals` prove it.

        It begins with the duals of last time, scaled, and takes what it has once ``stop()``.
        """
        from netroute.solvers.wsn._kernels.location_bound import ascend, repair

        duals = self.duals
        most = price * self.field.direct
        known = duals.value.sum()
        start = most * 0.9 if known <= 0.0 else duals.value * (upper / known)
        duals.value[:] = np.minimum(start, most)
        duals.step[:] = 0.0
        duals.state[:] = (-np.inf, 1.0, 0.0)
        usable = self.clusters.usable
        part = int(max(1.0, SLICE / max(1, 2 * len(self.field.near))))
        for first in range(0, steps, part):
            ascend(self.field, price, usable, duals, upper, np.int64(min(part, steps - first)))
            if first + part < steps and stop is not None and stop():
                break
        return float(repair(self.field, price, usable, duals))

    def heads(self) -> np.ndarray:
        """Return the heads found last, in order."""
        clusters = self.clusters
        return np.sort(clusters.heads[: clusters.number[0]].astype(np.int64))

    def parent(self) -> np.ndarray:
        """Return whom each node reports to, as in `WsnSolution`: int32, shape (n,)."""
        first = self.clusters.first.astype(np.int64)
        own = np.arange(len(first))
        return np.where((first == own) | (first == len(first)), -1, first).astype(np.int32)

    def energy(self) -> np.ndarray:
        """Return what each node pays in the round found last: shape (n,)."""
        from netroute.solvers.wsn._kernels.facility import spend

        energy = np.zeros(len(self.field.direct))
        spend(self.field, self.clusters, energy)
        return energy


def _pairs(instance: WsnInstance, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return what it costs nodes to report to others, pair by pair."""
    from netroute.problems.wsn.energy import between, transmission

    bits = instance.message_bits + instance.control_bits
    apart = between(instance, first, second)
    extra = instance.control_bits * instance.electronics
    return np.asarray(bits * transmission(instance, apart) + extra)


@cache
def compile_location() -> None:
    """Compile search and bound on three nodes."""
    from netroute.problems.wsn import WsnInstance

    net = WsnInstance(
        position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=1, field=[99, 99]
    )
    location = Location(net)
    cost = location.search(np.ones(3))
    location.bound(np.ones(3), cost)
    location.energy()
