"""LEACH: heads that elect themselves at random, in turn."""

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
class LeachSolver(ProtocolSolver):
    """Each node leads about once in an epoch of 1 / ``share`` rounds, whatever it has left.

    In round r of an epoch a node that has not led in it leads with probability p / (1 - p r); the
    others join the nearest head. Decided here: an epoch lasts 1 / p rounds, rounded, and what a
    round without heads does is the instance's convention.

    References
    ----------
    W. Heinzelman, A. Chandrakasan, H. Balakrishnan: Energy-efficient communication protocol for
    wireless microsensor networks. HICSS 2000.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 100
    >>> net = WsnInstance(
    ...     position=spots, base_station=[50, 175], energy=0.05, field=[100, 100]
    ... )
    >>> result = LeachSolver(share=0.1).solve(net, seed=1)
    >>> result.objective == result.metrics["fnd"] < result.metrics["hnd"] < result.metrics["lnd"]
    True
    """

    share: float = parameter(0.05, "mean share of nodes that lead a round", low=1e-6, high=1.0)

    name: ClassVar[str] = "leach"
    summary: ClassVar[str] = "nodes elect themselves heads at random, in turn (LEACH)"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Elect with the same probability everywhere."""
        return rotation(field, self.shares(field))

    def shares(self, field: Field) -> np.ndarray:
        """Return how often each node leads: shape (B, n)."""
        return np.full(field.x.shape, self.share)


def rotation(field: Field, share: np.ndarray) -> Step:
    """Return what plays rounds in which node i of field b leads with ``share[b, i]``."""
    from netroute.solvers.wsn._kernels.rotation import rotate

    epoch = np.rint(1.0 / share).astype(np.int64)

    def step(run: Run, log: Log, rounds: int) -> None:
        rotate(field, run, log, rounds, share, epoch)

    return step
