"""The independent checker of schedules: it plays them through and says what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.wsn.replay import replay

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance
    from netroute.problems.wsn.replay import Replay
    from netroute.problems.wsn.solution import WsnSolution


def check(instance: WsnInstance, solution: WsnSolution) -> Evaluation:
    """Replay a schedule by the rules of `netroute.problems.wsn.replay`.

    Parameters
    ----------
    instance : WsnInstance
        The field.
    solution : WsnSolution
        Any schedule, also a broken one.

    Returns
    -------
    Evaluation
        The objective is the number of full rounds. Violation codes are ``nodes.number``,
        ``node.dead``, ``node.silent``, ``node.parent``, ``node.loop``, ``head.parent`` and
        ``head.children``. Metrics: ``fnd``, ``hnd``, ``lnd``, rounds until the first, half of and
        all nodes are dead (None if the schedule ends before); ``stability`` and ``instability``,
        the rounds until the first death and from there to the last one; ``rounds``,
        ``silent_rounds``; ``packets_to_base``, ``node_rounds`` (reports of nodes) and
        ``mean_heads`` (in rounds with any report); ``residual``, joules left in all; ``series``,
        by round the nodes alive, the variance and the Gini coefficient of what they have left.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance, WsnSolution
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 10]], base_station=[0, 0], energy=0.5, field=[10, 10]
    ... )
    >>> verdict = check(net, WsnSolution([[-1, -1]], [[False, False]], [2451]))
    >>> verdict.objective, verdict.metrics["fnd"], verdict.metrics["lnd"]
    (2450.0, 2450, None)
    """
    found = solution.parent.shape[1]
    if found != instance.size:
        message = f"found a schedule of {found} nodes, expected {instance.size}"
        return Evaluation(0.0, False, (Violation("nodes.number", message, 1.0),))
    played = replay(instance, solution)
    return Evaluation(
        objective=float(played.full),
        feasible=not played.violations,
        violations=played.violations,
        metrics=_metrics(instance, solution, played),
    )


def _metrics(instance: WsnInstance, solution: WsnSolution, played: Replay) -> dict[str, Any]:
    lives = np.sort(played.life[played.life >= 0]).tolist()
    n = instance.size
    fnd, hnd, lnd = (
        lives[rank - 1] if len(lives) >= rank else None for rank in (1, (n + 1) // 2, n)
    )
    talking = played.rounds - played.silent
    return {
        "fnd": fnd,
        "hnd": hnd,
        "lnd": lnd,
        "stability": played.rounds if fnd is None else fnd,
        "instability": None if fnd is None or lnd is None else lnd - fnd,
        "rounds": played.rounds,
        "silent_rounds": played.silent,
        "packets_to_base": played.to_base,
        "node_rounds": played.reports,
        "mean_heads": played.heads / talking if talking else 0.0,
        "residual": float(played.residual.sum()),
        "series": played.series,
    }
