"""What ruin and recreate reads and scribbles on."""

from typing import NamedTuple

import numpy as np


class Problem(NamedTuple):
    """What a slice reads.

    ``near``: uint32 (n, k), with float32 distances ``reach`` to and ``reach_back`` from them.
    """

    near: np.ndarray
    reach: np.ndarray
    reach_back: np.ndarray
    demand: np.ndarray
    from_depot: np.ndarray
    to_depot: np.ndarray


class Work(NamedTuple):
    """Scratch space of one search.

    ``removed``, ``removed_pred``, ``removed_route`` and the three lengths are the log of the ruin;
    ``inserted`` is that of the recreate. ``stamp`` marks ruined routes, ``listed`` those
    looked at for ``open``, which lists routes with room for one of the removed clients; ``dirty``
    marks routes that differ from the best plan and ``dirty_list`` lists them.
    """

    removed: np.ndarray
    removed_pred: np.ndarray
    removed_route: np.ndarray
    removed_before: np.ndarray
    removed_after: np.ndarray
    order: np.ndarray
    key: np.ndarray
    inserted_edge: np.ndarray
    stamp: np.ndarray
    listed: np.ndarray
    dirty: np.ndarray
    dirty_list: np.ndarray
    open: np.ndarray
    scalar: np.ndarray
    cost: np.ndarray
    rng: np.ndarray


class Best(NamedTuple):
    """The best plan so far: ``first`` a route and ``succ`` a node; its cost is in `Work`."""

    first: np.ndarray
    succ: np.ndarray


CURRENT, BEST = 0, 1
"""Places in ``Work.cost``."""
CLOCK, DIRTY, BLINK, OPEN, LISTING = 0, 1, 2, 3, 4
"""Places in ``Work.scalar``: iteration stamp, height of the dirty list, scans to the next blink,
length of ``Work.open``, stamp of ``Work.listed``."""
MOST_ENDS = 128
"""Up to this many routes all edges to the depot are tried, beyond that those of near routes."""
LOG_SIZE = 4096
"""More clients than one ruin can remove."""


def new_work(nodes: int, routes: int, rng: np.ndarray) -> Work:
    """Allocate scratch space."""
    log = min(LOG_SIZE, nodes)
    return Work(
        removed=np.zeros(log, np.uint32),
        removed_pred=np.zeros(log, np.uint32),
        removed_route=np.zeros(log, np.uint32),
        removed_before=np.zeros(log),
        removed_after=np.zeros(log),
        order=np.zeros(log, np.uint32),
        key=np.zeros(log),
        inserted_edge=np.zeros(log),
        stamp=np.zeros(routes, np.int64),
        listed=np.zeros(routes, np.int64),
        dirty=np.zeros(routes, np.bool_),
        dirty_list=np.zeros(routes, np.uint32),
        open=np.zeros(MOST_ENDS + LOG_SIZE, np.uint32),
        scalar=np.zeros(5, np.int64),
        cost=np.zeros(2),
        rng=rng,
    )
