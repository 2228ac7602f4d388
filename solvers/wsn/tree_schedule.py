"""Schedules along trees: the linear programme's trees in whole rounds, and what is left after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.status import StoppedBy
from netroute.problems.wsn.replay import SPENT
from netroute.problems.wsn.solution import WsnSolution
from netroute.problems.wsn.verify_bound import whole_rounds
from netroute.solvers.wsn.base import WsnSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn.tree_lp import TreeLp

TREES = frozenset({"control packets", "silent rounds", "tree routing"})

PROGRAMME = 0.8
"""Share of the time that the programme gets."""

PART = 8
"""A tree is kept for one in so many of the rounds that all could pay along it."""


@dataclass(frozen=True, kw_only=True)
class TreeScheduleSolver(WsnSolver):
    """Solves the programme over trees, keeps whole rounds of its columns, then goes on greedily.

    What the rounding leaves, and the time after the first death, is played along the cheapest tree
    at the prices 1 / (what a node has left). A turn of the programme is an iteration.

    References
    ----------
    K. Kalpakis, K. Dasgupta, P. Namjoshi: Efficient algorithms for maximum lifetime data gathering
    and aggregation in wireless sensor networks. Computer Networks 42(6), 2003.

    Examples
    --------
    >>> from netroute.core.budget import Budget
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> net = generate_field(setting="pegasis", nodes=8, seed=1)
    >>> result = TreeScheduleSolver().solve(net, budget=Budget(iterations=20))
    >>> result.gap < 0.08
    True
    """

    name: ClassVar[str] = "tree-schedule"
    summary: ClassVar[str] = "offline, for trees: column generation with its bound, whole rounds"
    kind: ClassVar = "exact"
    supports: ClassVar[frozenset[str]] = TREES
    proves: ClassVar[bool] = True

    def require_support(self, instance: WsnInstance) -> None:
        """Raise `UnsupportedError` unless nodes may report over others."""
        super().require_support(instance)
        if instance.routing != "tree":
            raise UnsupportedError(
                f"solver {self.name!r} needs the routing 'tree', found {instance.routing!r} "
                f"(instance {instance.name!r})"
            )

    def search(
        self, instance: WsnInstance, recorder: Recorder, *, seed: int, start: WsnSolution | None
    ) -> None:
        """Answer at once, bound, and round."""
        from netroute.solvers.wsn.tree_lp import TreeLp

        self.offer_start(instance, recorder, start)
        lp = TreeLp(instance)
        plain = lp.cheapest(1.0 / instance.energy)

        def over() -> bool:
            # Iterations are turns of the programme; a schedule is played to its end all the same.
            asked = recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS
            return asked or recorder.clock.expired()

        self.offer(instance, recorder, _played(instance, lp, [(plain, 1)], over))
        recorder.phase("programme")
        reserve = (1.0 - PROGRAMME) * recorder.clock.remaining()

        def stop() -> bool:
            known = recorder.best_bound
            if known is None or whole_rounds(instance, lp.bound, 1.0) < known:
                certificate = lp.certificate()
                recorder.bound(certificate.value, certificate.to_dict())
            return recorder.stop(lp.turns) or recorder.clock.remaining() < reserve

        lp.run(stop)
        stop()
        recorder.phase("schedule")
        lp.master.solve()
        rounds = np.floor(lp.times * (1.0 + SPENT)).astype(np.int64)
        kept = [(lp.parents[k], int(rounds[k])) for k in np.flatnonzero(rounds).tolist()]
        self.offer(instance, recorder, _played(instance, lp, kept, over))


def _played(
    instance: WsnInstance,
    lp: TreeLp,
    rows: list[tuple[np.ndarray, int]],
    stop: Callable[[], bool],
) -> WsnSolution:
    """Return the schedule of some trees that all can pay, and of those that follow them."""
    rows = list(rows)
    edge = SPENT * instance.energy
    left = instance.energy.copy()
    for parent, count in rows:
        left -= count * lp.cost(parent)
    left = np.maximum(left, 0.0)
    alive = left > edge
    while alive.any() and not (rows and stop()):
        worth = np.where(alive, 1.0 / np.where(alive, left, 1.0), 0.0)
        parent = lp.cheapest(worth / worth.max(), alive)
        cost = np.where(alive, lp.cost(parent), 1.0)
        able = np.where(alive, np.floor((left + edge) / cost), np.inf)
        if alive.all() and able.min() < 1.0:
            parent, cost = _payable(lp, left, parent, cost)
            able = np.floor((left + edge) / cost)
        if alive.all() and able.min() >= 1.0:
            count = max(1, int(able.min()) // PART)
        else:
            # They play on until somebody dies; it may be in the round that it cannot pay in full.
            count = int(np.where(left - able * cost > edge, able + 1.0, able)[alive].min())
        rows.append((parent, count))
        left = np.where(alive, np.maximum(left - count * cost, 0.0), left)
        alive &= left > edge
    parents = np.array([parent for parent, _ in rows])
    n = instance.size
    heads = np.zeros(parents.shape, bool)
    row, child = np.nonzero(parents >= 0)
    heads[row, parents[row, child]] = True
    return WsnSolution(parents.reshape(-1, n), heads, [count for _, count in rows])


def _payable(
    lp: TreeLp, left: np.ndarray, parent: np.ndarray, cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the known tree that all can pay most often, else the given one."""
    columns = np.array(lp.master.columns)
    able = np.floor((left / columns).min(axis=1))
    best = int(able.argmax())
    return (lp.parents[best], columns[best]) if able[best] >= 1.0 else (parent, cost)
