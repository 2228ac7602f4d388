"""The independent checker of tours: plain NumPy on the instance's own fields.

It shares no code with any solver. A tour visits every node exactly once and returns to its first
one; each fixed edge is part of it, in its direction where distances are asymmetric. The objective
is the sum of the distances, rounded once at the end.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.evaluation import Evaluation, Violation
from netroute.problems.geometry import measure

if TYPE_CHECKING:
    from netroute.problems.tsp.instance import TspInstance
    from netroute.problems.tsp.solution import TspSolution


def check(instance: TspInstance, solution: TspSolution) -> Evaluation:
    """Recompute objective, feasibility and figures of a tour.

    Parameters
    ----------
    instance : TspInstance
        The problem.
    solution : TspSolution
        Any order of nodes. Unknown nodes are left out of the length.

    Returns
    -------
    Evaluation
        Violation codes are ``node.missing``, ``node.doubled``, ``node.unknown`` and ``edge.fixed``.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance, TspSolution
    >>> instance = TspInstance(coordinates=[[0, 0], [3, 4], [6, 8]])
    >>> check(instance, TspSolution.of([0, 1, 2])).objective
    20.0
    >>> [v.message for v in check(instance, TspSolution.of([0, 1, 1])).violations]
    ['node 1 is visited 2 times', 'node 2 is not visited']
    """
    n = instance.size
    tour = solution.tour.astype(np.int64)
    known = tour[tour < n]
    visits = np.bincount(known, minlength=n)
    found = [
        Violation("node.unknown", f"node {node} is unknown, expected 0 to {n - 1}")
        for node in np.unique(tour[tour >= n]).tolist()
    ]
    for node in np.flatnonzero(visits > 1).tolist():
        times = int(visits[node])
        message = f"node {node} is visited {times} times"
        found.append(Violation("node.doubled", message, float(times - 1)))
    found += [
        Violation("node.missing", f"node {node} is not visited")
        for node in np.flatnonzero(visits == 0).tolist()
    ]
    following = np.roll(known, -1)
    steps = set(zip(known.tolist(), following.tolist(), strict=True))
    for a, b in instance.fixed_edges.tolist():
        back = instance.symmetric and (b, a) in steps
        if (a, b) not in steps and not back:
            found.append(Violation("edge.fixed", f"the tour lacks the fixed edge from {a} to {b}"))
    lengths = _lengths(instance, known, following)
    return Evaluation(
        objective=math.fsum(lengths.tolist()),
        feasible=not found,
        violations=tuple(found),
        metrics={
            "nodes": len(known),
            "shortest_edge": float(lengths.min(initial=np.inf)) if len(known) else None,
            "longest_edge": float(lengths.max(initial=-np.inf)) if len(known) else None,
        },
    )


def _lengths(instance: TspInstance, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    if instance.matrix is not None:
        found: np.ndarray = instance.matrix[here, there]
        return found
    points = instance.coordinates
    if points is None:
        return np.zeros(0)
    return measure(points[here], points[there], instance.metric, instance.rounding)
