"""DEEC: LEACH in which nodes with more energy left lead more often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.wsn.sep import SepSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class DeecSolver(SepSolver):
    """As `SepSolver`, times what a node has left over what nodes are estimated to have left.

    A node that has led waits for 1 / p rounds, where p is its probability now. The estimate is that
    all energy is spent evenly over the life of the network, which follows from the radio and the
    mean distances. Decided here: the multi-level form of the paper, for any energies; the actual
    mean distance to the base station in place of that of a station amid a square; once the
    estimated life is over, which the paper leaves open, the mean of the nodes alive.

    References
    ----------
    L. Qing, Q. Zhu, M. Wang: Design of a distributed energy-efficient clustering algorithm for
    heterogeneous wireless sensor networks. Computer Communications 29, 2006.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 100
    >>> net = WsnInstance(
    ...     position=spots, base_station=[50, 50], energy=[0.1] * 4 + [0.05] * 16, field=[100, 100]
    ... )
    >>> DeecSolver().solve(net, seed=1).metrics["lnd"] > 150
    True
    """

    name: ClassVar[str] = "deec"
    summary: ClassVar[str] = "LEACH in which nodes with more energy left lead more often (DEEC)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Elect by residual energies."""
        from netroute.solvers.wsn._kernels.rotation import rotate_by_residual

        share = self.shares(field)
        to_base = np.sqrt(field.base).mean(axis=1).tolist()
        life = np.array([self._life(*pair) for pair in zip(instances, to_base, strict=True)])

        def step(run: Run, log: Log, rounds: int) -> None:
            rotate_by_residual(field, run, log, rounds, share, life)

        return step

    def _life(self, net: WsnInstance, to_base: float) -> float:
        """Estimate for how many rounds the energy of all nodes lasts."""
        heads = max(1.0, self.share * net.size)
        square = float(net.field.prod()) / (2.0 * np.pi * heads)
        radio = 2.0 * net.electronics + net.aggregation + net.free_space * square
        near = to_base < net.crossover
        far = net.free_space * to_base**2 if near else net.multipath * to_base**4
        return float(net.energy.sum()) / (net.message_bits * (net.size * radio + heads * far))
