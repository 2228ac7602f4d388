"""Paths that grow together to a tour, joined at their ends."""

import numpy as np

from netroute.core.jit import kernel


@kernel(_nrt=False)
def root(owner, node):
    """Return what stands for the fragment of ``node`` in the union-find forest ``owner``."""
    while owner[node] != node:
        owner[node] = owner[owner[node]]
        node = owner[node]
    return node


@kernel(_nrt=False)
def join_edges(order, tail, head, link, owner):
    """Join fragments by edges in the given order; return how many were taken.

    An edge is taken if both nodes have a free place in ``link``, shape (n, 2), n for a free one,
    and belong to different fragments.
    """
    nobody = np.uint32(len(link))
    taken = 0
    for index in range(len(order)):
        a = tail[order[index]]
        b = head[order[index]]
        if link[a, 1] != nobody or link[b, 1] != nobody:
            continue
        left = root(owner, a)
        right = root(owner, b)
        if left == right:
            continue
        owner[right] = left
        link[a, 0 if link[a, 0] == nobody else 1] = b
        link[b, 0 if link[b, 0] == nobody else 1] = a
        taken += 1
    return taken


@kernel(_nrt=False)
def join_arcs(order, tail, head, link, owner):
    """Join fragments by arcs from tail to head; return how many were taken.

    ``link[v, 0]`` is the node that follows v, ``link[v, 1]`` the one before, n for none.
    """
    nobody = np.uint32(len(link))
    taken = 0
    for index in range(len(order)):
        a = tail[order[index]]
        b = head[order[index]]
        if link[a, 0] != nobody or link[b, 1] != nobody:
            continue
        left = root(owner, a)
        right = root(owner, b)
        if left == right:
            continue
        owner[right] = left
        link[a, 0] = b
        link[b, 1] = a
        taken += 1
    return taken


@kernel(_nrt=False)
def walk(link, start, tour):
    """Write the path from its end ``start`` to ``tour``; return its length."""
    nobody = np.uint32(len(link))
    before = nobody
    at = start
    length = 0
    while at != nobody:
        tour[length] = at
        length += 1
        following = link[at, 0]
        if following == before and length > 1:
            following = link[at, 1]
        before = at
        at = following
    return length
