"""What solvers have in common that place phase by phase, once."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.rng import generator
from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveSolution
from netroute.problems.collective.instance import FEATURES
from netroute.solvers.collective.base import CollectiveSolver

if TYPE_CHECKING:
    import numpy as np

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance, Placement
    from netroute.problems.collective.phase import Phase


@dataclass(frozen=True, kw_only=True)
class PlacingSolver(CollectiveSolver):
    """Places one phase after the other; all of them together are one iteration.

    Attributes
    ----------
    splits : bool
        It cuts flows: the instance must allow any number of pieces.
    same_law : bool
        Random numbers begin anew in each phase, so that hash functions stay the same.
    """

    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES
    splits: ClassVar[bool] = False
    same_law: ClassVar[bool] = False

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Place all phases and record the plan."""
        if self.splits:
            self.require_any_pieces(instance)
        recorder.phase("compiling")
        with recorder.clock.compiling():
            self.compile()
        self.offer_start(instance, recorder, start)
        found = []
        for number, phase in enumerate(instance.phases):
            if recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS:
                return
            stream = 0 if self.same_law else number
            found.append(self.place(instance, phase, generator(seed, stream)))
        self.offer(instance, recorder, CollectiveSolution.of(found))
        recorder.stop(1)

    def compile(self) -> None:
        """Compile kernels; there are none unless a solver says so."""
        return

    @abstractmethod
    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Return the placement of a phase."""
