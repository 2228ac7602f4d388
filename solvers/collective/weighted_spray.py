"""Spraying that knows the rates of all links: the relaxation itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.errors import NetrouteError
from netroute.solvers.collective.placing import PlacingSolver
from netroute.solvers.collective.rounding import shares
from netroute.solvers.collective.spray_lp import require_within_reach, spray

if TYPE_CHECKING:
    import numpy as np

    from netroute.problems.collective import CollectiveInstance, Placement
    from netroute.problems.collective.phase import Phase

UNIT = 2**20
"""Parts of a flow to which shares are rounded."""


@dataclass(frozen=True, kw_only=True)
class WeightedSpraySolver(PlacingSolver):
    """Spreads flows by the weights that are best for all of them together.

    Shares are rounded to 2^-20 of a flow.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2, capacity=2)
    >>> fabric = fabric.replace(up=[[1, 2], [2, 2]])
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 6)], extra_pieces=None)
    >>> round(WeightedSpraySolver().solve(instance).metrics["fabric"], 4)
    2.0
    """

    name: ClassVar[str] = "weighted-spray"
    summary: ClassVar[str] = "ideal packet spraying by the best weights"
    splits: ClassVar[bool] = True

    def place(
        self, instance: CollectiveInstance, phase: Phase, rng: np.random.Generator
    ) -> Placement:
        """Solve the relaxation."""
        require_within_reach(instance, self.name)
        found = spray(instance, phase)
        if found is None:
            raise NetrouteError(
                f"HiGHS found no optimum of the relaxation of instance {instance.name!r}"
            )
        return shares(instance.fabric, phase, found, UNIT)
