"""Savings: a path around a hub, joined where it saves most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.tsp.fragments import Fragments
from netroute.solvers.tsp.joining import JoiningSolver

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance


@dataclass(frozen=True, kw_only=True)
class SavingsSolver(JoiningSolver):
    """Join the pair of path ends whose detour by a hub costs most, again and again; about 12 %.

    The hub is the first node without a fixed edge; where there is none, it joins as
    `netroute.solvers.tsp.greedy.GreedySolver` does. Only near pairs are looked at, then the ends of
    the paths that are left, in rounds. The seed has no influence. Source: G. Clarke, J. W. Wright,
    Scheduling of vehicles from a central depot to a number of delivery points (Operations Research
    1964), with one vehicle of any size.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [4, 0], [1, 0], [-2, 0]])
    >>> SavingsSolver().solve(instance).objective
    12.0
    """

    name: ClassVar[str] = "savings"
    summary: ClassVar[str] = "savings over near pairs; the best of the quick constructions"

    neighbours: int = parameter(20, "length of the lists of near nodes", low=1, high=100)

    def fragments(self, instance: TspInstance) -> Fragments:
        """Return paths that are joined where the detour by the hub is longest."""
        free = np.ones(instance.size, bool)
        free[instance.fixed_edges] = False
        if not free.any():
            return Fragments(instance, instance.distances)
        hub = int(np.argmax(free))
        nodes = np.arange(instance.size)
        inward = instance.distances(nodes, hub)
        outward = instance.distances(hub, nodes)

        def price(tails: np.ndarray, heads: np.ndarray) -> np.ndarray:
            return np.asarray(instance.distances(tails, heads) - inward[tails] - outward[heads])

        return Fragments(instance, price, hub=hub)
