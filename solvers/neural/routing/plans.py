"""States that a policy meets when it builds given plans, and the right next steps there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.solvers.neural.routing._kernels.plans import BY_DEPOT, DIRECT, cut_plans
from netroute.solvers.neural.routing.instances import make_states

if TYPE_CHECKING:
    from netroute.solvers.neural.routing._kernels.tables import States
    from netroute.solvers.neural.routing.instances import Instances


class _Room(NamedTuple):
    begin: np.ndarray
    kept: np.ndarray
    x: np.ndarray
    y: np.ndarray


class _Cut(NamedTuple):
    here: np.ndarray
    left: np.ndarray
    number: np.ndarray
    room: np.ndarray
    target: np.ndarray


def cut_states(
    instances: Instances,
    instance: np.ndarray,
    order: np.ndarray,
    opens: np.ndarray,
    *,
    draw: np.ndarray,
    part: float,
    begun: np.ndarray | None = None,
) -> tuple[States, np.ndarray]:
    """Stop in the middle of plans.

    Parameters
    ----------
    instances : Instances
        Of points, depots first.
    instance : ndarray of int64, shape (S,)
        Of each state.
    order, opens : ndarray of int and bool, shape (I, N)
        Clients in order of visit, and whether a route begins there.
    draw : ndarray of float64, shape (S, 6)
        Uniform numbers from 0 to below 1.
    part : float
        Share of the states in which only some neighbouring routes are left to be built.
    begun : ndarray of bool, shape (I,), optional
        Whether the first route of a plan is on its way: its first client is where the vehicle is,
        with the demand of all that it has served.

    Returns
    -------
    states : States
    target : ndarray of uint8, shape (S, N + 1)
        For each node: 1 if it comes next, 2 if it may come next by way of the depot, else 0.
    """
    count, most = len(instance), order.shape[1]
    room = _Room(np.empty(most + 1, np.int64), np.empty(most, bool), np.empty(most), np.empty(most))
    cut = _Cut(
        np.empty(count, np.int64),
        np.zeros((count, most), np.int64),
        np.empty(count, np.int64),
        np.empty(count),
        np.empty((count, most + 1), np.uint8),
    )
    sizes = instances.sizes - 1
    tables = instances.tables
    whole = np.ascontiguousarray(order, np.int64)
    begins = np.zeros(len(sizes), bool) if begun is None else begun
    planar = instances.planar
    share = np.float64(part)
    cut_plans(tables, instance, whole, opens, sizes, begins, planar, draw, share, room, cut)
    states = make_states(
        instances,
        instance,
        here=cut.here,
        goal=np.zeros(count),
        left=cut.left,
        number=cut.number,
        room=cut.room,
    )
    return states, cut.target


def right_actions(target: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    """Return which scores of `TailTransformer` are of right steps: bool, (S, 2 K).

    Parameters
    ----------
    target : ndarray of uint8, shape (S, N + 1)
        From `cut_states`.
    nodes : ndarray of int64, shape (S, K)
        Candidates.
    """
    kind = np.take_along_axis(target, np.maximum(nodes, 0), 1)
    kind[nodes < 0] = 0
    return np.concatenate([kind == DIRECT, kind == BY_DEPOT], axis=1)
