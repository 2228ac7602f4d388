"""TSPLIB's explicit edge weight formats.

Source: G. Reinelt, TSPLIB 95, section 1.1. The rows of an upper triangle are the columns of the
lower one, so ten names stand for five layouts.
"""

from __future__ import annotations

import numpy as np

_LOWER = {
    "LOWER_ROW": -1,
    "UPPER_COL": -1,
    "LOWER_DIAG_ROW": 0,
    "UPPER_DIAG_COL": 0,
}
_UPPER = {
    "UPPER_ROW": 1,
    "LOWER_COL": 1,
    "UPPER_DIAG_ROW": 0,
    "LOWER_DIAG_COL": 0,
}

EDGE_WEIGHT_FORMATS = ("FULL_MATRIX", *_LOWER, *_UPPER)
"""All formats of TSPLIB 95 but FUNCTION, which means that the weights are not in the file."""


def count(name: str, n: int) -> int:
    """Return how many numbers the format called ``name`` has for ``n`` nodes.

    Examples
    --------
    >>> count("FULL_MATRIX", 4), count("LOWER_ROW", 4), count("UPPER_DIAG_ROW", 4)
    (16, 6, 10)
    """
    if name == "FULL_MATRIX":
        return n * n
    diagonal = _LOWER.get(name) == 0 or _UPPER.get(name) == 0
    return n * (n + 1) // 2 if diagonal else n * (n - 1) // 2


def unpack(name: str, values: np.ndarray, n: int) -> np.ndarray:
    """Return the ``(n, n)`` matrix that ``values`` stand for; triangles are mirrored.

    Examples
    --------
    >>> unpack("LOWER_ROW", np.array([1.0, 2.0, 3.0]), 3).tolist()
    [[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]]
    """
    if name == "FULL_MATRIX":
        return values.reshape(n, n)
    matrix = np.zeros((n, n))
    if name in _LOWER:
        mask = np.tri(n, n, _LOWER[name], dtype=bool)
    else:
        mask = ~np.tri(n, n, _UPPER[name] - 1, dtype=bool)
    # A mask is filled row by row, which is the order of the format.
    matrix[mask] = values
    mirrored = matrix + matrix.T
    np.fill_diagonal(mirrored, matrix.diagonal())
    return mirrored
