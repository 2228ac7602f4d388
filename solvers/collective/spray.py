"""Ideal packet spraying, and Ethereal's splits that load every link alike."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.collective.paths import even_shares, path_table
from netroute.solvers.collective.placing import PlacingSolver

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance, Placement
    from netroute.problems.collective.phase import Phase


@dataclass(frozen=True, kw_only=True)
class SpraySolver(PlacingSolver):
    """Spreads every flow evenly over all its paths that are up, whatever their rates are.

    The pieces that are reported are the fewest that load the links so; packets are far more.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> instance = CollectiveInstance(
    ...     fabric=Fabric.leaf_spine(4, 5, hosts_per_leaf=2), extra_pieces=None,
    ...     jobs=[Job(pattern="all-to-all", hosts=range(8))],
    ... )
    >>> SpraySolver().solve(instance).metrics["fabric"]
    2.4
    """

    name: ClassVar[str] = "spray"
    summary: ClassVar[str] = "ideal packet spraying, even and blind to rates"
    splits: ClassVar[bool] = True

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Divide evenly."""
        paths = path_table(instance.fabric, phase).sum(axis=(1, 2))
        rest = phase.count % paths
        cut = np.where(rest > 0, rest + paths - np.gcd(rest, paths), 0)
        return even_shares(instance.fabric, phase, pieces=int((phase.count - rest + cut).sum()))


@dataclass(frozen=True, kw_only=True)
class SplittingSolver(PlacingSolver):
    """Loads links as even spraying does, with whole flows as far as they go.

    Each host looks at its flows to one leaf: of F flows and s paths, ``F - F mod s`` go whole and
    in turns; the remaining ones are cut.
    """

    splits: ClassVar[bool] = True

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Divide evenly and count the pieces."""
        groups = phase.groups(instance.fabric)
        paths = path_table(instance.fabric, phase).sum(axis=(1, 2))[groups.row]
        rest = groups.flows % paths
        cut = np.where(rest > 0, self.cut(rest, paths), 0)
        pieces = int(((groups.flows - rest + cut) * groups.number).sum())
        return even_shares(instance.fabric, phase, pieces=pieces)

    @abstractmethod
    def cut(self, rest: np.ndarray, paths: np.ndarray) -> np.ndarray:
        """Return into how many pieces ``rest`` flows are cut in all for so many paths."""


@dataclass(frozen=True, kw_only=True)
class EtherealSolver(SplittingSolver):
    """Ethereal as published: each remaining flow in ``s / gcd(r, s)`` equal pieces.

    References
    ----------
    V. Addanki, P. Goyal, I. Marinos, S. Schmid: Ethereal: divide and conquer network load balancing
    in large-scale distributed training. arXiv:2407.00550v2, 2025.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 32, hosts_per_leaf=31)
    >>> flows = [(0, 0, 31 + t, 1) for t in range(31)]
    >>> instance = CollectiveInstance(fabric=fabric, flows=flows, extra_pieces=None)
    >>> EtherealSolver().solve(instance).metrics["pieces"]
    992
    >>> EtherealMinSolver().solve(instance).metrics["pieces"]
    62
    """

    name: ClassVar[str] = "ethereal"
    summary: ClassVar[str] = "even load by cutting what is left over into equal pieces"

    def cut(self, rest: np.ndarray, paths: np.ndarray) -> np.ndarray:
        """Return r s / gcd(r, s)."""
        return np.asarray(rest * (paths // np.gcd(rest, paths)))


@dataclass(frozen=True, kw_only=True)
class EtherealMinSolver(SplittingSolver):
    """As Ethereal, but what is left over is laid end to end and cut: the fewest pieces."""

    name: ClassVar[str] = "ethereal-min"
    summary: ClassVar[str] = "even load by cutting what is left over into the fewest pieces"

    def cut(self, rest: np.ndarray, paths: np.ndarray) -> np.ndarray:
        """Return r + s - gcd(r, s)."""
        return np.asarray(rest + paths - np.gcd(rest, paths))
