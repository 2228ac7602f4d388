"""CHEF: heads by fuzzy logic."""

from __future__ import annotations

import math
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

CANDIDATES = 3.0
"""Candidates for each head that is wanted."""


@dataclass(frozen=True, kw_only=True)
class ChefSolver(ProtocolSolver):
    """Random candidates lead who have the best chance within a radius.

    The chance follows from nine fuzzy rules on residual energy and on the sum of distances to the
    nodes within the radius: much energy and little distance are good. The radius is that of a
    cluster if ``share`` of the nodes lead. Decided here: triangles for low, medium and high;
    evenly spaced outcomes, averaged by the strength of their rules in place of the centre of an
    area; energy and distance over their largest values at the start; three candidates for each head
    that is wanted; of the same chance the first node leads.

    References
    ----------
    J.-M. Kim, S.-H. Park, Y.-J. Han, T.-M. Chung: CHEF: cluster head election mechanism using fuzzy
    logic in wireless sensor networks. ICACT 2008.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.05, field=[50, 50])
    >>> ChefSolver().solve(net).metrics["mean_heads"] < 2.0
    True
    """

    share: float = parameter(0.05, "share of nodes that are to lead", low=1e-6, high=1.0)

    name: ClassVar[str] = "chef"
    summary: ClassVar[str] = "candidates with the best fuzzy chance around lead (CHEF)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Elect among random candidates."""
        from netroute.solvers.wsn._kernels.fuzzy import Fuzzy, compete

        n = field.x.shape[1]
        area = float(np.mean([net.field.prod() for net in instances]))
        around = around_of(field, math.sqrt(area / (math.pi * max(1.0, n * self.share))))
        fuzzy = Fuzzy(
            who=np.zeros(n, np.uint32),
            chance=np.zeros(n),
            widest=around.total.max(axis=1),
            share=min(1.0, CANDIDATES * self.share),
        )

        def step(run: Run, log: Log, rounds: int) -> None:
            compete(field, run, log, rounds, around, fuzzy)

        return step
