"""SEP: LEACH in which nodes with more energy lead more often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.solvers.wsn.leach import LeachSolver

if TYPE_CHECKING:
    from netroute.solvers.wsn._kernels.world import Field


@dataclass(frozen=True, kw_only=True)
class SepSolver(LeachSolver):
    """As `LeachSolver`, but a node leads in proportion to the energy that it had at the start.

    Published for two tiers, where a share m of the nodes has 1 + a times the energy of the others,
    with p / (1 + a m) and p (1 + a) / (1 + a m). Decided here: any energies, by p times a node's
    energy over the mean one, which for two tiers is the same.

    References
    ----------
    G. Smaragdakis, I. Matta, A. Bestavros: SEP: a stable election protocol for clustered
    heterogeneous wireless sensor networks. SANPA 2004.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> spots = np.random.default_rng(0).random((20, 2)) * 100
    >>> net = WsnInstance(
    ...     position=spots, base_station=[50, 50], energy=[0.1] * 4 + [0.05] * 16, field=[100, 100]
    ... )
    >>> SepSolver().solve(net, seed=1).metrics["lnd"] > 200
    True
    """

    name: ClassVar[str] = "sep"
    summary: ClassVar[str] = "LEACH in which nodes with more energy lead more often (SEP)"

    def shares(self, field: Field) -> np.ndarray:
        """Weigh by first energies."""
        weight = field.energy / field.energy.mean(axis=1, keepdims=True)
        return np.asarray(np.minimum(self.share * weight, 1.0))
