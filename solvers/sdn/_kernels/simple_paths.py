"""The k shortest simple paths between two nodes.

Source: J. Y. Yen, Finding the K shortest loopless paths in a network (Management Science 1971);
E. L. Lawler, A procedure for computing the K best solutions (Management Science 1972), by which
each path is found once.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.sdn._kernels.dijkstra import rise, sink
from netroute.solvers.sdn._kernels.graph import NO_ARC


class Found(NamedTuple):
    """Paths in rows: the first ones are final, the others wait for their turn.

    Attributes
    ----------
    arc : ndarray of uint32, shape (2 * k, n)
    hops : ndarray of int64, shape (2 * k,)
        0 for a free row.
    branch : ndarray of int64, shape (2 * k,)
        Arcs that the path shares with the one that it was made from.
    length : ndarray of float64, shape (2 * k,)
    """

    arc: np.ndarray
    hops: np.ndarray
    branch: np.ndarray
    length: np.ndarray


class Search(NamedTuple):
    """Room for one search.

    Attributes
    ----------
    distance, key : ndarray of float64, shape (n,)
    parent_arc : ndarray of uint32, shape (n,)
    closed, shut : ndarray of bool, shape (n,)
        Nodes that are settled, and nodes that must not be entered.
    shut_arc : ndarray of bool, shape (m,)
    """

    distance: np.ndarray
    key: np.ndarray
    parent_arc: np.ndarray
    closed: np.ndarray
    shut: np.ndarray
    shut_arc: np.ndarray


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _search(graph, length, ahead, source, target, search, heap):
    """Find a shortest path past what is shut; return its length, infinite if there is none.

    ``ahead`` is each node's distance to the target in the whole network, which guides the search.
    """
    for v in range(len(search.distance)):
        search.distance[v] = np.inf
        search.closed[v] = False
    if ahead[source] == np.inf:
        return np.inf
    search.distance[source] = 0.0
    search.key[source] = ahead[source]
    search.parent_arc[source] = NO_ARC
    heap.node[0] = source
    heap.place[source] = 0
    size = 1
    while size > 0:
        u = heap.node[0]
        if u == target:
            return search.distance[u]
        size -= 1
        if size > 0:
            sink(heap, search.key, size, heap.node[size])
        search.closed[u] = True
        for i in range(graph.out_start[u], graph.out_start[u + np.uint32(1)]):
            arc = graph.out_arc[i]
            v = graph.head[arc]
            if search.shut_arc[arc] or search.shut[v] or search.closed[v] or ahead[v] == np.inf:
                continue
            known = search.distance[v]
            through = search.distance[u] + length[arc]
            if through < known:
                search.distance[v] = through
                search.key[v] = through + ahead[v]
                search.parent_arc[v] = arc
                if known == np.inf:
                    heap.node[size] = v
                    heap.place[v] = size
                    size += 1
                rise(heap, search.key, heap.place[v])
    return np.inf


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _write(graph, source, target, search, path, begin):
    """Write the path that was found to ``path[begin:]``; return where it ends."""
    hops = 0
    node = target
    while node != source:
        hops += 1
        node = graph.tail[search.parent_arc[node]]
    end = begin + hops
    node = target
    for i in range(end - 1, begin - 1, -1):
        path[i] = search.parent_arc[node]
        node = graph.tail[search.parent_arc[node]]
    return end


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _shut_followers(found, done, path, branch, search, shut):
    """Shut or open the arcs by which the final paths that begin like ``path`` go on."""
    for other in range(done):
        if found.hops[other] <= branch:
            continue
        same = True
        for i in range(branch):
            if found.arc[other, i] != path[i]:
                same = False
                break
        if same:
            search.shut_arc[found.arc[other, branch]] = shut


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _waiting_row(found, done, k):
    """Return a free row beyond the final ones, or else the one with the longest path."""
    worst = done
    for row in range(done, done + k):
        if found.hops[row] == 0:
            return row
        if found.length[row] > found.length[worst]:
            worst = row
    return worst


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _branch_off(graph, length, ahead, target, found, done, k, search, heap):
    """Add the best way to leave the last final path at each of its nodes to the waiting ones."""
    path = found.arc[done - 1]
    before = 0.0
    for branch in range(found.hops[done - 1]):
        arc = path[branch]
        node = graph.tail[arc]
        if branch >= found.branch[done - 1]:
            _shut_followers(found, done, path, branch, search, True)
            rest = _search(graph, length, ahead, node, target, search, heap)
            _shut_followers(found, done, path, branch, search, False)
            row = _waiting_row(found, done, k)
            if rest < np.inf and (found.hops[row] == 0 or before + rest < found.length[row]):
                for i in range(branch):
                    found.arc[row, i] = path[i]
                found.hops[row] = _write(graph, node, target, search, found.arc[row], branch)
                found.branch[row] = branch
                found.length[row] = before + rest
        search.shut[node] = True
        before += length[arc]
    for branch in range(found.hops[done - 1]):
        search.shut[graph.tail[path[branch]]] = False


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _swap(found, a, b):
    """Exchange two rows."""
    for i in range(max(found.hops[a], found.hops[b])):
        found.arc[a, i], found.arc[b, i] = found.arc[b, i], found.arc[a, i]
    found.hops[a], found.hops[b] = found.hops[b], found.hops[a]
    found.branch[a], found.branch[b] = found.branch[b], found.branch[a]
    found.length[a], found.length[b] = found.length[b], found.length[a]


@kernel(_nrt=False)
def k_shortest(graph, length, ahead, source, target, k, found, search, heap):
    """Fill the first rows of ``found`` with the shortest paths in order; return how many.

    ``length`` (float64, positive) holds for each arc, ``ahead`` for each node its distance to the
    target. No more than ``k`` paths are sought; all rows of ``found`` are overwritten.
    """
    for row in range(2 * k):
        found.hops[row] = 0
    for v in range(len(search.shut)):
        search.shut[v] = False
    for arc in range(len(search.shut_arc)):
        search.shut_arc[arc] = False
    shortest = _search(graph, length, ahead, source, target, search, heap)
    if shortest == np.inf:
        return 0
    found.hops[0] = _write(graph, source, target, search, found.arc[0], 0)
    found.branch[0] = 0
    found.length[0] = shortest
    done = 1
    while done < k:
        _branch_off(graph, length, ahead, target, found, done, k, search, heap)
        best = -1
        for row in range(done, 2 * k):
            if found.hops[row] > 0 and (best < 0 or found.length[row] < found.length[best]):
                best = row
        if best < 0:
            break
        _swap(found, done, best)
        done += 1
    return done


@kernel(_nrt=False)
def paths_of_pairs(
    graph, length, ahead, sources, target, most, k, found, search, heap, arc, start, first, size
):
    """Append the ``most`` <= k shortest paths from each of ``sources`` to ``target``.

    The j-th path of the i-th source gets ``arc[start[x]:start[x + 1]]``, ``x = (first + i) * k +
    j``; paths that do not exist are empty. Begins at ``arc[size]``. Returns how many sources were
    served before the room ran out, and where the arcs end.
    """
    nodes = len(ahead)
    for i in range(len(sources)):
        if size + k * nodes > len(arc):
            return i, size
        count = k_shortest(graph, length, ahead, sources[i], target, most, found, search, heap)
        for j in range(k):
            if j < count:
                for h in range(found.hops[j]):
                    arc[size + h] = found.arc[j, h]
                size += found.hops[j]
            start[(first + i) * k + j + 1] = size
    return len(sources), size
