"""A network as kernels see it."""

from typing import NamedTuple

import numpy as np

NO_ARC = np.uint32(0xFFFFFFFF)
"""Marks a node that no arc enters on the way from the source."""


class Graph(NamedTuple):
    """Arcs grouped by their tail.

    Attributes
    ----------
    out_start : ndarray of int64, shape (n + 1,)
        The arcs that leave node v are ``out_arc[out_start[v]:out_start[v + 1]]``.
    out_arc : ndarray of uint32, shape (m,)
    tail, head : ndarray of uint32, shape (m,)
        Ends of each arc, in the instance's order.
    """

    out_start: np.ndarray
    out_arc: np.ndarray
    tail: np.ndarray
    head: np.ndarray


class Heap(NamedTuple):
    """Room for one run of Dijkstra's algorithm.

    Attributes
    ----------
    node : ndarray of uint32, shape (n,)
        The heap: nodes by distance.
    place : ndarray of int64, shape (n,)
        Where each node is in it.
    """

    node: np.ndarray
    place: np.ndarray
