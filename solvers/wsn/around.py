"""The surroundings of all nodes, for protocols with a radius."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from netroute.solvers.wsn._kernels.neighbourhood import Around
    from netroute.solvers.wsn._kernels.world import Field

_PAIRS = 10**7
"""Pairs of nodes that one call of the kernel looks at."""


def around_of(field: Field, radius: float) -> Around:
    """Return what each node has within ``radius`` metres.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> from netroute.solvers.wsn.world import field_of
    >>> net = WsnInstance(
    ...     position=[[0, 0], [3, 4], [9, 9]], base_station=[0, 0], energy=1, field=[9, 9]
    ... )
    >>> around = around_of(field_of([net]), 10.0)
    >>> around.others.tolist(), (around.total / 2**32 * 10.0).round(3).tolist()
    ([[1, 2, 1]], [[5.0, 12.81, 7.81]])
    """
    from netroute.solvers.wsn._kernels.neighbourhood import Around, survey

    shape = field.x.shape
    around = Around(
        radius2=radius * radius,
        others=np.zeros(shape, np.int64),
        total=np.zeros(shape, np.int64),
        squares=np.zeros(shape, np.int64),
        gone=np.zeros(shape, np.uint8),
        alive=np.zeros(shape[0], np.int64),
    )
    step = max(1, _PAIRS // (shape[0] * shape[1]))
    for first in range(0, shape[1], step):
        survey(field, around, first, min(shape[1], first + step))
    return around
