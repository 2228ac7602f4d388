"""What the constructions have in common that join paths at their ends."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp.base import ConstructionSolver, halted
from netroute.solvers.tsp.neighbours import nearest_neighbours
from netroute.solvers.tsp.warmup import compile_fragments

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance
    from netroute.solvers.tsp.fragments import Fragments


@dataclass(frozen=True, kw_only=True)
class JoiningSolver(ConstructionSolver):
    """Joins paths by edges between near nodes, then between the ends that are left, in rounds."""

    supports: ClassVar[frozenset[str]] = FEATURES

    neighbours: int = parameter(10, "length of the lists of near nodes", low=1, high=100)

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour; the seed has no influence."""
        with recorder.clock.compiling():
            compile_fragments(instance.symmetric)
        near = nearest_neighbours(instance, self.neighbours)
        if halted(recorder):
            return None
        fragments = self.fragments(instance)
        fragments.join(near)
        return fragments.tour() if fragments.join_ends(lambda: halted(recorder)) else None

    @abstractmethod
    def fragments(self, instance: TspInstance) -> Fragments:
        """Return the paths to join, with the price of an edge."""
