"""The arc formulation as a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.solvers.sdn.ilp import IlpSolver
from netroute.solvers.sdn.ilp_arc_model import arc_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.ilp_model import FlowModel


@dataclass(frozen=True, kw_only=True)
class IlpArcSolver(IlpSolver):
    """Solves the arc formulation, which proves small instances optimal.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[3, 3, 2], priority=[3, 3, 1],
    ... )
    >>> result = IlpArcSolver().solve(net)
    >>> str(result.status), result.objective
    ('optimal', 4.0)
    """

    name: ClassVar[str] = "ilp-arc"
    summary: ClassVar[str] = "reference ILP with a variable for each flow and arc; small instances"

    def model(self, instance: SdnInstance, stop: Callable[[], bool]) -> FlowModel | None:
        """Build the arc formulation."""
        return arc_model(instance, stop=stop)
