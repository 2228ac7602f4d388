"""What all solvers of flow admission have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.solver import Solver
from netroute.problems.sdn.check import check

if TYPE_CHECKING:
    from netroute.core.evaluation import Evaluation
    from netroute.core.recorder import Recorder
    from netroute.problems.sdn import SdnInstance, SdnSolution


@dataclass(frozen=True, kw_only=True)
class SdnSolver(Solver):
    """A solver whose answers the flow admission checker judges; the objective is maximised."""

    sense: ClassVar = "max"

    def evaluate(self, instance: SdnInstance, solution: SdnSolution) -> Evaluation:
        """Check a solution independently of the kernels."""
        return check(instance, solution)

    def offer_start(
        self, instance: SdnInstance, recorder: Recorder, start: SdnSolution | None
    ) -> bool:
        """Record a caller's start if it is feasible; return whether it was."""
        if start is None or not self.evaluate(instance, start).feasible:
            return False
        offer(instance, recorder, start)
        return True


def offer(instance: SdnInstance, recorder: Recorder, solution: SdnSolution) -> bool:
    """Record a feasible plan with its rank; return whether it is the best so far."""
    ranked = rank(instance, solution)
    admitted = int(solution.admitted.sum())
    return recorder.incumbent(ranked[0], solution, rank=ranked, admitted=admitted)


def rank(instance: SdnInstance, solution: SdnSolution) -> tuple[float, ...]:
    """Order plans: by objective, then by least bandwidth times delay; larger is better.

    With the lexicographic objective the admitted flows of each class count, highest class first.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5], delay=[2.0],
    ...     source=[0], target=[1], bandwidth=[3], priority=[2],
    ... )
    >>> rank(net, SdnSolution.of(1, {0: [0]}))
    (2.0, -6.0)
    """
    admitted = solution.admitted
    arcs = solution.arcs
    flow = np.repeat(np.arange(len(admitted)), np.diff(solution.start))
    spent = float((instance.bandwidth[flow] * instance.delay[arcs]).sum())
    if solution.backup_start is not None and solution.backup_arcs is not None:
        flow = np.repeat(np.arange(len(admitted)), np.diff(solution.backup_start))
        spent += float((instance.bandwidth[flow] * instance.delay[solution.backup_arcs]).sum())
    if instance.objective == "lexicographic":
        classes = np.unique(instance.priority)[::-1]
        count = np.bincount(instance.priority[admitted], minlength=instance.priorities + 1)
        return (*(float(count[c]) for c in classes), -spent)
    return (float(instance.weights()[admitted].sum()), -spent)
