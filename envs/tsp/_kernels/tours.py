"""Many tours that are built node by node."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.envs._kernels.legs import glance, leg


class Tours(NamedTuple):
    """State of R = B * S tours.

    Attributes
    ----------
    mask : ndarray of int8, shape (R, n)
        Nodes that may come next.
    node, first, left, length : ndarray of int64, shape (R,)
        The last and the first node, -1 before there is one; nodes not visited; decisions taken.
    cost : ndarray of float64, shape (R,)
        Of all legs so far.
    taken : ndarray of uint32, shape (n, R)
        Nodes in order of visit.
    owner : ndarray of uint32, shape (R,)
        Its instance.
    fetched : ndarray of float64, shape (1,)
        Of no meaning.
    """

    mask: np.ndarray
    node: np.ndarray
    first: np.ndarray
    left: np.ndarray
    length: np.ndarray
    cost: np.ndarray
    taken: np.ndarray
    owner: np.ndarray
    fetched: np.ndarray


@kernel(_nrt=False)
def clear(tours, which, start):
    """Begin the tours ``which`` (bool, (R,)) anew.

    ``start`` (int64, (R,)): node at which each begins; anywhere where it is negative.
    """
    nodes = tours.mask.shape[1]
    for r in range(which.shape[0]):
        if not which[r]:
            continue
        for j in range(nodes):
            tours.mask[r, j] = 1
        tours.cost[r] = 0.0
        tours.node[r] = start[r]
        tours.first[r] = start[r]
        tours.left[r] = nodes
        tours.length[r] = 0
        if start[r] >= 0:
            tours.mask[r, np.uint32(start[r])] = 0
            tours.taken[0, r] = start[r]
            tours.left[r] = nodes - 1
            tours.length[r] = 1


@kernel(_nrt=False)
def step(legs, tours, action, idle, reward, done):
    """Go to node ``action`` (int64, (R,)) in each tour that is neither complete nor ``idle``.

    A node that the mask forbids stands for the next one by number that it allows. The last leg and
    the way back to the first node are one step. ``reward`` (float64, (R,)) becomes minus the
    distance, ``done`` (bool, (R,)) whether this step completed the tour.

    Returns
    -------
    int64
        The first tour whose action is no node, before anything has changed; -1 if there is none.
    """
    nodes = tours.mask.shape[1]
    wrong = 0
    for r in range(action.shape[0]):
        wrong += (action[r] < 0) | (action[r] >= nodes)
    if wrong > 0:
        for r in range(action.shape[0]):
            if action[r] < 0 or action[r] >= nodes:
                return r
    _fetch(legs, tours, action)
    _go(legs, tours, action, idle, reward, done)
    return -1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _fetch(legs, tours, action):
    """Bring into the cache what many problems have far apart in memory.

    A loop that does nothing else lets a processor wait for many rows at once.
    """
    most = 0.0
    for row in range(action.shape[0]):
        r, i, a = np.uint32(row), tours.owner[row], np.uint32(action[row])
        here = np.uint32(max(tours.node[r], 0))
        most = max(most, glance(legs, i, here, a))
    # Stored, or compilers would leave the loop out.
    tours.fetched[0] = most


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _go(legs, tours, action, idle, reward, done):
    """Go to the next nodes."""
    nodes = np.uint32(tours.mask.shape[1])
    for row in range(action.shape[0]):
        r, i = np.uint32(row), tours.owner[row]
        reward[r] = 0.0
        done[r] = False
        if idle[r] or tours.left[r] == 0:
            continue
        a = np.uint32(action[r])
        # Ends: a tour that is not complete has a node that may come next.
        while tours.mask[r, a] == 0:
            a = np.uint32(a + 1)
            if a == nodes:
                a = np.uint32(0)
        tours.taken[np.uint32(tours.length[r]), r] = a
        tours.length[r] += 1
        tours.left[r] -= 1
        tours.mask[r, a] = 0
        way = 0.0
        if tours.first[r] < 0:
            tours.first[r] = a
        else:
            way = leg(legs, i, np.uint32(tours.node[r]), a)
        if tours.left[r] == 0:
            home = np.uint32(tours.first[r])
            way += leg(legs, i, a, home)
            # A complete tour stays where it began: a mask is never all zero.
            tours.mask[r, home] = 1
            a = home
            done[r] = True
        tours.node[r] = a
        tours.cost[r] += way
        reward[r] = -way
