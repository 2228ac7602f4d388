"""Compiles the kernels of the routing policy, without PyTorch."""

from __future__ import annotations

import numpy as np

from netroute.solvers.neural.routing._kernels.features import observe, pair_width, token_width
from netroute.solvers.neural.routing._kernels.walk import advance, walk_lengths
from netroute.solvers.neural.routing.instances import make_instances, price_routes
from netroute.solvers.neural.routing.room import plan_room, tree_room
from netroute.solvers.neural.routing.starts import closed_tours


def compile_kernels() -> None:
    """Take a step in a tiny instance."""
    points = np.array([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    instances = make_instances(points, demands=np.zeros((1, 3)))
    price_routes(instances)
    states = closed_tours(instances, np.zeros(1, np.int64))
    rows, nodes = np.zeros(1, np.int64), np.zeros((1, 2), np.int64)
    token = np.zeros((1, 4, token_width(True)), np.float32)
    pair = np.zeros((1, 4, 4, pair_width(True)), np.float32)
    tree, plan, tables = tree_room(3), plan_room(3, (1, 1, 3)), instances.tables
    near = np.zeros((4, 2))
    observe(tables, states, rows, True, instances.planar, nodes, near, tree, plan, token, pair)
    order, via = np.zeros((1, 2), np.int64), np.zeros((1, 2), np.uint8)
    zeros = np.zeros(1, np.int64)
    advance(tables, states, rows, nodes[:, 0], via[:, 0].copy(), zeros.copy(), order, via)
    walk_lengths(tables, zeros, zeros, zeros, zeros, order, via, np.zeros(1))
