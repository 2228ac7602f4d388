"""Greedy admission by priority, and what greedy solvers have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.status import StoppedBy
from netroute.problems.sdn.features import FEATURES
from netroute.solvers.sdn.base import SdnSolver, offer

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution


@dataclass(frozen=True, kw_only=True)
class InOrderSolver(SdnSolver):
    """Admits flows one by one, each on the path with the fewest hops that has room for it.

    The plan is one iteration. Where the time ends, the remaining flows are rejected. With
    protection the backup path is the best one left beside the primary path, so that a flow whose
    best primary path blocks every backup is rejected.
    """

    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES

    def search(
        self, instance: SdnInstance, recorder: Recorder, *, seed: int, start: SdnSolution | None
    ) -> None:
        """Admit the flows in order and record the plan."""
        from netroute.solvers.sdn.residual import Residual, to_solution
        from netroute.solvers.sdn.warmup import compile_residual

        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_residual()
        self.offer_start(instance, recorder, start)
        routes = Residual(instance).admit(self.order(instance), stop=lambda: halted(recorder))
        offer(instance, recorder, to_solution(instance, routes))
        recorder.stop(1)

    @abstractmethod
    def order(self, instance: SdnInstance) -> np.ndarray:
        """Return the flows in the order of admission: uint32, shape (F,)."""


@dataclass(frozen=True, kw_only=True)
class GreedySolver(InOrderSolver):
    """Admits the highest priority first, and within it the thinnest flows first.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[2, 3, 4], priority=[1, 1, 2],
    ... )
    >>> GreedySolver().solve(net).solution.admitted.tolist()
    [False, False, True]
    """

    name: ClassVar[str] = "greedy"
    summary: ClassVar[str] = "highest priority first, each flow on its shortest free path"

    def order(self, instance: SdnInstance) -> np.ndarray:
        """Sort by falling priority, then by rising bandwidth."""
        return np.lexsort((instance.bandwidth, -instance.priority)).astype(np.uint32)


def halted(recorder: Recorder) -> bool:
    """Whether time or user end the run; the first plan is built under any iteration budget."""
    return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS
