"""Scratch for the kernels of the routing policy."""

from __future__ import annotations

import numpy as np

from netroute.solvers.neural.routing._kernels.features import SPAN
from netroute.solvers.neural.routing._kernels.savings import Plan
from netroute.solvers.neural.routing._kernels.tree import BINS, Tree


def plan_room(nodes: int, shape: tuple[int, ...]) -> Plan:
    """Return room for plans of an instance; ``shape`` is that of `Tables.pairs`."""
    free, other, links, owner, length, hops, rank = (np.zeros(nodes, np.int64) for _ in range(7))
    return Plan(
        free,
        other,
        np.zeros(nodes),
        links,
        np.zeros((nodes, 2), np.int64),
        owner,
        length,
        np.zeros(nodes, bool),
        hops,
        rank,
        np.zeros(shape[1:], np.uint32),
        np.zeros(shape[1:3]),
        np.zeros(1, np.int64),
    )


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
