"""Quick multipliers of the Held-Karp bound, for those who want good edges and no proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp.bound.ascent import Ascent
from netroute.solvers.tsp.bound.relaxation import Relaxation

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

FIRST, LAST = 0.25, 0.006
"""Lengths of the first and the last step, in mean edges of the shortest one-tree."""


def quick_prices(instance: TspInstance, *, steps: int = 100) -> np.ndarray:
    """Return multipliers whose bound on 100 uniform nodes is 0.1 % from the best one.

    Parameters
    ----------
    instance : TspInstance
        With symmetric distances; for others the multipliers are zeros.
    steps : int
        Of the ascent.

    Returns
    -------
    ndarray of float64, shape (n,)

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> points = [[0, 0], [9, 0], [0, 9], [3, 3]]
    >>> quick_prices(TspInstance(coordinates=points)).shape
    (4,)
    """
    n = instance.size
    if not instance.symmetric or n < 4:
        return np.zeros(n)
    ascent = Ascent(Relaxation(instance), np.zeros(n))
    ascent.climb(1, 1.0, 1.0, lambda: False)
    edge = ascent.value / n
    if np.isfinite(edge) and edge > 0.0:
        ascent.climb(steps, FIRST * edge, LAST * edge, lambda: False)
    found: np.ndarray = ascent.best - ascent.best.mean()
    return found
