"""Shortest one-trees of a sparse graph, and the ascent to multipliers that make them long.

A one-tree is a spanning tree with one more edge at one of its leaves. With a multiplier of each
node added to the lengths of its edges, no tour is shorter than the shortest one-tree less twice the
sum of the multipliers; the ascent moves them towards a tree in which each node has two edges.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Graph(NamedTuple):
    """Edges in both directions: those of v are ``start[v]`` to ``start[v + 1]``.

    ``fixed`` is 1 for edges that every tree must have.
    """

    start: np.ndarray
    near: np.ndarray
    length: np.ndarray
    fixed: np.ndarray


class Tree(NamedTuple):
    """A one-tree: parents (n at the first node), lengths of the edges to them, degrees.

    ``key``, ``heap`` and ``place`` are room for Prim's algorithm. ``end[0]`` is the leaf that has
    one more edge and ``end[1]`` that edge's other end.
    """

    parent: np.ndarray
    length: np.ndarray
    degree: np.ndarray
    end: np.ndarray
    key: np.ndarray
    heap: np.ndarray
    place: np.ndarray


@kernel(_nrt=False)
def _up(tree, hole, node):
    """Move ``node`` from place ``hole`` of the heap towards its top."""
    key = tree.key[node]
    while hole > 0:
        above = (hole - 1) >> 1
        other = tree.heap[above]
        if tree.key[other] <= key:
            break
        tree.heap[hole] = other
        tree.place[other] = hole
        hole = above
    tree.heap[hole] = node
    tree.place[node] = hole


@kernel(_nrt=False)
def _down(tree, size, node):
    """Move ``node`` from the top of the heap to where it belongs."""
    key = tree.key[node]
    hole = 0
    below = 1
    while below < size:
        if below + 1 < size and tree.key[tree.heap[below + 1]] < tree.key[tree.heap[below]]:
            below += 1
        other = tree.heap[below]
        if tree.key[other] >= key:
            break
        tree.heap[hole] = other
        tree.place[other] = hole
        hole = below
        below = 2 * hole + 1
    tree.heap[hole] = node
    tree.place[node] = hole


@kernel(_nrt=False)
def spanning_tree(graph, price, tree):
    """Fill ``tree`` with the shortest spanning tree; return its length with prices.

    Infinite if the graph is not connected.
    """
    n = len(price)
    nobody = np.uint32(n)
    done = -2
    for v in range(n):
        tree.place[v] = -1
        tree.key[v] = np.inf
        tree.degree[v] = 0
        tree.parent[v] = nobody
    total = 0.0
    reached = 1
    size = 0
    node = np.uint32(0)
    tree.place[node] = done
    while True:
        own = price[node]
        for e in range(graph.start[node], graph.start[node + np.uint32(1)]):
            other = graph.near[e]
            place = tree.place[other]
            if place == done:
                continue
            length = graph.length[e] + own + price[other]
            key = -np.inf if graph.fixed[e] else length
            if key < tree.key[other]:
                tree.key[other] = key
                tree.parent[other] = node
                tree.length[other] = length
                if place < 0:
                    place = size
                    size += 1
                _up(tree, place, other)
        if size == 0:
            break
        node = tree.heap[0]
        size -= 1
        if size > 0:
            _down(tree, size, tree.heap[size])
        tree.place[node] = done
        total += tree.length[node]
        tree.degree[node] += 1
        tree.degree[tree.parent[node]] += 1
        reached += 1
    return total if reached == n else np.inf


@kernel(_nrt=False)
def one_tree(graph, price, tree):
    """Fill ``tree`` with the shortest one-tree of the leaf for which it is longest; return it.

    What is returned is the bound: the length with prices less twice their sum.
    """
    n = len(price)
    total = spanning_tree(graph, price, tree)
    worst = -np.inf
    leaf = np.uint32(0)
    mate = np.uint32(0)
    sum_price = 0.0
    for v in range(n):
        sum_price += price[v]
        if tree.degree[v] != 1:
            continue
        node = np.uint32(v)
        tied = tree.parent[node]
        if tied == n:
            # The first node has no parent: its only neighbour is the child.
            for e in range(graph.start[node], graph.start[node + np.uint32(1)]):
                if tree.parent[graph.near[e]] == node:
                    tied = graph.near[e]
        second = np.inf
        other = node
        for e in range(graph.start[node], graph.start[node + np.uint32(1)]):
            if graph.near[e] != tied:
                length = graph.length[e] + price[graph.near[e]]
                if length < second:
                    second = length
                    other = graph.near[e]
        second += price[node]
        if second > worst and second < np.inf:
            worst = second
            leaf = node
            mate = other
    tree.end[0] = leaf
    tree.end[1] = mate
    tree.degree[leaf] += 1
    tree.degree[mate] += 1
    return total + worst - 2.0 * sum_price


@kernel(_nrt=False)
def ascend(graph, price, best, before, tree, state, decay, steps):
    """Take ``steps`` subgradient steps; ``best`` are the prices of the best bound so far.

    ``state``: the best bound, the step's length, and 1 once the one-tree is a tour. ``decay``
    shortens each step. ``before`` are the degrees of the last step, of which a part is kept, as
    in T. Volgenant, R. Jonker, A branch and bound algorithm for the symmetric traveling salesman
    problem based on the 1-tree relaxation (European Journal of Operational Research 1982).
    """
    n = len(price)
    for _ in range(steps):
        value = one_tree(graph, price, tree)
        norm = 0
        for v in range(n):
            norm += (tree.degree[v] - 2) * (tree.degree[v] - 2)
        if value > state[0]:
            state[0] = value
            for v in range(n):
                best[v] = price[v]
        if norm == 0:
            state[2] = 1.0
            return
        step = state[1]
        for v in range(n):
            off = np.float64(tree.degree[v] - 2)
            price[v] += step * (0.7 * off + 0.3 * before[v])
            before[v] = off
        state[1] = step * decay
