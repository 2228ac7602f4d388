"""Many tours that are built node by node."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.envs._kernels.legs import leg


class Tours(NamedTuple):
    """State of R = B * S tours; tour r belongs to instance r // S.

    Attributes
    ----------
    mask : ndarray of bool, shape (R, n)
        Nodes that may come next.
    node, first, left, length : ndarray of int64, shape (R,)
        The last and the first node, -1 before there is one; nodes not visited; decisions taken.
    cost : ndarray of float64, shape (R,)
        Of all legs so far.
    taken : ndarray of uint32, shape (R, n)
        Nodes in order of visit.
    """

    mask: np.ndarray
    node: np.ndarray
    first: np.ndarray
    left: np.ndarray
    length: np.ndarray
    cost: np.ndarray
    taken: np.ndarray


@kernel(_nrt=False)
def clear(tours, r, start):
    """Begin tour ``r`` anew, at node ``start``, or anywhere if it is negative."""
    nodes = tours.mask.shape[1]
    for j in range(nodes):
        tours.mask[r, j] = True
    tours.cost[r] = 0.0
    tours.node[r] = start
    tours.first[r] = start
    tours.left[r] = nodes
    tours.length[r] = 0
    if start >= 0:
        tours.mask[r, np.uint32(start)] = False
        tours.taken[r, 0] = start
        tours.left[r] = nodes - 1
        tours.length[r] = 1


@kernel(_nrt=False)
def clear_all(tours, start):
    """Begin all tours anew."""
    for r in range(tours.node.shape[0]):
        clear(tours, r, start)


@kernel(_nrt=False)
def step(legs, tours, starts, action, idle, reward):
    """Go to node ``action`` (int64, (R,)) in each tour that is neither complete nor ``idle``.

    A node that the mask forbids stands for the next one by number that it allows. The last leg and
    the way back to the first node are one step. ``reward`` (float64, (R,)) becomes minus the
    distance.
    """
    rows, nodes = tours.mask.shape
    for i in range(rows // starts):
        for r in range(i * starts, (i + 1) * starts):
            reward[r] = 0.0
            if idle[r] or tours.left[r] == 0:
                continue
            a = np.uint32(action[r])
            # Ends: a tour that is not complete has a node that may come next.
            while not tours.mask[r, a]:
                a = np.uint32(a + 1) if a + 1 < nodes else np.uint32(0)
            tours.taken[r, np.uint32(tours.length[r])] = a
            tours.length[r] += 1
            tours.left[r] -= 1
            tours.mask[r, a] = False
            way = 0.0
            if tours.first[r] < 0:
                tours.first[r] = a
            else:
                way = leg(legs, i, np.uint32(tours.node[r]), a)
            tours.node[r] = a
            if tours.left[r] == 0:
                home = np.uint32(tours.first[r])
                way += leg(legs, i, a, home)
                # A complete tour stays where it began: a mask is never all zero.
                tours.node[r] = home
                tours.mask[r, home] = True
            tours.cost[r] += way
            reward[r] = -way
