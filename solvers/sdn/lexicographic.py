"""The lexicographic objective as a sequence of objectives, each kept as a row for those after it.

One objective for all would need weights beyond what floating point holds apart: 8 classes of 250
flows take 251^7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from netroute.core.result import relative_gap
from netroute.problems.sdn import SdnSolution
from netroute.solvers.sdn.completion import completed

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance


class Stage(NamedTuple):
    """One objective of several.

    Attributes
    ----------
    priority : int or None
        Class whose admitted flows count; None for the weights of the instance.
    weights : ndarray of float64, shape (F,)
    """

    priority: int | None
    weights: np.ndarray


def stages_of(instance: SdnInstance) -> list[Stage]:
    """Return the objectives of an instance: one, or one for each class in use, highest first.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5], source=[0, 0], target=[1, 1],
    ...     bandwidth=[3, 4], priority=[2, 1], objective="lexicographic",
    ... )
    >>> [(stage.priority, stage.weights.tolist()) for stage in stages_of(net)]
    [(2, [1.0, 0.0]), (1, [0.0, 1.0])]
    """
    if instance.objective != "lexicographic":
        return [Stage(None, instance.weights())]
    classes = np.unique(instance.priority)[::-1].tolist()
    return [Stage(c, np.asarray(instance.priority == c, np.float64)) for c in classes]


def filled(instance: SdnInstance, plan: SdnSolution, stage: Stage) -> SdnSolution:
    """Return a plan with its flows of a stage's class and above, and what else there is room for.

    Classes below have their turn anew, the highest first and within it the thinnest flows; without
    classes all flows of the plan are kept.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance, SdnSolution
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[8], objective="lexicographic",
    ...     source=[0] * 4, target=[1] * 4, bandwidth=[3, 5, 4, 2], priority=[3, 1, 2, 2],
    ... )
    >>> plan = SdnSolution.of(4, {0: [0], 1: [0]})
    >>> filled(net, plan, stages_of(net)[0]).admitted.tolist()
    [True, False, False, True]
    """
    if stage.priority is None:
        return completed(instance, plan)
    kept = np.flatnonzero(plan.admitted & (instance.priority >= stage.priority)).tolist()
    backups = None if plan.backup_start is None else {f: plan.backup(f).tolist() for f in kept}
    trimmed = SdnSolution.of(
        instance.size, {f: plan.path(f).tolist() for f in kept}, backups=backups
    )
    return completed(instance, trimmed)


def stage_report(stage: Stage, value: float, bound: float | None) -> dict[str, Any]:
    """Return the figures of a class for ``metrics["stages"]``.

    The bound of a class holds for plans that admit as many flows of the classes above.
    """
    whole = None if bound is None else int(bound)
    return {
        "priority": stage.priority,
        "admitted": int(value),
        "bound": whole,
        "gap": relative_gap(value, bound),
    }
