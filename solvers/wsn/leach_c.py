"""LEACH-C: the base station chooses heads by annealing."""

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
class LeachCSolver(ProtocolSolver):
    """Each round the base station anneals the sum of squared distances to the nearest head.

    Only nodes with at least the mean residual energy may lead. A move puts another such node in
    place of a head; the temperature of move m is 1000 exp(-m / 20). Decided here: moves to random
    eligible nodes rather than by small steps, which lead to a node far off as a rule; the way to
    the base station costs nothing.

    References
    ----------
    W. Heinzelman, A. Chandrakasan, H. Balakrishnan: An application-specific protocol architecture
    for wireless microsensor networks. IEEE Transactions on Wireless Communications 1(4), 2002.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.05, field=[50, 50])
    >>> result = LeachCSolver(heads=2).solve(net)
    >>> result.metrics["lnd"] - result.objective < 30
    True
    """

    heads: int = parameter(5, "heads of a round", low=1, high=2**31 - 1)
    moves: int = parameter(200, "moves of an annealing", low=0, high=10**6)

    name: ClassVar[str] = "leach-c"
    summary: ClassVar[str] = "the base station anneals a set of heads near to all (LEACH-C)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Anneal each round."""
        from netroute.solvers.wsn._kernels.annealing import Annealing, centralise

        require_heads(self, self.heads, field)
        n = field.x.shape[1]
        state = Annealing(
            who=np.zeros(n, np.uint32),
            near=np.zeros((2, n)),
            at=np.zeros((2, n), np.uint32),
            heads=self.heads,
            moves=self.moves,
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            centralise(field, run, log, rounds, state)

        return step
