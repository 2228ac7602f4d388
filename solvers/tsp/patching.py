"""Patching: the cheapest cover by cycles, joined cycle by cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp.base import ConstructionSolver, halted

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance

SIZE_LIMIT = 5_000
"""Nodes; the assignment problem needs a matrix and up to the cube of the nodes in time."""


@dataclass(frozen=True, kw_only=True)
class PatchingSolver(ConstructionSolver):
    """Solve the assignment problem; join the two largest cycles at least cost, again and again.

    Very good where distances there and back differ much, since the assignment is nearly a tour
    then; poor where they are the same. The seed has no influence, and nothing cuts the assignment
    short. Source: R. Karp, A patching algorithm for the nonsymmetric traveling-salesman problem
    (SIAM Journal on Computing 1979).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(matrix=[[0, 1, 9, 9], [9, 0, 1, 9], [9, 9, 0, 1], [1, 9, 9, 0]])
    >>> PatchingSolver().solve(instance).objective
    4.0
    """

    name: ClassVar[str] = "patching"
    summary: ClassVar[str] = "cheapest cover by cycles, then joined; for asymmetric distances"
    supports: ClassVar[frozenset[str]] = FEATURES

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour."""
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'patching' takes at most {SIZE_LIMIT} nodes, instance {instance.name!r} "
                f"has {instance.size}; use 'greedy'"
            )
        if halted(recorder):
            return None
        return patched_tour(instance, halted=lambda: halted(recorder))


def patched_tour(
    instance: TspInstance, *, halted: Callable[[], bool] = lambda: False
) -> np.ndarray | None:
    """Return the tour of the patching algorithm; None if told to stop."""
    from scipy.optimize import linear_sum_assignment

    cost = _arcs(instance)
    following = linear_sum_assignment(cost)[1].astype(np.int64)
    cycles = _cycles(following)
    while len(cycles) > 1:
        if halted():
            return None
        cycles.sort(key=len, reverse=True)
        # Rows and columns of the two largest cycles: leave each by the other's arc.
        one, two = cycles[:2]
        left = cost[one[:, None], following[two]] - cost[one, following[one]][:, None]
        right = cost[two[:, None], following[one]] - cost[two, following[two]][:, None]
        a, b = np.unravel_index(int(np.argmin(left + right.T)), (len(one), len(two)))
        i, j = one[a], two[b]
        following[i], following[j] = following[j], following[i]
        cycles[:2] = [np.concatenate([one, two])]
    tour = np.zeros(instance.size, np.int64)
    for k in range(1, len(tour)):
        tour[k] = following[tour[k - 1]]
    return tour


def _arcs(instance: TspInstance) -> np.ndarray:
    """Return distances in which loops, and what fixed edges rule out, cost more than any tour."""
    cost = np.array(instance.distance_matrix())
    ban = 1.0 + 2.0 * instance.size * max(1.0, float(np.abs(cost).max()))
    np.fill_diagonal(cost, ban)
    for a, b in _directed(instance):
        kept = cost[a, b]
        cost[a, :] = ban
        cost[:, b] = ban
        # Below all others: neither the assignment nor a patch gives it up.
        cost[a, b] = kept - ban
    return cost


def _directed(instance: TspInstance) -> list[tuple[int, int]]:
    """Return the fixed edges as arcs, each chain of them in one direction."""
    edges = [(int(a), int(b)) for a, b in instance.fixed_edges]
    if not instance.symmetric:
        return edges
    around: dict[int, list[int]] = {}
    for a, b in edges:
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    ends = [node for node, mates in around.items() if len(mates) == 1] or list(around)[:1]
    arcs: list[tuple[int, int]] = []
    seen: set[frozenset[int]] = set()
    for end in ends:
        node = end
        while True:
            mate = next((m for m in around[node] if frozenset((node, m)) not in seen), None)
            if mate is None:
                break
            seen.add(frozenset((node, mate)))
            arcs.append((node, mate))
            node = mate
    return arcs


def _cycles(following: np.ndarray) -> list[np.ndarray]:
    """Return the nodes of each cycle."""
    left = np.ones(len(following), bool)
    cycles = []
    for first in range(len(following)):
        if not left[first]:
            continue
        cycle = [first]
        left[first] = False
        while left[following[cycle[-1]]]:
            cycle.append(int(following[cycle[-1]]))
            left[cycle[-1]] = False
        cycles.append(np.array(cycle))
    return cycles
