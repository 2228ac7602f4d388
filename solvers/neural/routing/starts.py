"""States from which walks begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neural.routing.instances import make_states

if TYPE_CHECKING:
    from netroute.solvers.neural.routing._kernels.tables import States
    from netroute.solvers.neural.routing.instances import Instances


def closed_tours(
    instances: Instances, first: np.ndarray, *, instance: np.ndarray | None = None
) -> States:
    """Return the states at the begin of tours that start and end at the nodes ``first``.

    Parameters
    ----------
    first : ndarray of int64, shape (S,)
        The depot of routes, any node of a tour.
    instance : ndarray of int64, shape (S,), optional
        Of each state; all in order without it.
    """
    index = np.arange(len(first)) if instance is None else instance
    room = instances.tables.x.shape[1]
    others = np.tile(np.arange(room - 1), (len(first), 1))
    others += others >= first[:, None]
    return make_states(
        instances, index, here=first, goal=first, left=others, number=instances.sizes[index] - 1
    )
