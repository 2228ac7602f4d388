"""Online placement by a trained policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from netroute.core.solver import parameter
from netroute.solvers.collective.leaf_phase import compile_scorer
from netroute.solvers.collective.online import OnlineSolver

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.core.recorder import Recorder
    from netroute.problems.collective import Placement
    from netroute.solvers.collective._kernels.scorer import Scorer
    from netroute.solvers.collective.leaf_phase import LeafPhase
    from netroute.solvers.collective.online import Placer


@dataclass(frozen=True, kw_only=True)
class PolicySolver(OnlineSolver):
    """Puts each flow on the spine to which a trained network gives the highest score.

    It knows what `OnlineSolver` says and nothing else, so that it compares with the simple rules
    `online-greedy`, `online-two-choices`, `online-turns` and `online-weighted` at equal
    ``information`` and ``refresh``. Where leaves know all, greedy rules leave little to gain.

    Examples
    --------
    >>> from netroute.datasets.collective.generate import generate_collective
    >>> from netroute.solvers.collective.online_rules import OnlineGreedySolver
    >>> job = generate_collective(leaves=8, spines=8, group=64, half_rate=6, nic=1000,
    ...     hosts_per_leaf=8)
    >>> hidden = {"information": "hidden", "refresh": 256}
    >>> greedy = OnlineGreedySolver(**hidden).solve(job)
    >>> PolicySolver(**hidden).solve(job).objective < greedy.objective
    True
    """

    name: ClassVar[str] = "policy"
    summary: ClassVar[str] = "as flows arrive, each on the path that a trained network prefers"
    kind: ClassVar = "learned"

    weights: str = parameter("collective", "trained policy: a shipped name or a folder")

    def prepare(self, recorder: Recorder, *, seed: int) -> Placer:
        """Load the weights and compile the kernel."""
        from netroute.solvers.neural.base import loaded_policy

        policy: Any = loaded_policy(
            recorder, self.weights, problem="collective", architectures=("spine-scorer",)
        )
        scorer: Scorer = policy.scorer()
        recorder.phase("compiling")
        with recorder.clock.compiling():
            compile_scorer()

        def place(arriving: LeafPhase, number: int, stop: Callable[[], bool]) -> Placement | None:
            return arriving.by_scorer(scorer, stop)

        return place
