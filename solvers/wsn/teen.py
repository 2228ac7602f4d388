"""TEEN: LEACH in which nodes report only what is worth it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.problems.wsn.readings import RANGE
from netroute.solvers.wsn.leach import LeachSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class TeenSolver(LeachSolver):
    """Elects as `LeachSolver`; nodes whose reading passes no threshold are silent.

    The thresholds and readings are the instance's (`netroute.problems.wsn.readings`): without
    them it is LEACH. Decided here: a head to which nobody reports, and which has nothing to report
    itself, is silent too; thresholds are known to all, so that announcing them costs nothing.

    References
    ----------
    A. Manjeshwar, D. P. Agrawal: TEEN: a routing protocol for enhanced efficiency in wireless
    sensor networks. IPDPS 2001.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 100
    >>> net = WsnInstance(
    ...     position=spots, base_station=[50, 50], energy=0.02, field=[100, 100],
    ...     hard_threshold=100, soft_threshold=2,
    ... )
    >>> seldom, always = TeenSolver().solve(net), LeachSolver().solve(net)
    >>> seldom.objective > 1.5 * always.objective
    True
    """

    name: ClassVar[str] = "teen"
    summary: ClassVar[str] = "LEACH in which nodes report only what passes thresholds (TEEN)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Elect as ever; silence most."""
        from netroute.solvers.wsn._kernels.thresholds import Sensing, rotate_excused

        share = self.shares(field)
        epoch = np.rint(1.0 / share).astype(np.int64)
        # Without thresholds all that is read is worth a report.
        hard = [-np.inf if n.hard_threshold is None else n.hard_threshold for n in instances]
        soft = [0.0 if n.hard_threshold is None else n.soft_threshold for n in instances]
        sensing = Sensing(
            seed=np.array([net.readings_seed for net in instances], np.uint64),
            hard=np.array(hard),
            soft=np.array(soft),
            told=np.full(field.x.shape, np.nan),
            unit=RANGE / 2.0**53,
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            rotate_excused(field, run, log, rounds, share, epoch, sensing)

        return step
