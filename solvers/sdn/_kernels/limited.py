"""Cheapest paths within limits on delay and hops, by label setting."""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import shortest_tree
from netroute.solvers.sdn._kernels.graph import NO_ARC
from netroute.solvers.sdn._kernels.pricing import put_path, set_lengths

NONE = np.int64(-1)


class Labels(NamedTuple):
    """Room for the paths of one source; label 0 is the empty path.

    Attributes
    ----------
    node, arc : ndarray of uint32
        Where the path ends, and its last arc.
    above, older : ndarray of int64
        The path without its last arc; the label that its node kept before it, -1 for none.
    cost, delay : ndarray of float64
    hops, heap : ndarray of int64
        The heap holds labels by cost, then delay.
    kept : ndarray of int64, shape (n,)
        Latest label that each node kept.
    waiting : ndarray of int64, shape (n,)
        First pair with this target that has no path yet, -1 for none.
    following : ndarray of int64, shape (K,)
        The next one.
    """

    node: np.ndarray
    arc: np.ndarray
    above: np.ndarray
    older: np.ndarray
    cost: np.ndarray
    delay: np.ndarray
    hops: np.ndarray
    heap: np.ndarray
    kept: np.ndarray
    waiting: np.ndarray
    following: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _before(labels, a, b):
    return labels.cost[a] < labels.cost[b] or (
        labels.cost[a] == labels.cost[b] and labels.delay[a] < labels.delay[b]
    )


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _push(labels, size, label):
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if not _before(labels, label, labels.heap[above]):
            break
        labels.heap[at] = labels.heap[above]
        at = above
    labels.heap[at] = label


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _pop(labels, size):
    """Return the first of ``size`` labels and close the gap."""
    top = labels.heap[0]
    last = labels.heap[size - 1]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size - 1:
            break
        if below + 2 < size and _before(labels, labels.heap[below + 1], labels.heap[below]):
            below += 1
        if not _before(labels, labels.heap[below], last):
            break
        labels.heap[at] = labels.heap[below]
        at = below
    labels.heap[at] = last
    return top


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _dominated(labels, label):
    """Whether the label's node has kept one that is no longer in delay nor hops."""
    other = labels.kept[labels.node[label]]
    while other >= 0:
        if labels.delay[other] <= labels.delay[label] and labels.hops[other] <= labels.hops[label]:
            return True
        other = labels.older[other]
    return False


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _serve(labels, pairs, answer, label):
    """Hand the label to the pairs that wait for it; return how many."""
    node = labels.node[label]
    served = 0
    before = NONE
    k = labels.waiting[node]
    while k >= 0:
        following = labels.following[k]
        hops = pairs.max_hops[k]
        if labels.delay[label] <= pairs.max_delay[k] and (hops == 0 or labels.hops[label] <= hops):
            answer[k] = label
            served += 1
            if before < 0:
                labels.waiting[node] = following
            else:
                labels.following[before] = following
        else:
            before = k
        k = following
    return served


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _set_labels(
    graph, delay, pairs, length, labels, answer, waiting, longest, most, timed, counted
):
    """Find a path for each waiting pair where there is one; return False if labels run out.

    Delays count only if ``timed``, hops only if ``counted``: fewer labels are worth keeping.
    """
    for v in range(len(labels.kept)):
        labels.kept[v] = NONE
    count = np.int64(1)
    size = np.int64(1)
    labels.heap[0] = 0
    while size > 0 and waiting > 0:
        label = _pop(labels, size)
        size -= 1
        if _dominated(labels, label):
            continue
        node = labels.node[label]
        labels.older[label] = labels.kept[node]
        labels.kept[node] = label
        waiting -= _serve(labels, pairs, answer, label)
        if labels.hops[label] == most:
            continue
        for k in range(graph.out_start[node], graph.out_start[node + np.uint32(1)]):
            arc = graph.out_arc[k]
            late = labels.delay[label] + delay[arc] if timed else 0.0
            if late > longest or length[arc] == np.inf:
                continue
            if count == len(labels.node):
                return False
            labels.node[count] = graph.head[arc]
            labels.arc[count] = arc
            labels.above[count] = label
            labels.cost[count] = labels.cost[label] + length[arc]
            labels.delay[count] = late
            labels.hops[count] = labels.hops[label] + 1 if counted else 0
            if not _dominated(labels, count):
                _push(labels, size, count)
                size += 1
                count += 1
    return True


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _put_label(labels, label, paths, at):
    """Write the arcs of a label's path from place ``at`` on; return the end."""
    end = at
    while label > 0:
        paths.arc[end] = labels.arc[label]
        end += 1
        label = labels.above[label]
    for k in range((end - at) // 2):
        last = end - 1 - k
        paths.arc[at + k], paths.arc[last] = paths.arc[last], paths.arc[at + k]
    return end


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _fits(graph, delay, pairs, tree, k):
    """Whether the tree's path keeps the limits of pair k."""
    total = 0.0
    hops = 0
    node = pairs.target[k]
    while tree.parent_arc[node] != NO_ARC:
        arc = tree.parent_arc[node]
        total += delay[arc]
        hops += 1
        node = graph.tail[arc]
    return total <= pairs.max_delay[k] and (pairs.max_hops[k] == 0 or hops <= pairs.max_hops[k])


@kernel(_nrt=False)
def price_limited(
    graph, capacity, price, node_price, pairs, heap, tree, paths, first, last, delay, labels, answer
):
    """Do as `price_trees` within the limits of the pairs; -1 - t where labels run out at tree t.

    Pairs whose path in the tree keeps their limits need no labels.
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
        for v in range(n):
            labels.waiting[v] = NONE
        waiting = np.int64(0)
        longest = 0.0
        most = np.int64(0)
        timed = np.bool_(False)
        counted = np.bool_(False)
        for k in range(low, high):
            target = pairs.target[k]
            answer[k] = 0
            if tree.distance[target] < np.inf and not _fits(graph, delay, pairs, tree, k):
                answer[k] = NONE
                labels.following[k] = labels.waiting[target]
                labels.waiting[target] = k
                waiting += 1
                longest = max(longest, pairs.max_delay[k])
                most = max(most, pairs.max_hops[k] if pairs.max_hops[k] > 0 else n)
                timed |= pairs.max_delay[k] < np.inf
                counted |= pairs.max_hops[k] > 0
        if waiting > 0:
            labels.node[0] = pairs.source[low]
            done = _set_labels(
                graph,
                delay,
                pairs,
                tree.length,
                labels,
                answer,
                waiting,
                longest,
                most,
                timed,
                counted,
            )
            if not done:
                return -1 - t
        for k in range(low, high):
            at = paths.start[k]
            end = at
            paths.cost[k] = np.inf
            if answer[k] > 0:
                paths.cost[k] = labels.cost[answer[k]]
                end = _put_label(labels, answer[k], paths, at)
            elif answer[k] == 0:
                paths.cost[k] = tree.distance[pairs.target[k]]
                end = put_path(graph, tree.parent_arc, pairs.target[k], paths.arc, at)
            paths.start[k + 1] = end
            paths.split[k] = end - at
    return last
