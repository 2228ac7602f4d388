"""What the network is shown of partial solutions, as tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from netroute.solvers.neural.routing._kernels.features import observe, pair_width, token_width
from netroute.solvers.neural.routing.room import plan_room, tree_room

if TYPE_CHECKING:
    from netroute.solvers.neural.routing._kernels.tables import States
    from netroute.solvers.neural.routing.instances import Instances

FULL = 1e-9
"""A demand may exceed what a vehicle can still take by so much of its capacity: rounding."""


class Sight(NamedTuple):
    """Candidates of each state, and the network's input.

    Attributes
    ----------
    nodes : ndarray of int64, shape (B, K)
        Nearest first, -1 where there are no more.
    seen : dict of Tensor
        See `TailTransformer.forward`.
    """

    nodes: np.ndarray
    seen: dict[str, torch.Tensor]


def look(
    instances: Instances, states: States, rows: np.ndarray, *, candidates: int, routes: bool
) -> Sight:
    """Show the states ``rows``, int64 (B,), with so many candidates.

    With ``routes`` each candidate can be reached by way of the goal, the depot, and directly only
    where the vehicle can take it and has left the depot.
    """
    count, tokens = len(rows), candidates + 2
    nodes = np.empty((count, candidates), np.int64)
    token = np.empty((count, tokens, token_width(routes)), np.float32)
    pair = np.empty((count, tokens, tokens, pair_width(routes)), np.float32)
    near = np.empty((tokens, 2))
    most = instances.tables.x.shape[1]
    tree, plan = tree_room(most), plan_room(most, instances.tables.pairs.shape)
    planar = instances.planar
    observe(instances.tables, states, rows, routes, planar, nodes, near, tree, plan, token, pair)
    here = nodes >= 0
    absent = np.concatenate([np.zeros((count, 2), bool), ~here], axis=1)
    mask = here
    if routes:
        demand = instances.tables.demand[states.instance[rows, None], np.maximum(nodes, 0)]
        fits = demand <= states.room[rows, None] + FULL
        away = states.here[rows] != states.goal[rows]
        mask = np.concatenate([here & fits & away[:, None], here], axis=1)
    seen = {"token": token, "pair": pair, "absent": absent, "mask": mask}
    return Sight(nodes, {name: torch.from_numpy(value) for name, value in seen.items()})
