"""Space-filling curve: visit the nodes in their order along a Hilbert curve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.problems.tsp.instance import FEATURES
from netroute.solvers.tsp.base import ConstructionSolver
from netroute.solvers.tsp.fixed import fixed_edges

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance

BITS = 16
"""Levels of the curve: 2^16 cells a side."""


@dataclass(frozen=True, kw_only=True)
class SpaceFillingSolver(ConstructionSolver):
    """Visit the nodes in their order along a Hilbert curve; about 38 % too long, in no time.

    Of coordinates in space the first two count. The seed has no influence. Source: L. Platzman and
    J. Bartholdi, Spacefilling curves and the planar travelling salesman problem (Journal of the ACM
    1989).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [9, 9], [9, 0], [0, 9]])
    >>> SpaceFillingSolver().solve(instance).objective
    36.0
    """

    name: ClassVar[str] = "space-filling"
    summary: ClassVar[str] = "order along a Hilbert curve"
    supports: ClassVar[frozenset[str]] = FEATURES

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray:
        """Return the tour."""
        points = instance.coordinates if instance.coordinates is not None else instance.display
        if points is None:
            raise UnsupportedError(
                f"solver {self.name!r} needs coordinates, instance {instance.name!r} has none"
            )
        order = np.argsort(hilbert_index(points), kind="stable")
        return with_fixed_edges(instance, order)


def hilbert_index(points: np.ndarray) -> np.ndarray:
    """Return the place of each point along a Hilbert curve through their bounding square.

    Parameters
    ----------
    points : ndarray, shape (n, 2) or more columns
        Only the first two columns count.

    Returns
    -------
    ndarray of uint64, shape (n,)

    Examples
    --------
    >>> corners = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.0, 1.0]])
    >>> np.argsort(hilbert_index(corners)).tolist()
    [0, 3, 1, 2]
    """
    low = points[:, :2].min(axis=0)
    span = max(float((points[:, :2].max(axis=0) - low).max()), 1e-300)
    side = 1 << BITS
    cells = np.minimum((points[:, :2] - low) / span * side, side - 1).astype(np.int64)
    x, y = cells.T.copy()
    index = np.zeros(len(points), np.uint64)
    for level in range(BITS - 1, -1, -1):
        half = 1 << level
        right, above = (x & half) > 0, (y & half) > 0
        quarter = (3 * right) ^ above
        index += quarter.astype(np.uint64) << np.uint64(2 * level)
        # Turn the quarter so that the curve runs in it as in the whole.
        x, y = x & (half - 1), y & (half - 1)
        flipped = right & ~above
        x, y = np.where(flipped, half - 1 - x, x), np.where(flipped, half - 1 - y, y)
        x, y = np.where(above, x, y), np.where(above, y, x)
    return index


def with_fixed_edges(instance: TspInstance, order: np.ndarray) -> np.ndarray:
    """Return ``order`` with each chain of fixed edges drawn together where it is met first."""
    if not len(instance.fixed_edges):
        return order
    fixed = fixed_edges(instance)
    nobody = instance.size
    tour: list[int] = []
    seen = np.zeros(nobody, bool)
    candidates = order.tolist()
    for first in [*candidates, fixed.start]:
        at = first
        # The first way in counts; inner nodes wait for one of the ends of their chain.
        if seen[at] or not (fixed.entered[at] or first == fixed.start):
            continue
        while at != nobody:
            seen[at] = True
            tour.append(at)
            at = next((m for m in fixed.mate[at].tolist() if m != nobody and not seen[m]), nobody)
    return np.array(tour, np.uint32)
