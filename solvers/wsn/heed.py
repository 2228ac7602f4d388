"""HEED: heads by residual energy, clusters by the cost of communication within them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.around import around_of
from netroute.solvers.wsn.protocol import ProtocolSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class HeedSolver(ProtocolSolver):
    """Nodes offer to lead with a chance that follows their energy and doubles until all is settled.

    A node takes the cheapest head within ``radius``, and leads where there is none. The cost of a
    head is the mean power that the nodes within its radius need to reach it (AMRP), here their mean
    squared distance. Decided here: energy is measured by the largest first energy of the field;
    offers of one iteration are heard in the next one; all is elected anew each round, as the
    authors compare it with LEACH.

    References
    ----------
    O. Younis, S. Fahmy: HEED: a hybrid, energy-efficient, distributed clustering approach for ad
    hoc sensor networks. IEEE Transactions on Mobile Computing 3(4), 2004.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.05, field=[50, 50])
    >>> result = HeedSolver().solve(net)
    >>> plan = result.solution
    >>> own, row = np.nonzero(plan.parent[0] >= 0)[0], plan.parent[0]
    >>> bool((np.hypot(*(spots[own] - spots[row[own]]).T) <= 25.0).all())
    True
    """

    share: float = parameter(0.05, "probability to offer at full energy", low=1e-6, high=1.0)
    least: float = parameter(1e-4, "least probability to offer", low=1e-9, high=1.0)
    radius: float = parameter(25.0, "radius of clusters in metres", low=0.0, high=1e8)

    name: ClassVar[str] = "heed"
    summary: ClassVar[str] = "heads by residual energy, cheapest head in reach (HEED)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Elect by iterations of offers."""
        from netroute.solvers.wsn._kernels.hybrid import Hybrid, negotiate

        n = field.x.shape[1]
        around = around_of(field, self.radius)
        hybrid = Hybrid(
            chance=np.zeros(n),
            cost=np.zeros(n),
            state=np.zeros(n, np.int64),
            best=np.zeros(n, np.int64),
            heard=np.zeros(n, np.uint32),
            share=self.share,
            least=self.least,
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            negotiate(field, run, log, rounds, around, hybrid)

        return step
