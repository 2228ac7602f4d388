"""Spraying that knows the rates of all links: the relaxation itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.errors import NetrouteError
from netroute.problems.collective import CollectiveSolution
from netroute.problems.collective.instance import FEATURES
from netroute.solvers.collective.base import CollectiveSolver
from netroute.solvers.collective.rounding import shares
from netroute.solvers.collective.spray_lp import require_within_reach, spray

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.collective import CollectiveInstance

UNIT = 2**20
"""Parts of a flow to which shares are rounded."""


@dataclass(frozen=True, kw_only=True)
class WeightedSpraySolver(CollectiveSolver):
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
    kind: ClassVar = "baseline"
    supports: ClassVar[frozenset[str]] = FEATURES

    def search(
        self,
        instance: CollectiveInstance,
        recorder: Recorder,
        *,
        seed: int,
        start: CollectiveSolution | None,
    ) -> None:
        """Solve the relaxation of all phases within the time that is left."""
        self.require_any_pieces(instance)
        require_within_reach(instance, self.name)
        self.offer_start(instance, recorder, start)
        recorder.phase("relaxation")
        found = []
        for phase in instance.phases:
            left = recorder.clock.remaining()
            if left <= 0.0:
                recorder.stop()
                return
            divided = spray(instance, phase, seconds=left if math.isfinite(left) else None)
            if divided is None:
                if recorder.stop():
                    return
                raise NetrouteError(
                    f"HiGHS found no optimum of the relaxation of instance {instance.name!r}"
                )
            found.append(shares(instance.fabric, phase, divided, UNIT))
        self.offer(instance, recorder, CollectiveSolution.of(found))
        recorder.stop(1)
