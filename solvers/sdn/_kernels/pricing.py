"""The cheapest path of every pair at given prices, by one tree for all pairs that share it."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import shortest_tree
from netroute.solvers.sdn._kernels.graph import NO_ARC


class Tree(NamedTuple):
    """Room for one shortest-path tree.

    Attributes
    ----------
    length : ndarray of float64, shape (m,)
        Of the arcs, infinite where they are too narrow.
    distance : ndarray of float64, shape (n,)
    parent_arc : ndarray of uint32, shape (n,)
    """

    length: np.ndarray
    distance: np.ndarray
    parent_arc: np.ndarray


class Paths(NamedTuple):
    """A path for each pair, or two disjoint ones, the second after the first.

    Attributes
    ----------
    cost : ndarray of float64, shape (K,)
        Of a unit of bandwidth; infinite where there is no path.
    start : ndarray of int64, shape (K + 1,)
        The arcs of pair k are ``arc[start[k]:start[k + 1]]``, in order.
    split : ndarray of int64, shape (K,)
        How many of them belong to the first path.
    arc : ndarray of uint32
    """

    cost: np.ndarray
    start: np.ndarray
    split: np.ndarray
    arc: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def set_lengths(graph, capacity, price, node_price, width, unit, length):
    """Lengths of the arcs for one tree: price, plus that of a table entry at the tail."""
    for arc in range(len(capacity)):
        if capacity[arc] < width:
            length[arc] = np.inf
        else:
            length[arc] = price[arc] + unit * node_price[graph.tail[arc]]


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def put_path(graph, parent_arc, target, arcs, at):
    """Write the arcs of the tree's path to ``target`` from place ``at`` on; return the end."""
    end = at
    node = target
    while parent_arc[node] != NO_ARC:
        arcs[end] = parent_arc[node]
        end += 1
        node = graph.tail[parent_arc[node]]
    for k in range((end - at) // 2):
        last = end - 1 - k
        arcs[at + k], arcs[last] = arcs[last], arcs[at + k]
    return end


@kernel(_nrt=False)
def price_trees(graph, capacity, price, node_price, pairs, heap, tree, paths, first, last):
    """Price the pairs of the trees ``first`` to ``last - 1``; return the tree not done yet.

    That is less than ``last`` where ``paths.arc`` is full.
    """
    n = len(tree.distance)
    for t in range(first, last):
        low, high = pairs.tree_start[t], pairs.tree_start[t + 1]
        if paths.start[low] + (high - low) * n > len(paths.arc):
            return t
        set_lengths(
            graph, capacity, price, node_price, pairs.width[low], pairs.unit[low], tree.length
        )
        shortest_tree(graph, tree.length, pairs.source[low], tree.distance, tree.parent_arc, heap)
        for k in range(low, high):
            target = pairs.target[k]
            paths.cost[k] = tree.distance[target]
            end = put_path(graph, tree.parent_arc, target, paths.arc, paths.start[k])
            paths.start[k + 1] = end
            paths.split[k] = end - paths.start[k]
    return last
