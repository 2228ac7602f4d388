"""A tour as an array with positions: neighbours, order and reversals, which can be taken back."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class TourState(NamedTuple):
    """A tour of n nodes.

    Attributes
    ----------
    order : ndarray of uint32, shape (n,)
        Nodes in order of visit.
    place : ndarray of uint32, shape (n,)
        Position of each node in ``order``.
    log : ndarray of int64, shape (m, 2)
        Reversals since the last mark: first and last position.
    logged : ndarray of int64, shape (1,)
        How many reversals ``log`` holds.
    """

    order: np.ndarray
    place: np.ndarray
    log: np.ndarray
    logged: np.ndarray


class Queue(NamedTuple):
    """Nodes that wait to be looked at, each at most once; a ring.

    Attributes
    ----------
    node : ndarray of uint32, shape (n,)
        The ring.
    inside : ndarray of uint8, shape (n,)
        Whether a node waits.
    ends : ndarray of int64, shape (2,)
        Where the ring begins, and how many nodes wait.
    """

    node: np.ndarray
    inside: np.ndarray
    ends: np.ndarray


@kernel(_nrt=False)
def push(queue, node):
    """Let a node wait, unless it does."""
    if queue.inside[node] == 0:
        queue.inside[node] = 1
        at = queue.ends[0] + queue.ends[1]
        if at >= queue.node.size:
            at -= queue.node.size
        queue.node[at] = node
        queue.ends[1] += 1


@kernel(_nrt=False)
def pop(queue):
    """Return the node that has waited longest; there must be one."""
    at = queue.ends[0]
    node = queue.node[at]
    queue.ends[0] = 0 if at + 1 == queue.node.size else at + 1
    queue.ends[1] -= 1
    queue.inside[node] = 0
    return node


@kernel(_nrt=False)
def after(tour, node):
    """Return the node that follows ``node``."""
    at = np.int64(tour.place[node]) + 1
    return tour.order[0 if at == tour.order.size else at]


@kernel(_nrt=False)
def before(tour, node):
    """Return the node that ``node`` follows."""
    at = np.int64(tour.place[node]) - 1
    return tour.order[tour.order.size - 1 if at < 0 else at]


@kernel(_nrt=False)
def onward(tour, node, forward):
    """Return the next node in the given direction."""
    return after(tour, node) if forward else before(tour, node)


@kernel(_nrt=False)
def between(tour, a, b, c, forward):
    """Whether b is met on the way from a to c, both included, in the given direction."""
    first = np.int64(tour.place[a])
    middle = np.int64(tour.place[b])
    last = np.int64(tour.place[c])
    if not forward:
        first, last = last, first
    if first <= last:
        return first <= middle and middle <= last
    return middle >= first or middle <= last


@kernel(_nrt=False)
def reverse(tour, i, j):
    """Reverse the path at positions i to j, round the end if need be; an involution.

    The shorter one of the path and the rest of the tour is reversed: the same cycle, which then may
    run the other way. Positions are int64.
    """
    n = tour.order.size
    length = j - i + 1
    if length <= 0:
        length += n
    if 2 * length > n:
        i, j = j + 1, i - 1
        if i == n:
            i = 0
        if j < 0:
            j = n - 1
        length = n - length
    for _ in range(length // 2):
        a = tour.order[i]
        b = tour.order[j]
        tour.order[i] = b
        tour.place[b] = i
        tour.order[j] = a
        tour.place[a] = j
        i += 1
        if i == n:
            i = 0
        j -= 1
        if j < 0:
            j = n - 1


@kernel(_nrt=False)
def flip(tour, a, b, forward):
    """Reverse the path that leads from node a to node b in the given direction, and note it."""
    i = np.int64(tour.place[a])
    j = np.int64(tour.place[b])
    if not forward:
        i, j = j, i
    count = tour.logged[0]
    tour.log[count, 0] = i
    tour.log[count, 1] = j
    tour.logged[0] = count + 1
    reverse(tour, i, j)


@kernel(_nrt=False)
def take_back(tour, count):
    """Undo the last reversals until ``count`` are left in the log."""
    at = tour.logged[0]
    while at > count:
        at -= 1
        reverse(tour, tour.log[at, 0], tour.log[at, 1])
    tour.logged[0] = count
