"""The lifetime's linear programme over trees: its configurations and its bound.

The cheapest tree at prices is an arborescence but for what inner nodes pay once, for their own
signal and their announcement. Children pay shares of it: those of each parent are in proportion to
how often each child has been its child in the trees found so far (fictitious play: G. W. Brown,
Iterative solution of games by fictitious play, 1951), which the Lagrangian bound allows.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.bound import Certificate
from netroute.core.errors import UnsupportedError
from netroute.problems.wsn.energy import member_costs, tables
from netroute.problems.wsn.verify_bound import whole_rounds
from netroute.solvers.wsn.arborescence import cheapest_tree
from netroute.solvers.wsn.lifetime_master import Master

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.wsn import WsnInstance

MOST_NODES = 2000
"""Matrices of all pairs are kept."""

SMOOTH = 0.7
"""Weight of the best prices, to which those of the programme are drawn."""

STEPS, STEEP = 200, 12.0
"""Trees that are found before the programme, and how much dearer the emptiest battery is then."""

PATIENCE = 200
"""Turns without a better bound after which the programme ends."""

CLOSED = 1e-5
"""Relative distance of value and bound at which it ends, too."""

LEAST_SHARE = 1e-4
"""Smaller shares are left out of certificates."""


class TreeLp:
    """Improves trees and bound turn by turn.

    Parameters
    ----------
    instance : WsnInstance
        Of perfect aggregation.

    Attributes
    ----------
    bound : float
        No schedule along trees, not even a fractional one, has more full rounds.
    parents : list of ndarray
        The trees of the columns.

    Examples
    --------
    >>> from netroute.datasets.wsn.generate import generate_field
    >>> lp = TreeLp(generate_field(setting="pegasis", nodes=8, seed=1))
    >>> lp.run(lambda: False)
    >>> lp.value <= lp.bound < 1.06 * lp.value
    True
    """

    def __init__(self, instance: WsnInstance) -> None:
        require_trees(instance)
        self.instance = instance
        n = instance.size
        costs = tables(instance)
        self._direct, self._receive = costs.direct, costs.receive
        self._once = costs.head - costs.direct
        self._send = member_costs(instance, np.arange(n))
        self.master = Master(instance.energy, float((instance.energy / costs.direct).mean()))
        self.parents: list[np.ndarray] = []
        self.bound = math.inf
        self.turns = 0
        self._known: set[bytes] = set()
        self._idle = 0
        # Before anything is known, the nearest node is the only child.
        near = self._send + np.diag(np.full(n, np.inf))
        self._uses = np.zeros((n, n))
        if n > 1:
            self._uses[near.argmin(axis=0), np.arange(n)] = 1.0
        self._prices = np.full(n, 1.0 / instance.energy.sum())
        self._best, self._shares = self._prices, self._share()
        self._add(np.full(n, -1))
        self._price(self._prices)

    @property
    def value(self) -> float:
        """Rounds of the best fractional schedule."""
        return float(self.master.value)

    @property
    def times(self) -> np.ndarray:
        """Rounds of each tree in it."""
        return self.master.times

    @property
    def prices(self) -> np.ndarray:
        """The prices of the best bound."""
        return self._best

    @property
    def finished(self) -> bool:
        """Whether nothing is to be expected any more."""
        return self._idle >= PATIENCE or self.bound - self.value <= CLOSED * self.bound

    def run(self, stop: Callable[[], bool]) -> None:
        """Go to the end, or until ``stop()``."""
        self.begin(stop)
        while not (self.finished or stop()):
            self.turn()

    def begin(self, stop: Callable[[], bool]) -> None:
        """Play some rounds at prices that rise with what was used, for trees and prices to begin.

        Multiplicative weights, see N. Garg, J. Könemann (SIAM Journal on Computing 2007).
        """
        energy = self.instance.energy
        used = np.zeros(self.instance.size)
        for step in range(STEPS):
            if stop():
                return
            share = used / energy
            steep = STEEP * step / STEPS
            weight = np.exp(steep * (share / max(float(share.max()), 1e-300) - 1.0)) / energy
            used += self.cost(self._price(weight / float(weight @ energy)))

    def turn(self) -> None:
        """Solve the programme, then find the cheapest trees at its prices and at drawn ones."""
        self.turns += 1
        self._idle += 1
        prices = self.master.solve()
        self._price(SMOOTH * self._best + (1.0 - SMOOTH) * prices)
        self._price(prices)

    def cheapest(self, prices: np.ndarray, alive: np.ndarray | None = None) -> np.ndarray:
        """Return the cheapest tree at prices, shape (n,): parents, -1 the base, -2 the dead."""
        return self._tree(prices, alive)[1]

    def cost(self, parent: np.ndarray) -> np.ndarray:
        """Return what a round along a tree costs each node: shape (n,)."""
        found = np.where(parent == -1, self._direct, 0.0)
        child = np.flatnonzero(parent >= 0)
        found[child] = self._send[child, parent[child]]
        number = np.bincount(parent[child], minlength=len(parent))
        return np.asarray(found + number * self._receive + (number > 0) * self._once)

    def certificate(self) -> Certificate:
        """Return the prices of the best bound, with the shares that children pay."""
        child, parent = np.nonzero(self._shares > LEAST_SHARE)
        shares = self._shares[child, parent]
        rows = zip(child.tolist(), parent.tolist(), shares.tolist(), strict=True)
        value = whole_rounds(self.instance, self.bound, 1.0)
        data = {"prices": self._best.tolist(), "shares": [list(row) for row in rows]}
        return Certificate("tree", value, data)

    def _price(self, prices: np.ndarray) -> np.ndarray:
        """Find and return the cheapest tree, with the bound that it proves."""
        least, parent = self._tree(prices)
        bound = float(prices @ self.instance.energy) / least
        if bound < self.bound * (1.0 - 1e-9):
            if bound < self.bound * (1.0 - 1e-6):
                self._idle = 0
            self.bound, self._best, self._shares = bound, prices, self._share()
        child = np.flatnonzero(parent >= 0)
        self._uses[child, parent[child]] += 1.0
        self._add(parent)
        return parent

    def _tree(
        self, prices: np.ndarray, alive: np.ndarray | None = None
    ) -> tuple[float, np.ndarray]:
        n = self.instance.size
        nodes = np.arange(n) if alive is None else np.flatnonzero(alive)
        price = prices[nodes]
        once = self._share()[np.ix_(nodes, nodes)] * (price * self._once[nodes])
        arcs = price[:, None] * self._send[np.ix_(nodes, nodes)]
        arcs += (price * self._receive[nodes]) + once
        value, parent = cheapest_tree(np.column_stack([arcs, price * self._direct[nodes]]))
        whole = np.full(n, -2)
        whole[nodes] = np.where(parent >= 0, nodes[parent], -1)
        return value, whole

    def _share(self) -> np.ndarray:
        """Which share of its parent's own cost each child pays: children by parents."""
        return np.asarray(self._uses / np.maximum(1e-300, self._uses.sum(axis=0)))

    def _add(self, parent: np.ndarray) -> None:
        key = parent.astype(np.int32).tobytes()
        if key not in self._known:
            self._known.add(key)
            self.parents.append(parent)
            self.master.add(self.cost(parent))


def require_trees(instance: WsnInstance) -> None:
    """Raise `UnsupportedError` for fields of which trees are not known, or too large."""
    missing = sorted(instance.features() & {"imperfect aggregation", "threshold reporting"})
    if missing:
        raise UnsupportedError(f"trees do not support {', '.join(missing)}")
    if instance.size > MOST_NODES:
        message = f"found {instance.size} nodes, of which trees are known up to {MOST_NODES}"
        raise UnsupportedError(message)
