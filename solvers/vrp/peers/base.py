"""What the peers have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar

from netroute.core.errors import MissingExtraError
from netroute.problems.vrp import VrpSolution
from netroute.solvers.vrp.base import VrpSolver
from netroute.solvers.vrp.feasibility import require_feasible_fleet
from netroute.solvers.vrp.peers.integers import IntegerInstance, integer_instance
from netroute.solvers.vrp.peers.progress import Progress

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.vrp import VrpInstance


@dataclass(frozen=True, kw_only=True)
class PeerSolver(VrpSolver):
    """A solver of another project, on one thread, with all its own defaults.

    It works on integers (see `netroute.solvers.vrp.peers.integers`): fractional distances are
    scaled by a power of ten. Costs are measured on the instance itself, so they compare.
    """

    kind: ClassVar = "peer"
    supports: ClassVar[frozenset[str]] = frozenset({"limited fleet", "asymmetric distances"})
    package: ClassVar[str]

    def search(
        self, instance: VrpInstance, recorder: Recorder, *, seed: int, start: VrpSolution | None
    ) -> None:
        """Translate the instance, and let the peer work."""
        if find_spec(self.package) is None:
            raise MissingExtraError(self.package, extra="peers")
        require_feasible_fleet(instance, seconds=min(5.0, recorder.clock.remaining() / 4))
        if not instance.clients:
            recorder.incumbent(0.0, VrpSolution(()))
            return
        progress = Progress(instance, recorder)
        self.drive(instance, integer_instance(instance), recorder, progress, seed, start)

    @abstractmethod
    def drive(
        self,
        instance: VrpInstance,
        data: IntegerInstance,
        recorder: Recorder,
        progress: Progress,
        seed: int,
        start: VrpSolution | None,
    ) -> None:
        """Run the peer and hand its answers to ``progress``."""
