"""Distances of many routing problems of one size, in the form that kernels read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.envs._kernels.legs import Places, Tables
from netroute.problems.geometry import Metric, Rounding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Legs", "Places", "Tables", "fields_of", "into_square", "joined", "measurable"]
__all__ += ["places", "put", "tables"]

Legs = Places | Tables
"""Distances of B problems: measured from coordinates where kernels can, out of tables else."""

_METRICS = (Metric.EUCLIDEAN, Metric.MANHATTAN)
_ROUNDINGS = (Rounding.EXACT, Rounding.NEAREST, Rounding.UP, Rounding.DOWN, Rounding.DIMACS)


def places(
    coordinates: np.ndarray,
    *,
    metric: Metric = Metric.EUCLIDEAN,
    rounding: Rounding = Rounding.EXACT,
) -> Places:
    """Return distances that are measured from coordinates when they are needed.

    Parameters
    ----------
    coordinates : ndarray of float64, shape (B, n, 2)
    metric, rounding : Metric, Rounding
        Of all problems; see `measurable`.

    Examples
    --------
    >>> places(np.zeros((3, 5, 2))).code.shape
    (3, 2)
    """
    code = np.empty((len(coordinates), 2), np.int64)
    code[:] = _METRICS.index(metric), _ROUNDINGS.index(rounding)
    return Places(points=np.array(coordinates, np.float64, order="C"), code=code)


def measurable(coordinates: np.ndarray | None, matrix: np.ndarray | None, metric: Metric) -> bool:
    """Whether kernels can measure these distances: no matrix, a plane, and a simple metric."""
    plane = coordinates is not None and coordinates.shape[-1] == 2
    return matrix is None and plane and metric in _METRICS


def tables(matrices: Sequence[np.ndarray] | np.ndarray) -> Tables:
    """Return explicit distances of several problems, copied."""
    return Tables(values=np.array(matrices, np.float64, order="C", ndmin=3))


def joined(parts: Iterable[Places]) -> Places:
    """Return the distances of several problems in one batch."""
    return Places(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def put(legs: Legs, b: int, other: Legs) -> None:
    """Copy the only problem of ``other`` over problem ``b``."""
    for values, new in zip(legs, other, strict=True):
        values[b] = new[0]


def fields_of(legs: Legs, b: int) -> dict[str, Any]:
    """Return the distances of problem ``b`` as fields of an instance.

    Examples
    --------
    >>> fields_of(tables(np.zeros((1, 2, 2))), 0)["distances"].shape
    (2, 2)
    """
    if isinstance(legs, Tables):
        return {"distances": legs.values[b]}
    metric, rounding = legs.code[b].tolist()
    names = {"metric": _METRICS[metric], "rounding": _ROUNDINGS[rounding]}
    return {"coordinates": legs.points[b], **names}


def into_square(points: np.ndarray) -> np.ndarray:
    """Scale points alike in all directions such that they fit into the unit square.

    Parameters
    ----------
    points : ndarray, shape (..., n, d)

    Returns
    -------
    ndarray of float32, shape (..., n, d)
        From 0 to 1; the longest side of the box around the points becomes 1.

    Examples
    --------
    >>> into_square(np.array([[10.0, 10.0], [20.0, 10.0], [10.0, 15.0]])).tolist()
    [[0.0, 0.0], [1.0, 0.0], [0.0, 0.5]]
    """
    low = points.min(axis=-2, keepdims=True)
    extent = (points.max(axis=-2, keepdims=True) - low).max(axis=-1, keepdims=True)
    scaled: np.ndarray = (points - low) / np.where(extent > 0.0, extent, 1.0)
    return scaled.astype(np.float32)
