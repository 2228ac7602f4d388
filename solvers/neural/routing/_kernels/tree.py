"""The shortest tree over what is left of an instance: the policy's view of the whole."""

import math
from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.tables import distance

BINS = 64
"""Of the distances by which the nodes are chosen that a tree spans."""


FIRST = 0.2
"""Length of the first step of the prices, in mean edges of the tree."""


class Tree(NamedTuple):
    """A tree over the nodes that are left, and prices under which it is nearly a path.

    By node, arrays of (N,): ``parent``, int64, -1 next to the goal; ``degree``, int64, with the
    edges to start and goal; ``below``, int64, nodes of the branch that hangs on the parent, itself
    included, 0 for nodes that are not in the tree; ``trunk``, bool, on the path from the start to
    the goal; ``up``, float64, distance to the goal's neighbour along the tree; ``key``, float64,
    length of the edge to the parent, with prices; ``price``, float64. ``ends``, int64 (2,): the
    nodes that are nearest to the start and to the goal, -1 where nothing is left.

    ``node``, ``order``, ``rest``, ``trial`` and ``least``, (N,), ``apart``, (C, C), and ``bin``,
    int64 (BINS,), are room; up to C nodes their distances are measured only once.
    """

    parent: np.ndarray
    degree: np.ndarray
    below: np.ndarray
    node: np.ndarray
    order: np.ndarray
    rest: np.ndarray
    trunk: np.ndarray
    up: np.ndarray
    key: np.ndarray
    price: np.ndarray
    trial: np.ndarray
    least: np.ndarray
    apart: np.ndarray
    ends: np.ndarray
    bin: np.ndarray


@kernel(_nrt=False)
def grow(tables, states, s, routes, most, steps, decay, tree):
    """Span the nodes left in state ``s``, or about ``most`` of them that are nearest.

    The prices begin as those of the whole instance and follow the subgradient of the bound of what
    is left: a walk from start to goal with two edges at each node, or with ``routes`` several that
    end at the goal, the depot. There are so many ``steps``, each shorter than the last one by the
    factor ``decay``. The time grows with the square of the nodes spanned.

    Source of the ascent: M. Held, R. Karp, The traveling-salesman problem and minimum spanning
    trees: part II (Mathematical Programming 1971).
    """
    b = states.instance[s]
    size = _select(tables, states, s, most, tree)
    tree.ends[0] = -1
    tree.ends[1] = -1
    if size == 0:
        return
    for q in range(size):
        tree.trial[tree.node[q]] = tables.price[b, tree.node[q]]
    if size <= len(tree.apart):
        for q in range(size):
            for r in range(size):
                # To the one that is in the tree from the one that is not.
                tree.apart[q, r] = distance(tables, b, tree.node[r], tree.node[q])
    best = -np.inf
    step = 0.0
    for turn in range(steps + 1):
        value = _span(tables, states, s, routes, size, tree)
        if turn == 0:
            step = FIRST * abs(value) / (size + 1)
        if value > best:
            best = value
            for q in range(size):
                tree.price[tree.node[q]] = tree.trial[tree.node[q]]
        if turn < steps:
            for q in range(size):
                v = tree.node[q]
                tree.trial[v] += step * (tree.degree[v] - 2)
            step *= decay
    for q in range(size):
        tree.trial[tree.node[q]] = tree.price[tree.node[q]]
    _span(tables, states, s, routes, size, tree)
    for q in range(size):
        tree.below[tree.node[q]] = 1
    for t in range(size - 1, -1, -1):
        u = tree.order[t]
        if tree.parent[u] >= 0:
            tree.below[tree.parent[u]] += tree.below[u]
    at = tree.ends[0]
    while at >= 0:
        tree.trunk[at] = True
        at = tree.parent[at]


