"""Positions of nodes, and delays by distance."""

from __future__ import annotations

import numpy as np

EARTH = 6371.0
"""Mean radius in kilometres."""

SPEED = 200.0
"""Kilometres that light goes in a millisecond in glass."""


def lengths(start: np.ndarray, end: np.ndarray, geographic: bool) -> np.ndarray:
    """Delays between positions, both of shape (k, 2).

    Milliseconds along the great circle, rounded to nanoseconds, where positions are degrees of
    longitude and latitude; distances in the plane otherwise.

    Examples
    --------
    >>> lengths(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]]), False).tolist()
    [5.0]
    >>> berlin, paris = np.array([[13.4, 52.5]]), np.array([[2.35, 48.85]])
    >>> lengths(berlin, paris, True).round(1).tolist()
    [4.4]
    """
    if not geographic:
        planar: np.ndarray = np.hypot(*(end - start).T)
        return planar.round(6)
    (east, north), (to_east, to_north) = np.radians(start).T, np.radians(end).T
    half = np.sin((to_north - north) / 2) ** 2
    half = half + np.cos(north) * np.cos(to_north) * np.sin((to_east - east) / 2) ** 2
    arc: np.ndarray = 2 * EARTH / SPEED * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return arc.round(6)


def fill(
    positions: list[tuple[float, float] | None], tail: np.ndarray, head: np.ndarray
) -> np.ndarray | None:
    """Return all positions, shape (n, 2); None if none is known.

    A node without a position is put in the middle of its neighbours, or of all nodes.

    Examples
    --------
    >>> fill([(0, 0), None, (2, 4)], np.array([0, 1]), np.array([1, 2])).tolist()
    [[0.0, 0.0], [1.0, 2.0], [2.0, 4.0]]
    """
    known = np.array([position is not None for position in positions], bool)
    if not known.any():
        return None
    filled = np.array([position or (0.0, 0.0) for position in positions], np.float64)
    while not known.all():
        total, count = np.zeros_like(filled), np.zeros(len(filled))
        for here, there in ((tail, head), (head, tail)):
            from_known = known[there]
            np.add.at(total, here[from_known], filled[there[from_known]])
            np.add.at(count, here[from_known], 1.0)
        reached = ~known & (count > 0)
        if not reached.any():
            filled[~known] = filled[known].mean(axis=0)
            break
        filled[reached] = total[reached] / count[reached, None]
        known = known | reached
    return filled
