"""Networks in the form that kernels take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.sdn._kernels.dijkstra import shortest_trees
from netroute.solvers.sdn._kernels.graph import NO_ARC, Graph, Heap

if TYPE_CHECKING:
    from netroute.problems.sdn import SdnInstance

__all__ = ["NO_ARC", "Graph", "Heap", "graph_of", "make_graph", "new_heap", "trees"]


def graph_of(instance: SdnInstance) -> Graph:
    """Return the arcs of an instance grouped by tail, in arrays of the caller's own."""
    return make_graph(len(instance.nodes), instance.tail, instance.head)


def make_graph(nodes: int, tail: np.ndarray, head: np.ndarray) -> Graph:
    """Group arcs by their tail; among equals the instance's order stays.

    Examples
    --------
    >>> graph = make_graph(3, np.array([1, 0, 1]), np.array([2, 1, 0]))
    >>> graph.out_arc[graph.out_start[1] : graph.out_start[2]].tolist()
    [0, 2]
    """
    out_start = np.zeros(nodes + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=nodes), out=out_start[1:])
    return Graph(
        out_start=out_start,
        out_arc=np.argsort(tail, kind="stable").astype(np.uint32),
        tail=np.array(tail, np.uint32),
        head=np.array(head, np.uint32),
    )


def new_heap(nodes: int) -> Heap:
    """Return room for Dijkstra's algorithm on ``nodes`` nodes."""
    return Heap(np.zeros(nodes, np.uint32), np.zeros(nodes, np.int64))


def trees(graph: Graph, length: np.ndarray, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shortest-path trees from each source.

    Parameters
    ----------
    length : ndarray of float64, shape (m,)
        Not negative; infinite for closed arcs.
    sources : ndarray of uint32, shape (S,)

    Returns
    -------
    distance : ndarray of float64, shape (S, n)
        Infinite where there is no path.
    parent_arc : ndarray of uint32, shape (S, n)
        Last arc of the path, `NO_ARC` for the source and where there is none.

    Examples
    --------
    >>> graph = make_graph(3, np.array([0, 1]), np.array([1, 2]))
    >>> trees(graph, np.array([2.0, 3.0]), np.array([0], np.uint32))[0].tolist()
    [[0.0, 2.0, 5.0]]
    """
    nodes = len(graph.out_start) - 1
    distance = np.empty((len(sources), nodes))
    parent_arc = np.empty((len(sources), nodes), np.uint32)
    shortest_trees(
        graph,
        np.array(length, np.float64),
        np.array(sources, np.uint32),
        distance,
        parent_arc,
        new_heap(nodes),
    )
    return distance, parent_arc
