"""EDEEC: DEEC for three tiers of energy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from netroute.solvers.wsn.deec import DeecSolver


@dataclass(frozen=True, kw_only=True)
class EdeecSolver(DeecSolver):
    """`DeecSolver` under the name that it has for normal, advanced and super nodes.

    Published with a formula for each of the three tiers. Since each of them is p times a node's
    first energy over the mean one, times residual over average energy, all three are cases of the
    multi-level form, and both names do the same here.

    References
    ----------
    P. Saini, A. K. Sharma: E-DEEC: enhanced distributed energy efficient clustering scheme for
    heterogeneous WSN. PDGC 2010.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[i, i] for i in range(9)], base_station=[5, 60], field=[10, 10],
    ...     energy=[0.01] * 6 + [0.02] * 2 + [0.04],
    ... )
    >>> EdeecSolver().solve(net).objective == DeecSolver().solve(net).objective
    True
    """

    name: ClassVar[str] = "edeec"
    summary: ClassVar[str] = "DEEC for three tiers of energy (E-DEEC)"
