"""Many plans of capacitated routes that are built node by node."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.envs._kernels.legs import leg


class Orders(NamedTuple):
    """What the clients of B instances want; node 0 is the depot.

    Attributes
    ----------
    demand : ndarray of float64, shape (B, n + 1)
    limit : ndarray of float64, shape (B,)
        Largest load, with what rounding errors of sums explain.
    """

    demand: np.ndarray
    limit: np.ndarray


class Plans(NamedTuple):
    """State of R = B * S plans; plan r belongs to instance r // S.

    Attributes
    ----------
    mask : ndarray of bool, shape (R, n + 1)
        Nodes that may come next.
    unserved : ndarray of bool, shape (R, n + 1)
        Clients that no route has visited; never the depot.
    node, left, length : ndarray of int64, shape (R,)
        Where the vehicle is, clients not served, and decisions taken.
    load, cost : ndarray of float64, shape (R,)
        Of the route that is being built, and of all legs so far.
    taken : ndarray of uint32, shape (R, 2 n)
        The decisions.
    """

    mask: np.ndarray
    unserved: np.ndarray
    node: np.ndarray
    left: np.ndarray
    length: np.ndarray
    load: np.ndarray
    cost: np.ndarray
    taken: np.ndarray


@kernel(_nrt=False)
def clear(plans, r):
    """Begin plan ``r`` anew, at the depot."""
    nodes = plans.mask.shape[1]
    for j in range(nodes):
        plans.mask[r, j] = j > 0
        plans.unserved[r, j] = j > 0
    plans.node[r] = 0
    plans.left[r] = nodes - 1
    plans.length[r] = 0
    plans.load[r] = 0.0
    plans.cost[r] = 0.0


@kernel(_nrt=False)
def clear_all(plans):
    """Begin all plans anew."""
    for r in range(plans.node.shape[0]):
        clear(plans, r)


@kernel(_nrt=False)
def step(orders, legs, plans, starts, action, idle, reward):
    """Go to node ``action`` (int64, (R,)) in each plan that is neither complete nor ``idle``.

    A node that the mask forbids stands for the next one by number that it allows. The last
    client's leg and the way back to the depot are one step. ``reward`` (float64, (R,)) becomes
    minus the distance.
    """
    nodes = plans.mask.shape[1]
    for i in range(orders.limit.shape[0]):
        limit = orders.limit[i]
        for r in range(i * starts, (i + 1) * starts):
            reward[r] = 0.0
            if idle[r] or plans.left[r] == 0:
                continue
            a = np.uint32(action[r])
            # Ends: a plan that is not complete has a node that may come next.
            while not plans.mask[r, a]:
                a = np.uint32(a + 1) if a + 1 < nodes else np.uint32(0)
            plans.taken[r, np.uint32(plans.length[r])] = a
            plans.length[r] += 1
            way = leg(legs, i, np.uint32(plans.node[r]), a)
            load = 0.0
            if a > 0:
                load = plans.load[r] + orders.demand[i, a]
                plans.unserved[r, a] = False
                plans.left[r] -= 1
                if plans.left[r] == 0:
                    way += leg(legs, i, a, np.uint32(0))
                    a = np.uint32(0)
                    load = 0.0
            plans.node[r] = a
            plans.load[r] = load
            plans.cost[r] += way
            reward[r] = -way
            for j in range(nodes):
                plans.mask[r, j] = plans.unserved[r, j] & (load + orders.demand[i, j] <= limit)
            # Not from depot to depot, but a complete plan may stay there.
            plans.mask[r, 0] = a > 0 or plans.left[r] == 0
