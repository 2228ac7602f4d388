"""Online placement: leaves put their flows on spines as these arrive, by what they know then."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.rng import generator
from netroute.core.solver import parameter
from netroute.core.status import StoppedBy
from netroute.problems.collective import CollectiveSolution, Placement
from netroute.problems.collective.instance import FEATURES
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.leaf_phase import INFORMATION, LeafPhase

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance

    Placer = Callable[[LeafPhase, int, Callable[[], bool]], Placement | None]
    """Places the flows of a phase, given its number; None where the stop ended it."""

ORDERS = ("shuffled", "file")
"""In which order the flows of a phase arrive."""


@dataclass(frozen=True, kw_only=True)
class OnlineSolver(CollectiveSolver):
    """Puts each flow on a spine when it arrives, for good, by what its source leaf knows.

    A leaf knows the flow, which links are up, what it has sent itself in this phase, and the loads
    in time (bytes over true capacity) of its own links and of the target's. At ``information=full``
    these are up to date; at ``stale`` they are those that were published last, every ``refresh``
    arrivals of the phase; at ``hidden`` besides, it takes all links that are up for equally fast,
    and only the loads that are published tell otherwise. It does not know what is still to come,
    apart from the volume of the phase. All phases are one iteration. Orders of arrival are drawn
    from the seed, so that all online solvers meet the same one.

    Notes
    -----
    A periodic publication that all see is the bulletin board of M. Mitzenmacher: How useful is old
    information? IEEE Transactions on Parallel and Distributed Systems 11(1), 2000. What leaves know
    is as in M. Alizadeh et al.: CONGA: distributed congestion-aware load balancing for datacenters.
    SIGCOMM 2014.
    """

    supports: ClassVar[frozenset[str]] = FEATURES - {"fat tree"}

    information: str = parameter("stale", "what leaves know of links", choices=INFORMATION)
    refresh: int = parameter(
        256, "arrivals between two publications of loads", low=1, high=2**31 - 1
    )
    order: str = parameter("shuffled", "order of arrival of the flows of a phase", choices=ORDERS)

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Place the flows of all phases as they arrive, and record the plan."""
        place = self.prepare(recorder, seed=seed)
        self.offer_start(instance, recorder, start)

        def halted() -> bool:
            return recorder.stop() and recorder.stopped_by is not StoppedBy.ITERATIONS

        found = []
        for number, phase in enumerate(instance.phases):
            if halted():
                return
            if not phase.crossing:
                found.append(Placement(counts=np.zeros((instance.fabric.planes, 0), np.uint8)))
                continue
            order = np.arange(phase.crossing)
            if self.order == "shuffled":
                order = generator(seed, number).permutation(order)
            arriving = LeafPhase(
                instance,
                phase,
                order=order,
                information=self.information,
                refresh=self.refresh,
            )
            placement = place(arriving, number, halted)
            if placement is None:
                return
            found.append(placement)
        self.offer(instance, recorder, CollectiveSolution.of(found))
        recorder.stop(1)

    @abstractmethod
    def prepare(self, recorder: Recorder, *, seed: int) -> Placer:
        """Compile kernels, load what is needed, and return what places the flows of a phase."""
