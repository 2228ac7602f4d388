"""Direct transmission: no clusters at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.solvers.wsn.protocol import ProtocolSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class DirectSolver(ProtocolSolver):
    """Each node reports to the base station by itself, as long as it lives.

    The yardstick of W. Heinzelman, A. Chandrakasan, H. Balakrishnan (HICSS 2000). With the base
    station amid a small field it outlives most protocols, since receiving and fusing a report costs
    more than to send it farther.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10]], base_station=[0, 0], energy=0.5, field=[10, 10]
    ... )
    >>> result = DirectSolver().solve(net)
    >>> result.objective, result.solution.rounds.tolist()
    (2450.0, [2451, 49])
    """

    name: ClassVar[str] = "direct"
    summary: ClassVar[str] = "each node reports to the base station by itself"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Play rounds without heads."""
        from netroute.solvers.wsn._kernels.rotation import report

        # Even where rounds without heads would be silent.
        reporting = field._replace(silent=0)

        def step(run: Run, log: Log, rounds: int) -> None:
            report(reporting, run, log, rounds)

        return step
