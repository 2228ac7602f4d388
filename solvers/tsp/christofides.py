"""Christofides' algorithm: a spanning tree, a matching of its odd nodes, and short cuts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.core.solver import parameter
from netroute.problems.tsp.instance import NEGATIVE
from netroute.solvers.neighbours import nearest_in_rows
from netroute.solvers.tsp.base import ConstructionSolver, halted

if TYPE_CHECKING:
    from netroute.core.recorder import Recorder
    from netroute.problems.tsp import TspInstance

SIZE_LIMIT = 1_000
"""Nodes; the matching, by networkx, takes a second or two then."""


@dataclass(frozen=True, kw_only=True)
class ChristofidesSolver(ConstructionSolver):
    """At most 1.5 times the optimum where the triangle inequality holds; usually 10 to 15 % above.

    The shortest spanning tree and a least matching of its nodes of odd degree are walked along in
    one go, nodes that have been visited being passed over. The bound of 1.5 needs the matching over
    all pairs, which takes twenty times as long and is hardly ever shorter. Neither the time limit
    nor Ctrl-C cuts the matching short. The seed has no influence. Source: N. Christofides,
    Worst-case analysis of a new heuristic for the travelling salesman problem (Carnegie-Mellon
    University 1976).

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[0, 0], [4, 0], [1, 0], [-2, 0]])
    >>> ChristofidesSolver().solve(instance).objective
    12.0
    """

    name: ClassVar[str] = "christofides"
    summary: ClassVar[str] = "shortest spanning tree, least matching, short cuts"
    supports: ClassVar[frozenset[str]] = frozenset({NEGATIVE})

    neighbours: int = parameter(
        10, "nearest odd nodes that each may be matched with, 0 for all", low=0
    )

    def build(self, instance: TspInstance, recorder: Recorder, *, seed: int) -> np.ndarray | None:
        """Return the tour."""
        if instance.size > SIZE_LIMIT:
            raise UnsupportedError(
                f"solver 'christofides' takes at most {SIZE_LIMIT} nodes, instance "
                f"{instance.name!r} has {instance.size}; use 'savings'"
            )
        if halted(recorder):
            return None
        lengths = instance.distance_matrix()
        edges = spanning_tree(lengths)
        odd = np.flatnonzero(np.bincount(edges.ravel(), minlength=instance.size) % 2)
        matching = least_matching(lengths, odd, neighbours=self.neighbours)
        return shortcut(np.concatenate([edges, matching]), instance.size)


def spanning_tree(lengths: np.ndarray) -> np.ndarray:
    """Return the n - 1 edges of a shortest spanning tree, by Prim's algorithm, shape (n - 1, 2).

    Examples
    --------
    >>> spanning_tree(np.array([[0.0, 1, 9], [1, 0, 2], [9, 2, 0]])).tolist()
    [[0, 1], [1, 2]]
    """
    n = len(lengths)
    outside = np.ones(n, bool)
    outside[0] = False
    best, link = lengths[0].copy(), np.zeros(n, np.int64)
    edges = np.empty((n - 1, 2), np.int64)
    for index in range(n - 1):
        node = int(np.argmin(np.where(outside, best, np.inf)))
        edges[index] = link[node], node
        outside[node] = False
        closer = lengths[node] < best
        best[closer], link[closer] = lengths[node, closer], node
    return edges


def least_matching(lengths: np.ndarray, nodes: np.ndarray, *, neighbours: int = 0) -> np.ndarray:
    """Return pairs of an even number of nodes with the least sum of lengths, shape (k, 2).

    Parameters
    ----------
    lengths : ndarray, shape (n, n)
        Of all pairs of all nodes.
    nodes : ndarray of nodes
        Those to match.
    neighbours : int
        Only pairs of near nodes count; more of them where they do not suffice. 0 for all.

    Examples
    --------
    >>> places = np.array([0.0, 1.0, 5.0, 6.0])
    >>> least_matching(np.abs(places[:, None] - places), np.arange(4)).tolist()
    [[0, 1], [2, 3]]
    """
    import networkx as nx

    apart = lengths[np.ix_(nodes, nodes)].copy()
    np.fill_diagonal(apart, np.inf)
    count = neighbours or len(nodes)
    while True:
        near = nearest_in_rows(apart, min(count, len(nodes) - 1))
        graph = nx.Graph()
        for a, row in enumerate(near.tolist()):
            graph.add_weighted_edges_from((a, b, float(apart[a, b])) for b in row)
        pairs = nx.min_weight_matching(graph)
        if 2 * len(pairs) == len(nodes) or count >= len(nodes):
            break
        count *= 2
    found = np.array(sorted(tuple(sorted(pair)) for pair in pairs), np.int64).reshape(-1, 2)
    matched: np.ndarray = nodes[found]
    return matched


def shortcut(edges: np.ndarray, n: int) -> np.ndarray:
    """Return the nodes in the order in which a walk along all edges first meets them.

    Parameters
    ----------
    edges : ndarray, shape (m, 2)
        Connected, with an even number at each node; an edge may be there twice.
    n : int
        Number of nodes.

    Examples
    --------
    >>> shortcut(np.array([[0, 1], [1, 2], [2, 0], [0, 3], [3, 0]]), 4).tolist()
    [0, 1, 2, 3]
    """
    around: list[list[int]] = [[] for _ in range(n)]
    for index, (a, b) in enumerate(edges.tolist()):
        around[a].append(index)
        around[b].append(index)
    ends = edges.sum(axis=1).tolist()
    used = [False] * len(edges)
    stack, walk = [0], []
    while stack:
        node = stack[-1]
        while around[node] and used[around[node][-1]]:
            around[node].pop()
        if around[node]:
            index = around[node].pop()
            used[index] = True
            stack.append(ends[index] - node)
        else:
            walk.append(stack.pop())
    return np.array(list(dict.fromkeys(walk)), np.uint32)