@kernel(_nrt=False)
def _span(tables, states, s, routes, size, tree):
    """Fill the tree for the prices ``trial``; return the bound that it is."""
    b = states.instance[s]
    here = states.here[s]
    goal = states.goal[s]
    start = 0
    root = 0
    from_here = np.inf
    from_goal = np.inf
    for q in range(size):
        v = tree.node[q]
        to_here = distance(tables, b, here, v) + tree.trial[v]
        to_goal = distance(tables, b, v, goal) + tree.trial[v]
        tree.least[q] = to_goal if routes else np.inf
        tree.rest[q] = q
        tree.parent[v] = -1
        tree.degree[v] = 0
        if to_here < from_here:
            from_here = to_here
            start = v
        if to_goal < from_goal:
            from_goal = to_goal
            root = q
    tree.ends[0] = start
    tree.ends[1] = tree.node[root]
    tree.least[root] = from_goal
    tree.degree[start] += 1
    value = from_here
    measured = size <= len(tree.apart)
    # Prim's algorithm; rest[: size - t] are the places in ``node`` of what is not in the tree yet.
    nearest = root
    for t in range(size):
        q = tree.rest[nearest]
        tree.rest[nearest] = tree.rest[size - 1 - t]
        u = tree.node[q]
        tree.order[t] = u
        tree.key[u] = tree.least[q]
        above = tree.parent[u]
        price = tree.trial[u]
        value += tree.key[u] - 2.0 * price
        tree.degree[u] += 1
        tree.up[u] = 0.0
        if above >= 0:
            tree.degree[above] += 1
            tree.up[u] = tree.up[above] + distance(tables, b, u, above)
        smallest = np.inf
        nearest = 0
        for k in range(size - 1 - t):
            r = tree.rest[k]
            v = tree.node[r]
            apart = tree.apart[q, r] if measured else distance(tables, b, v, u)
            length = apart + price + tree.trial[v]
            if length < tree.least[r]:
                tree.least[r] = length
                tree.parent[v] = u
            if tree.least[r] < smallest:
                smallest = tree.least[r]
                nearest = k
    if routes:
        value += _returns(tables, states, s, size, tree)
    return value


@kernel(_nrt=False)
def _returns(tables, states, s, size, tree):
    """Give the depot the edges that the routes still to come need; return their length."""
    b = states.instance[s]
    goal = states.goal[s]
    mass = -states.room[s]
    for q in range(size):
        mass += tables.demand[b, tree.node[q]]
    wanted = 1 + 2 * max(0, np.int64(math.ceil(mass - 1e-9)))
    for q in range(size):
        if tree.parent[tree.node[q]] < 0:
            wanted -= 1
    total = 0.0
    last = -np.inf
    while wanted > 0:
        # The next larger one of the edges that are not in the tree.
        least = np.inf
        node = -1
        for q in range(size):
            v = tree.node[q]
            if tree.parent[v] >= 0:
                length = distance(tables, b, v, goal) + tree.trial[v]
                if last < length < least:
                    least = length
                    node = v
        if node < 0:
            break
        tree.degree[node] += 1
        total += least
        last = least
        wanted -= 1
    return total


@kernel(_nrt=False)
def _select(tables, states, s, most, tree):
    """Put the nodes to be spanned into ``tree.node``, forget the others, return their number."""
    number = states.number[s]
    for q in range(number):
        tree.parent[states.left[s, q]] = -1
        tree.trunk[states.left[s, q]] = False
        tree.below[states.left[s, q]] = 0
    if number <= most:
        for q in range(number):
            tree.node[q] = states.left[s, q]
        return number
    b = states.instance[s]
    here = states.here[s]
    far = 0.0
    for q in range(number):
        far = max(far, distance(tables, b, here, states.left[s, q]))
    for k in range(BINS):
        tree.bin[k] = 0
    scale = (BINS - 1) / max(far, 1e-300)
    for q in range(number):
        tree.bin[int(distance(tables, b, here, states.left[s, q]) * scale)] += 1
    total = 0
    last = 0
    while last < BINS and (total == 0 or total + tree.bin[last] <= most):
        total += tree.bin[last]
        last += 1
    size = 0
    for q in range(number):
        if int(distance(tables, b, here, states.left[s, q]) * scale) < last:
            tree.node[size] = states.left[s, q]
            size += 1
    return size
