"""PEGASIS: reports are fused along one chain of all nodes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.solvers.wsn.protocol import ProtocolSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class PegasisSolver(ProtocolSolver):
    """Each node fuses its report into that of its neighbour, up to a leader that changes.

    The chain begins with the node that is farthest from the base station and goes on to the nearest
    node left. In round r the leader is the node at place r, modulo its length. After a death the
    chain is made anew. Decided here: no node is kept from leading for its distance to its
    neighbours, and no token costs anything. Only for instances whose routing is ``tree``.

    References
    ----------
    S. Lindsey, C. S. Raghavendra: PEGASIS: power-efficient gathering in sensor information systems.
    IEEE Aerospace Conference 2002.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10], [0, 25]], base_station=[0, -50], energy=0.001,
    ...     field=[10, 30], routing="tree",
    ... )
    >>> PegasisSolver().solve(net).solution.parent[0].tolist()
    [1, 2, -1]
    """

    spread: float = parameter(
        2.0, "longest link of a leader, in mean links of the chain", low=1.0, high=math.inf
    )

    name: ClassVar[str] = "pegasis"
    summary: ClassVar[str] = "reports are fused along one chain of all nodes (PEGASIS)"

    def require_support(self, instance: WsnInstance) -> None:
        """Raise `UnsupportedError` unless nodes may report over others."""
        super().require_support(instance)
        if instance.routing != "tree":
            raise UnsupportedError(
                f"solver {self.name!r} needs the routing 'tree', found {instance.routing!r} "
                f"(instance {instance.name!r})"
            )

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Make a chain and pass reports along it."""
        from netroute.solvers.wsn._kernels.chain import Chain, gather

        chain = Chain(
            order=np.zeros(field.x.shape, np.uint32),
            length=np.zeros(len(field.x), np.int64),
            leads=np.zeros(field.x.shape, np.uint32),
            leaders=np.zeros(len(field.x), np.int64),
            spread=self.spread,
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            gather(field, run, log, rounds, chain)

        return step
