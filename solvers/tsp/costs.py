"""Distances of an instance as the search kernels want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.geometry import Metric, Rounding
from netroute.solvers._kernels.distance import Matrix, Points

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

MATRIX_SIZE = 5_000
"""Up to this many nodes a matrix is used (100 MB of int32), coordinates beyond."""

MATRIX_LIMIT = 25_000
"""Largest matrix where coordinates do not do: 2.5 GB of int32."""

INT32 = 2**30
"""Integer distances below it are kept as int32: sums of two do not overflow."""

_METRIC = {Metric.EUCLIDEAN: 0, Metric.MANHATTAN: 1}
_ROUNDING = {
    Rounding.EXACT: 0,
    Rounding.NEAREST: 1,
    Rounding.UP: 2,
    Rounding.DOWN: 3,
    Rounding.DIMACS: 4,
}


def cost_source(
    instance: TspInstance, *, order: np.ndarray | None = None, matrix: bool | None = None
) -> Matrix | Points:
    """Return what `netroute.solvers._kernels.distance.distance` reads.

    Parameters
    ----------
    instance : TspInstance
        The problem.
    order : ndarray of nodes, optional
        Node ``k`` of the kernels is ``order[k]`` of the instance, to keep neighbours together in
        memory; the instance's own numbers without it.
    matrix : bool, optional
        Whether distances become a matrix; without it their number decides.

    Returns
    -------
    Matrix or Points
        The matrix is of int32 where all distances are integers, of float64 otherwise.

    Raises
    ------
    UnsupportedError
        A matrix is needed, and would be larger than `MATRIX_LIMIT` nodes.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [3, 4], [6, 8]], rounding="nearest")
    >>> cost_source(instance).values.dtype.name
    'int32'
    """
    size = instance.size
    nodes = np.arange(size) if order is None else np.asarray(order, np.int64)
    points = instance.coordinates
    plain = points is not None and points.shape[1] == 2 and instance.metric in _METRIC
    if points is not None and plain and not (size <= MATRIX_SIZE if matrix is None else matrix):
        code = [_METRIC[instance.metric], _ROUNDING[instance.rounding]]
        return Points(
            np.ascontiguousarray(points[nodes, 0]),
            np.ascontiguousarray(points[nodes, 1]),
            np.array(code, np.int64),
        )
    if size > MATRIX_LIMIT:
        what = "an explicit matrix" if points is None else f"the metric {instance.metric}"
        raise UnsupportedError(
            f"{size} nodes with {what} would take {4e-9 * size**2:.1f} GB, expected at most "
            f"{MATRIX_LIMIT}; plane coordinates with Euclidean or Manhattan distances need no "
            "matrix"
        )
    if instance.integral():
        values = np.empty((size, size), np.int32)
        if _fill(instance, nodes, values):
            return Matrix(values)
    values = np.empty((size, size), np.float64)
    _fill(instance, nodes, values)
    return Matrix(values)


def _fill(instance: TspInstance, nodes: np.ndarray, values: np.ndarray) -> bool:
    """Fill the matrix by blocks of rows; False as soon as a distance is too large for int32."""
    for begin in range(0, len(nodes), 256):
        block = instance.distance_rows(nodes[begin : begin + 256])[:, nodes]
        if values.dtype == np.int32 and np.abs(block).max() >= INT32:
            return False
        values[begin : begin + 256] = block
    return True
