"""The eight symmetries of the square: views of an instance that have the same best tours."""

from __future__ import annotations

import numpy as np

COUNT = 8
"""Number of symmetries."""


def symmetries(points: np.ndarray) -> np.ndarray:
    """Return ``points`` turned and mirrored in all eight ways, the first one as they are.

    A network does not see that they are the same instance: the best of its eight answers is
    better than any one. Source: Y.-D. Kwon et al., POMO, NeurIPS 2020.

    Parameters
    ----------
    points : ndarray, shape (..., 2)
        In the unit square, which is what is turned.

    Returns
    -------
    ndarray, shape (8, ..., 2)

    Examples
    --------
    >>> symmetries(np.array([0.25, 0.0])).tolist()[:3]
    [[0.25, 0.0], [0.0, 0.25], [0.25, 1.0]]
    """
    x, y = points[..., 0], points[..., 1]
    views = [
        np.stack(pair, axis=-1)
        for across in (x, 1.0 - x)
        for up in (y, 1.0 - y)
        for pair in ((across, up), (up, across))
    ]
    return np.stack(views)


def unit_square(points: np.ndarray) -> np.ndarray:
    """Return points moved to the middle of the unit square, and scaled to touch its sides.

    Both axes get the same scale, so that shapes stay as they are.

    Parameters
    ----------
    points : ndarray, shape (..., n, 2)

    Returns
    -------
    ndarray of float64, shape (..., n, 2)

    Examples
    --------
    >>> unit_square(np.array([[0.0, 10.0], [20.0, 10.0], [20.0, 20.0]])).tolist()
    [[0.0, 0.25], [1.0, 0.25], [1.0, 0.75]]
    """
    low, high = points.min(axis=-2, keepdims=True), points.max(axis=-2, keepdims=True)
    extent = (high - low).max(axis=-1, keepdims=True)
    # Points that are all the same go to the middle.
    scale = np.where(extent > 0.0, extent, 1.0)
    scaled: np.ndarray = (points - (low + high) / 2.0) / scale + 0.5
    return scaled
