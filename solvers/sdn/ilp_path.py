"""The path formulation as a solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netroute.core.solver import parameter
from netroute.solvers.sdn.ilp import IlpSolver
from netroute.solvers.sdn.ilp_path_model import path_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn import SdnInstance
    from netroute.solvers.sdn.ilp_model import FlowModel


@dataclass(frozen=True, kw_only=True)
class IlpPathSolver(IlpSolver):
    """Solves the path formulation over a few short paths of each pair of nodes.

    Its optimum is a bound only with all paths, ``paths=0``.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0, 0, 0], target=[1, 1, 1], bandwidth=[3, 3, 2], priority=[3, 3, 1],
    ... )
    >>> result = IlpPathSolver(paths=0).solve(net)
    >>> str(result.status), result.objective
    ('optimal', 4.0)
    """

    name: ClassVar[str] = "ilp-path"
    summary: ClassVar[str] = "reference ILP that chooses among a few short paths of each flow"

    paths: int = parameter(8, "candidate paths of each pair of nodes; 0 for all", low=0)

    def model(self, instance: SdnInstance, stop: Callable[[], bool]) -> FlowModel | None:
        """Build the path formulation."""
        return path_model(instance, self.paths, stop=stop)
