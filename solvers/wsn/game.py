"""Heads by best responses in a game of volunteers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.protocol import ProtocolSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class GameSolver(ProtocolSolver):
    """Each round is a volunteer's dilemma among nodes, played by best responses.

    Being served by a head within ``radius`` is worth v to a node. To lead costs it c < v, the more
    the less energy it has left; who leads is served. So the best response is to lead if and only if
    nobody else within reach does. Nodes respond one after the other, those to whom it costs least
    first; one pass ends in a Nash equilibrium in pure strategies. Decided here: this sequence of
    responses in place of the mixed strategies of the literature; members join the nearest head.

    References
    ----------
    G. Koltsidas, F.-N. Pavlidou: A game theoretical approach to clustering of ad-hoc and sensor
    networks. Telecommunication Systems 47, 2011. D. Xie, Q. Sun, Q. Zhou, Y. Qiu, X. Yuan: An
    efficient clustering protocol for wireless sensor networks based on localized game theoretical
    approach. International Journal of Distributed Sensor Networks 9(8), 2013.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 9], [90, 0], [90, 9]], base_station=[45, 150], field=[100, 10],
    ...     energy=[0.02, 0.04, 0.04, 0.02],
    ... )
    >>> GameSolver().solve(net).solution.parent[0].tolist()
    [1, -1, -1, 2]
    """

    radius: float = parameter(40.0, "reach of a head in metres", low=0.0, high=1e8)

    name: ClassVar[str] = "game"
    summary: ClassVar[str] = "heads by best responses in a game of volunteers"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Respond each round."""
        from netroute.solvers.wsn._kernels.volunteers import Dilemma, respond_rounds

        batch, n = field.x.shape
        game = Dilemma(
            radius2=self.radius * self.radius,
            order=np.tile(np.arange(n, dtype=np.uint32), (batch, 1)),
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            respond_rounds(field, run, log, rounds, game)

        return step
