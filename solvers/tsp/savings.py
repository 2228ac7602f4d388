"""Savings: a path around a hub, joined where it saves most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp.base import ConstructionSolver, halted
from netroute.solvers.tsp.fragments import Fragments
from netroute.solvers.tsp.neighbours import nearest_neighbours
from netroute.solvers.tsp.warmup import compile_fragments

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance


@dataclass(frozen=True, kw_only=True)
class SavingsSolver(ConstructionSolver):
    """Join the pair of path ends whose detour by a hub costs most, again and again; about 12 %.

    The hub is the first node without a fixed edge. Only near pairs are looked at, then the ends of
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
    supports: ClassVar[frozenset[str]] = FEATURES

    neighbours: int = parameter(12, "length of the lists of near nodes", low=1, high=100)

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour."""
        with recorder.clock.compiling():
            compile_fragments(instance.symmetric)
        near = nearest_neighbours(instance, self.neighbours)
        return savings_tour(instance, near, halted=lambda: halted(recorder))


def savings_tour(
    instance: TspInstance, near: np.ndarray, *, halted: Callable[[], bool] = lambda: False
) -> np.ndarray | None:
    """Return the savings tour over the pairs of near nodes; None if told to stop.

    Parameters
    ----------
    near : ndarray of uint32, shape (n, k)
        Near nodes of each node.
    """
    if halted():
        return None
    free = np.ones(instance.size, bool)
    free[instance.fixed_edges] = False
    if not free.any():
        fragments = Fragments(instance, instance.distances)
    else:
        hub = int(np.argmax(free))
        nodes = np.arange(instance.size)
        inward = instance.distances(nodes, hub)
        outward = instance.distances(hub, nodes)

        def price(tails: np.ndarray, heads: np.ndarray) -> np.ndarray:
            return np.asarray(instance.distances(tails, heads) - inward[tails] - outward[heads])

        fragments = Fragments(instance, price, hub=hub)
    fragments.join(near)
    return fragments.tour() if fragments.join_ends(halted) else None
