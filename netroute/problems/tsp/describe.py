"""Figures of an instance and of a tour, for people and programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.problems.geometry import convention
from netroute.problems.tsp.instance import NEGATIVE

if TYPE_CHECKING:
    from netroute.problems.tsp.instance import TspInstance


def describe(instance: TspInstance) -> dict[str, Any]:
    """Size, costs, features and extent of an instance, as plain data.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> figures = describe(TspInstance(coordinates=[[0, 0], [3, 4], [6, 8]]))
    >>> figures["brief"], figures["costs"]
    ('3 nodes', 'euclidean distances, not rounded')
    """
    matrix = instance.matrix
    if matrix is None:
        costs = convention(instance.metric, instance.rounding)
    else:
        kind = "symmetric" if instance.symmetric else "asymmetric"
        costs = f"explicit {kind} distance matrix"
        if NEGATIVE in instance.features():
            costs += ", some distances negative"
    figures: dict[str, Any] = {
        "brief": f"{instance.size} nodes",
        "costs": costs,
        "features": sorted(instance.features()),
    }
    if len(instance.fixed_edges):
        figures["fixed_edges"] = len(instance.fixed_edges)
    if matrix is not None:
        figures["distances"] = [float(matrix.min()), float(matrix.max())]
    points = instance.coordinates if instance.coordinates is not None else instance.display
    if points is not None:
        low, high = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        figures["extent"] = {axis: [a, b] for axis, a, b in zip("xyz", low, high, strict=False)}
    return figures


def summary(metrics: dict[str, Any]) -> dict[str, str]:
    """Say of a tour what people want to know first, from the checker's metrics.

    Examples
    --------
    >>> summary({"longest_edge": 5.0})
    {'longest edge': '5'}
    """
    longest = metrics.get("longest_edge")
    return {} if longest is None else {"longest edge": f"{longest:.6g}"}
