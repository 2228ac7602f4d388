"""The Held-Karp bound, by subgradient ascent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from netroute.core.bound import BoundMethod, Certificate
from netroute.solvers.tsp.bound.ascent import Ascent
from netroute.solvers.tsp.bound.assignment import assignment_duals
from netroute.solvers.tsp.bound.relaxation import Relaxation

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.tsp import TspInstance

STEPS, LARGE_STEPS, LARGE = 200, 100, 20_000
"""Steps of the first phase, and from so many nodes on; each phase has twice those of the last."""

FIRST, LAST, SHRINK = 2.0, 0.01, 0.5
"""First step in gaps a node, the last one of a phase in first ones, next phase to this one."""

GAP = 0.5
"""Relative gap that is assumed where no tour is known."""

PROGRESS = 1e-6
"""Relative improvement by a phase below which the next one is the last."""


class HeldKarpBound(BoundMethod):
    """Shortest one-trees at ever better multipliers; 0.7 % below the optimum on uniform nodes.

    Each phase ends with a proof over all edges, whose time grows with the square of the nodes.
    Where distances are asymmetric it begins at the duals of the assignment problem.

    Source: M. Held, R. Karp, The traveling-salesman problem and minimum spanning trees: part II
    (Mathematical Programming 1971).
    """

    name: ClassVar[str] = "held-karp"
    summary: ClassVar[str] = "one-trees at the best multipliers; for every size"

    def run(
        self,
        instance: TspInstance,
        *,
        report: Callable[[Certificate], None],
        stop: Callable[[], bool],
        incumbent: Callable[[], tuple[float, Any] | None],
    ) -> None:
        """Improve the multipliers until that is of no more use or ``stop()``."""
        if len(instance.fixed_edges) >= instance.size:
            return  # the only tour is given, no tree
        known = incumbent()
        upper = None if known is None else known[0]
        improve(instance, report=report, stop=stop, upper=upper)


def improve(
    instance: TspInstance,
    *,
    report: Callable[[Certificate], None],
    stop: Callable[[], bool],
    upper: float | None = None,
    phases: int | None = None,
) -> np.ndarray | None:
    """Report ever better certificates; return the best multipliers, None when stopped before any.

    Parameters
    ----------
    upper : float, optional
        Length of a tour, from which the first step is made.
    phases : int, optional
        How many at most.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [9, 0], [0, 9], [3, 3]]
    >>> found = []
    >>> instance = TspInstance(coordinates=points, rounding="nearest")
    >>> multipliers = improve(instance, report=found.append, stop=lambda: False)
    >>> found[-1].value
    32.0
    """
    relaxation = Relaxation(instance)
    price = np.zeros(relaxation.size)
    if not instance.symmetric:
        price = -assignment_duals(instance, stop)
    if stop():
        return None
    ascent = Ascent(relaxation, price)
    ascent.climb(1, 1.0, 1.0, stop)
    known = -math.inf
    # The first multipliers are worth little, and a proof takes long for many nodes.
    first_proof = ascent.prove(stop) if relaxation.size < LARGE else None
    if first_proof is not None:
        known = first_proof.value
        report(first_proof)
    least = ascent.value if math.isfinite(ascent.value) else 0.0
    gap = upper - least if upper is not None else GAP * abs(least)
    first = FIRST * max(gap, 1e-6 * abs(least)) / relaxation.size or 1.0
    steps = STEPS if relaxation.size < LARGE else LARGE_STEPS
    slow, phase = False, 0
    while not (stop() or ascent.tour) and (phases is None or phase < phases):
        ascent.climb(steps, first, LAST * first, stop)
        certificate = ascent.prove(stop)
        if certificate is None:
            break
        gained = certificate.value - known
        if gained > 0.0:
            known = certificate.value
            report(certificate)
        little = gained <= PROGRESS * abs(known)
        if little and slow:
            break
        slow, phase, steps, first = little, phase + 1, 2 * steps, SHRINK * first
    return ascent.proven if math.isfinite(known) else None
