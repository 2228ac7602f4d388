"""PSO-C: the base station chooses heads by a particle swarm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.protocol import ProtocolSolver, require_heads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class PsoCSolver(ProtocolSolver):
    """Each round a swarm looks for heads with short ways to their members and much energy.

    A particle is a set of places; each stands for the nearest node with at least the mean residual
    energy. Its cost is the largest mean distance from members to their head, times ``balance``,
    plus the energy of all nodes over that of the heads, times the rest. Decided here: inertia falls
    from 0.9 to 0.4, both pulls are 2; two places at the same node make one head; by default fewer
    particles and iterations than the authors use.

    References
    ----------
    N. M. A. Latiff, C. C. Tsimenidis, B. S. Sharif: Energy-aware clustering for wireless sensor
    networks using particle swarm optimization. PIMRC 2007.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.02, field=[50, 50])
    >>> PsoCSolver(heads=2).solve(net).metrics["mean_heads"] <= 2.0
    True
    """

    heads: int = parameter(5, "heads of a round, at most", low=1, high=2**31 - 1)
    particles: int = parameter(10, "particles of the swarm", low=1, high=10**4)
    iterations: int = parameter(20, "iterations of a round", low=0, high=10**6)
    balance: float = parameter(0.5, "weight of distances against energies", low=0.0, high=1.0)

    name: ClassVar[str] = "pso-c"
    summary: ClassVar[str] = "the base station chooses heads by a particle swarm (PSO-C)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Fly each round."""
        from netroute.solvers.wsn._kernels.swarm import Swarm, swarm_rounds

        require_heads(self, self.heads, field)
        places = (self.particles, self.heads, 2)
        swarm = Swarm(
            who=np.zeros(field.x.shape[1], np.uint32),
            spot=np.zeros(places),
            speed=np.zeros(places),
            best=np.zeros(places),
            cost=np.zeros(self.particles),
            heads=np.zeros((2, self.heads), np.uint32),
            far=np.zeros(self.heads),
            size=np.zeros(self.heads, np.int64),
            iterations=self.iterations,
            balance=self.balance,
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            swarm_rounds(field, run, log, rounds, swarm)

        return step
