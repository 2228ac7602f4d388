"""Clusters by k-means, heads by place and residual energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.protocol import ProtocolSolver, require_heads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.clusters import Clusters
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class KMeansSolver(ProtocolSolver):
    """In each cluster the node nearest to the centre leads, of those with at least mean energy.

    Clusters are made anew after each death, from centres drawn with probabilities that follow the
    squared distance to the nearest centre. Decided here: the mean is that of the cluster, and
    members stay in their cluster even if another head is nearer.

    References
    ----------
    S. P. Lloyd: Least squares quantization in PCM. IEEE Transactions on Information Theory 28(2),
    1982. D. Arthur, S. Vassilvitskii: k-means++: the advantages of careful seeding. SODA 2007.
    A. Ray, D. De: Energy efficient clustering protocol based on K-means (EECPK-means)-midpoint
    algorithm for enhanced network lifetime in wireless sensor network. IET Wireless Sensor Systems
    6(6), 2016.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 50
    >>> net = WsnInstance(position=spots, base_station=[25, 150], energy=0.05, field=[50, 50])
    >>> int(KMeansSolver(heads=2).solve(net).solution.head[0].sum())
    2
    """

    heads: int = parameter(5, "clusters", low=1, high=2**31 - 1)

    name: ClassVar[str] = "k-means"
    summary: ClassVar[str] = "k-means clusters, led near their centres by nodes with energy left"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Choose heads each round, clusters after each death."""
        from netroute.solvers.wsn._kernels.clusters import cluster_rounds

        require_heads(self, self.heads, field)
        clusters = clusters_of(field, self.heads)

        def step(run: Run, log: Log, rounds: int) -> None:
            cluster_rounds(field, run, log, rounds, clusters)

        return step


def clusters_of(field: Field, count: int) -> Clusters:
    """Return room for clusters of every field; all nodes are in the first one."""
    from netroute.solvers.wsn._kernels.clusters import Clusters

    batch, n = field.x.shape
    return Clusters(
        of=np.zeros((batch, n), np.int32),
        centre=np.zeros((batch, count, 2)),
        alive=np.zeros(batch, np.int64),
        size=np.zeros(count, np.int64),
        level=np.zeros(count),
        head=np.zeros(count, np.int64),
        near=np.zeros(n),
    )
