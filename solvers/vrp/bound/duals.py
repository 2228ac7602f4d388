"""Dual values, as floats in the linear programme and as integers in the bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.solvers.vrp.bound.relaxation import Relaxation


@dataclass(frozen=True, slots=True, eq=False)
class Duals:
    """One value a client and one a capacity cut, in units of the instance's cost.

    Attributes
    ----------
    clients : ndarray of float64, shape (n,)
        0 for the depot.
    cuts : ndarray of float64, shape (m,)
        Not negative.
    """

    clients: np.ndarray
    cuts: np.ndarray

    def towards(self, other: Duals, weight: float) -> Duals:
        """Return the point at ``weight`` of the way from here to ``other``."""
        mine = np.zeros(len(other.cuts))
        mine[: len(self.cuts)] = self.cuts
        return Duals(
            self.clients + weight * (other.clients - self.clients),
            mine + weight * (other.cuts - mine),
        )


@dataclass(frozen=True, slots=True, eq=False)
class IntegerDuals:
    """Scaled duals rounded down: the point at which a bound is proven.

    Attributes
    ----------
    clients, cuts : ndarray of float64
        Integers.
    """

    clients: np.ndarray
    cuts: np.ndarray

    @classmethod
    def of(cls, duals: Duals, relaxation: Relaxation) -> IntegerDuals:
        """Scale, round down and keep within what the scale allows."""
        most = 8.0 * float(relaxation.cost.max())
        clients = np.clip(np.floor(duals.clients * relaxation.scale), -most, most)
        clients[0] = 0.0
        return cls(clients, np.clip(np.floor(duals.cuts * relaxation.scale), 0.0, most))

    def arcs(self, relaxation: Relaxation, members: np.ndarray) -> np.ndarray:
        """Doubled reduced costs of the arcs, integers, shape (n, n).

        Parameters
        ----------
        members : ndarray of float64, shape (m, n)
            One row a cut, 1 for the clients in its set.
        """
        arcs: np.ndarray = 2.0 * relaxation.cost - self.clients[:, None] - self.clients[None, :]
        used = np.flatnonzero(self.cuts)
        if len(used):
            inside, value = members[used], self.cuts[used]
            touched = value @ inside
            both = inside.T @ (value[:, None] * inside)
            arcs -= 2.0 * (touched[:, None] + touched[None, :] - 2.0 * both)
        return arcs

    def doubled_value(self, needed: np.ndarray) -> int:
        """Twice the sum of the duals times their right-hand sides (``2 needed`` for a cut)."""
        total = 2 * sum(int(value) for value in self.clients)
        pairs = zip(self.cuts, needed, strict=True)
        return total + sum(4 * int(value) * int(vehicles) for value, vehicles in pairs)
