"""Maps: axes of the shape of a set of points, with a title and a line of figures above."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from netroute.viz.canvas import INK, MUTED, new_figure, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

LONG_SIDE, LONGEST_SIDE = 9.0, 14.0
"""Inches of the longer side of the map, for few and for many thousand points."""

SHORT_SIDE = 3.0
"""Inches of the shorter side at least."""

RASTER_FROM = 3000
"""From this many points on, the map is a raster inside vector formats."""


class Map:
    """A figure with axes for points of equal scale in both directions.

    Parameters
    ----------
    points : ndarray, shape (n, 2)
        All that will be drawn.

    Attributes
    ----------
    axes : Axes
    fine : float
        1 for few points and less for many: lines and dots become finer.
    dot : float
        Area of a point in square points.
    """

    def __init__(self, points: np.ndarray) -> None:
        span = np.maximum(np.ptp(points, axis=0), 1e-9)
        longer = LONG_SIDE if len(points) < RASTER_FROM else LONGEST_SIDE
        width, height = (max(SHORT_SIDE, longer * float(side / span.max())) for side in span)
        width = max(width, 4.5)  # the title needs it
        self._wide, self._high = width + 0.6, height + 1.1
        self._figure = new_figure(self._wide, self._high)
        share = (width / self._wide, height / self._high)
        self.axes: Axes = self._figure.add_axes((0.3 / self._wide, 0.3 / self._high, *share))
        self.axes.set_axis_off()
        self.axes.set_aspect("equal")
        self.axes.margins(0.02)
        if len(points) >= RASTER_FROM:
            self.axes.set_rasterization_zorder(10)
        self.fine = min(1.0, math.sqrt(150.0 / max(1, len(points))))
        self.dot = max(1.2, 26.0 * self.fine**1.4)

    def save(self, path: str | Path, title: str, words: Sequence[str]) -> None:
        """Write title and figures above the map, and the picture to a file."""
        self.axes.autoscale_view()
        left = 0.35 / self._wide
        for down, text, size, colour in (
            (0.3, title, 15.0, INK),
            (0.58, "   ".join(words), 10.5, MUTED),
        ):
            self._figure.text(
                left,
                1.0 - down / self._high,
                text,
                size=size,
                weight="bold" if colour == INK else "normal",
                color=colour,
                va="center",
            )
        save(self._figure, path)
