"""Which bound an instance gets when nobody asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netroute.problems.geometry import Metric

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

ARCS_SIZE = 3_000
"""Nodes with asymmetric distances up to which a bound starts by itself: 300 MB."""

MATRIX_SIZE = 10_000
"""Nodes with a matrix, or a metric that needs one, up to which it does: 400 to 800 MB."""


def default_bound(instance: TspInstance) -> str:
    """Return ``held-karp``, or ``none`` where it would take too much memory.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> default_bound(TspInstance(coordinates=[[0, 0], [1, 0], [2, 3]]))
    'held-karp'
    """
    if not instance.symmetric:
        return "held-karp" if instance.size <= ARCS_SIZE else "none"
    points = instance.coordinates
    plane = instance.metric in (Metric.EUCLIDEAN, Metric.MANHATTAN)
    if points is not None and points.shape[1] == 2 and plane:
        return "held-karp"
    return "held-karp" if instance.size <= MATRIX_SIZE else "none"
