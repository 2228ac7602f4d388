"""The node with the most energy left leads its sub-cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import parameter
from netroute.solvers.wsn.k_means import clusters_of
from netroute.solvers.wsn.protocol import ProtocolSolver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.problems.wsn import WsnInstance
    from netroute.solvers.wsn._kernels.world import Field, Log, Run
    from netroute.solvers.wsn.protocol import Step


@dataclass(frozen=True, kw_only=True)
class MaxResidualSolver(ProtocolSolver):
    """The field is divided step by step; in each sub-cluster the node with most energy leads.

    This is the idea that the abstract of the source gives: clustering in several steps, and the
    node with the highest charge of a sub-cluster as the intermediary, which spends energy evenly.
    Decided here, where the abstract leaves it open: a cluster is halved at the median of its wider
    side until it has at most ``size`` nodes; sub-clusters last for the whole life; of nodes with
    equal energy the first one leads.

    References
    ----------
    Game-theoretic and reinforcement learning-based cluster head selection for energy-efficient
    wireless sensor network. arXiv:2508.12707, 2025 (the idea; none of its figures is claimed).

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 9], [90, 0], [90, 9]], base_station=[45, 150], field=[100, 10],
    ...     energy=[0.02, 0.04, 0.04, 0.02],
    ... )
    >>> MaxResidualSolver(size=2).solve(net).solution.parent[0].tolist()
    [1, -1, -1, 2]
    """

    size: int = parameter(25, "most nodes of a sub-cluster", low=1, high=2**31 - 1)

    name: ClassVar[str] = "max-residual"
    summary: ClassVar[str] = "the node with most energy left leads its sub-cluster"

    def stepper(self, instances: Sequence[WsnInstance], field: Field) -> Step:
        """Divide once; choose heads each round."""
        from netroute.solvers.wsn._kernels.clusters import richest_rounds

        labels = np.stack([divided(net.position, self.size) for net in instances])
        clusters = clusters_of(field, int(labels.max()) + 1)
        clusters.of[:] = labels

        def step(run: Run, log: Log, rounds: int) -> None:
            richest_rounds(field, run, log, rounds, clusters)

        return step


def divided(position: np.ndarray, size: int) -> np.ndarray:
    """Halve nodes at the median of their wider side until parts have at most ``size``.

    Examples
    --------
    >>> divided(np.array([[0.0, 0.0], [5.0, 0.0], [9.0, 0.0], [7.0, 3.0]]), 2).tolist()
    [0, 0, 1, 1]
    """
    labels, count = np.zeros(len(position), np.int32), 0
    parts = [np.arange(len(position))]
    while parts:
        part = parts.pop()
        if len(part) <= size:
            labels[part] = count
            count += 1
            continue
        axis = int(np.argmax(np.ptp(position[part], axis=0)))
        order = part[np.argsort(position[part, axis], kind="stable")]
        middle = len(order) // 2
        parts += [order[middle:], order[:middle]]
    return labels
