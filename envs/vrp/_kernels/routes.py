"""Many plans of capacitated routes that are built node by node."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.envs._kernels.legs import glance, leg


class Orders(NamedTuple):
    """What the clients of B instances want; node 0 is the depot.

    Attributes
    ----------
    demand : ndarray of float64, shape (B, n + 1)
    largest : ndarray of float64, shape (B,)
        The largest demand.
    limit, unit : ndarray of float64, shape (B,)
        Largest load, with what rounding errors of sums explain; what loads are multiplied by.
    """

    demand: np.ndarray
    largest: np.ndarray
    limit: np.ndarray
    unit: np.ndarray


class Plans(NamedTuple):
    """State of R = B * S plans.

    Attributes
    ----------
    mask : ndarray of int8, shape (R, n + 1)
        Nodes that may come next.
    unserved : ndarray of int8, shape (R, n + 1)
        Clients that no route has visited; never the depot.
    tight : ndarray of bool, shape (R,)
        Whether the mask may differ from ``unserved``, but at the depot.
    node, left, length : ndarray of int64, shape (R,)
        Where the vehicle is, clients not served, and decisions taken.
    load, cost : ndarray of float64, shape (R,)
        Of the route that is being built, and of all legs so far.
    share : ndarray of float32, shape (R,)
        Loads in units, at most 1.
    taken : ndarray of uint32, shape (2 n, R)
        The decisions.
    owner : ndarray of uint32, shape (R,)
        Its instance.
    fetched : ndarray of float64, shape (1,)
        Of no meaning.
    """

    mask: np.ndarray
    unserved: np.ndarray
    tight: np.ndarray
    node: np.ndarray
    left: np.ndarray
    length: np.ndarray
    load: np.ndarray
    cost: np.ndarray
    share: np.ndarray
    taken: np.ndarray
    owner: np.ndarray
    fetched: np.ndarray


@kernel(_nrt=False)
def clear(plans, which):
    """Begin the plans ``which`` (bool, (R,)) anew, at the depot."""
    nodes = plans.mask.shape[1]
    for r in range(which.shape[0]):
        if not which[r]:
            continue
        for j in range(nodes):
            plans.mask[r, j] = j > 0
            plans.unserved[r, j] = j > 0
        plans.tight[r] = False
        plans.node[r] = 0
        plans.left[r] = nodes - 1
        plans.length[r] = 0
        plans.load[r] = 0.0
        plans.share[r] = 0.0
        plans.cost[r] = 0.0


@kernel(_nrt=False)
def step(orders, legs, plans, action, idle, reward, done):
    """Go to node ``action`` (int64, (R,)) in each plan that is neither complete nor ``idle``.

    A node that the mask forbids stands for the next one by number that it allows. The last
    client's leg and the way back to the depot are one step. ``reward`` (float64, (R,)) becomes
    minus the distance, ``done`` (bool, (R,)) whether this step completed the plan.

    Returns
    -------
    int64
        The first plan whose action is no node, before anything has changed; -1 if there is none.
    """
    nodes = plans.mask.shape[1]
    wrong = 0
    for r in range(action.shape[0]):
        wrong += (action[r] < 0) | (action[r] >= nodes)
    if wrong > 0:
        for r in range(action.shape[0]):
            if action[r] < 0 or action[r] >= nodes:
                return r
    _fetch(orders, legs, plans, action)
    _go(orders, legs, plans, action, idle, reward, done)
    _renew(orders, plans)
    return -1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _fetch(orders, legs, plans, action):
    """Bring into the cache what many problems have far apart in memory.

    A loop that does nothing else lets a processor wait for many rows at once; steps of different
    problems take a third less time.
    """
    most = 0.0
    for row in range(action.shape[0]):
        r, i, a = np.uint32(row), plans.owner[row], np.uint32(action[row])
        way = glance(legs, i, np.uint32(plans.node[r]), a)
        most = max(most, max(way, orders.demand[i, a]))
    # Stored, or compilers would leave the loop out.
    plans.fetched[0] = most


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _go(orders, legs, plans, action, idle, reward, done):
    """Go to the next nodes."""
    nodes = np.uint32(plans.mask.shape[1])
    home = np.uint32(0)
    for row in range(action.shape[0]):
        r, i = np.uint32(row), plans.owner[row]
        reward[r] = 0.0
        done[r] = False
        if idle[r] or plans.left[r] == 0:
            continue
        a = np.uint32(action[r])
        # Ends: a plan that is not complete has a node that may come next.
        while plans.mask[r, a] == 0:
            a = np.uint32(a + 1)
            if a == nodes:
                a = home
        plans.taken[np.uint32(plans.length[r]), r] = a
        plans.length[r] += 1
        way = leg(legs, i, np.uint32(plans.node[r]), a)
        load = 0.0
        if a > 0:
            load = plans.load[r] + orders.demand[i, a]
            plans.unserved[r, a] = 0
            plans.mask[r, a] = 0
            plans.left[r] -= 1
            if plans.left[r] == 0:
                way += leg(legs, i, a, home)
                a = home
                load = 0.0
                done[r] = True
        # Not from depot to depot, but a complete plan may stay there.
        plans.mask[r, home] = a > 0 or done[r]
        plans.node[r] = a
        plans.load[r] = load
        plans.share[r] = min(load * orders.unit[i], 1.0)
        plans.cost[r] += way
        reward[r] = -way


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _renew(orders, plans):
    """Rule out clients that do not fit any more, and let those in that fit again."""
    for row in range(plans.node.shape[0]):
        r, i = np.uint32(row), plans.owner[row]
        load, limit = plans.load[r], orders.limit[i]
        if load + orders.largest[i] > limit:
            plans.tight[r] = True
            for j in range(1, plans.mask.shape[1]):
                fits = load + orders.demand[i, j] <= limit
                plans.mask[r, j] = plans.unserved[r, j] & fits
        elif plans.tight[r]:
            plans.tight[r] = False
            for j in range(1, plans.mask.shape[1]):
                plans.mask[r, j] = plans.unserved[r, j]
