"""Distances as the peers want them: integers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE_LIMIT = 25_000
"""Largest number of locations: the matrix takes 5 GB then."""

LARGEST = 1_000_000
"""Fractional distances are scaled by a power of ten such that the largest stays below this."""


def integer_distances(rows: Callable[[Any], np.ndarray], size: int) -> tuple[np.ndarray, float]:
    """Return distances times a power of ten, rounded to int64, and that power.

    Parameters
    ----------
    rows : callable
        ``rows(slice) -> distances`` from these locations to all, shape (len, size).
    size : int
        Number of locations.

    Raises
    ------
    UnsupportedError
        More than `SIZE_LIMIT` locations.

    Examples
    --------
    >>> apart = np.array([[0.0, 1.25], [1.25, 0.0]])
    >>> distances, scale = integer_distances(lambda block: apart[block], 2)
    >>> distances.tolist(), scale
    ([[0, 125], [125, 0]], 100.0)
    """
    if size > SIZE_LIMIT:
        raise UnsupportedError(
            f"this solver needs a distance matrix, which takes {8e-9 * size**2:.0f} GB for {size} "
            "locations"
        )
    blocks = [slice(begin, begin + 256) for begin in range(0, size, 256)]
    scale = 1.0
    largest = max(float(np.abs(rows(block)).max()) for block in blocks)
    while scale * 10.0 * largest <= LARGEST and not _integral(rows, blocks, scale):
        scale *= 10.0
    distances = np.empty((size, size), np.int64)
    for block in blocks:
        distances[block] = np.rint(rows(block) * scale)
    np.fill_diagonal(distances, 0)
    return distances, scale


def _integral(rows: Callable[[Any], np.ndarray], blocks: list[slice], scale: float) -> bool:
    for block in blocks:
        scaled = rows(block) * scale
        if np.abs(scaled - np.rint(scaled)).max() > 1e-6:
            return False
    return True
