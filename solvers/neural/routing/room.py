"""Scratch for the kernels of the routing policy."""

from __future__ import annotations

import numpy as np

from netroute.solvers.neural.routing._kernels.features import SPAN
from netroute.solvers.neural.routing._kernels.tree import BINS, Tree


def tree_room(nodes: int) -> Tree:
    """Return room for a tree over the nodes of an instance."""
    parent, degree, below, node, order, rest = (np.zeros(nodes, np.int64) for _ in range(6))
    up, key, price, trial, least = (np.zeros(nodes) for _ in range(5))
    most = min(nodes, int(SPAN))
    return Tree(
        parent,
        degree,
        below,
        node,
        order,
        rest,
        np.zeros(nodes, bool),
        up,
        key,
        price,
        trial,
        least,
        np.empty((most, most)),
        np.zeros(2, np.int64),
        np.zeros(BINS, np.int64),
    )
