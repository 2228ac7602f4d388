"""Choice of cluster heads at given prices: uncapacitated facility location by local search.

Opening a head j costs ``price[j] * head[j]``; it serves itself for nothing and node i for
``price[i] * send[i, j] + price[j] * receive[j]``; without a head node i pays
``price[i] * direct[i]``. Each node keeps its best and its second best choice, so that the worth
of opening a head, of closing one and of all its swaps is known after one pass over its neighbours.

Sources: R. Whitaker, A fast algorithm for the greedy interchange for large-scale clustering and
median location problems (INFOR 1983); M. Resende, R. Werneck, A hybrid multistart heuristic for
the uncapacitated facility location problem (EJOR 2006).
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel


class Field(NamedTuple):
    """What a round costs, in joules.

    Attributes
    ----------
    start : ndarray of int64, shape (n + 1,)
        The nodes that may serve node i, or be served by it, are ``near[start[i]:start[i + 1]]``.
    near : ndarray of uint32, shape (m,)
        Symmetric: i is near j if j is near i.
    send : ndarray of float64, shape (m,)
        What a member pays over that distance.
    direct, head, receive : ndarray of float64, shape (n,)
        A report to the base station, the round of a head without members, and each member's share.
    """

    start: np.ndarray
    near: np.ndarray
    send: np.ndarray
    direct: np.ndarray
    head: np.ndarray
    receive: np.ndarray


class Clusters(NamedTuple):
    """Heads and every node's two best choices.

    Attributes
    ----------
    price : ndarray of float64, shape (n,)
        Of each node's energy.
    usable : ndarray of uint8, shape (n,)
        2: may be a head; 1: reports only; 0: dead.
    open : ndarray of uint8, shape (n,)
        Whether a node is a head.
    first, second : ndarray of uint32, shape (n,)
        Best and second best choice; n: the base station; a head's best is itself.
    first_cost, second_cost : ndarray of float64, shape (n,)
    first_edge, second_edge : ndarray of int64, shape (n,)
        Entry of ``near`` that leads there, -1 for the base station and the node itself.
    loss, extra : ndarray of float64, shape (n,)
        What closing a head would cost its members; room for swaps.
    heads : ndarray of uint32, shape (n,)
        The heads, ``number[0]`` of them.
    number : ndarray of int64, shape (1,)
    """

    price: np.ndarray
    usable: np.ndarray
    open: np.ndarray
    first: np.ndarray
    second: np.ndarray
    first_cost: np.ndarray
    second_cost: np.ndarray
    first_edge: np.ndarray
    second_edge: np.ndarray
    loss: np.ndarray
    extra: np.ndarray
    heads: np.ndarray
    number: np.ndarray


@kernel(_nrt=False)
def consider(clusters, i, choice, cost, edge):
    """Let node i know of a choice; itself is always the best one."""
    if cost < clusters.first_cost[i] or choice == i:
        clusters.second[i] = clusters.first[i]
        clusters.second_cost[i] = clusters.first_cost[i]
        clusters.second_edge[i] = clusters.first_edge[i]
        clusters.first[i] = choice
        clusters.first_cost[i] = cost
        clusters.first_edge[i] = edge
    elif cost < clusters.second_cost[i]:
        clusters.second[i] = choice
        clusters.second_cost[i] = cost
        clusters.second_edge[i] = edge


@kernel(_nrt=False)
def alone(field, clusters, i):
    """Leave node i the base station as its only choice; a dead one pays nothing."""
    clusters.first[i] = np.uint32(clusters.first.shape[0])
    clusters.second[i] = clusters.first[i]
    clusters.first_cost[i] = clusters.price[i] * field.direct[i]
    if clusters.usable[i] == 0:
        clusters.first_cost[i] = -1.0
    clusters.second_cost[i] = np.inf
    clusters.first_edge[i] = -1
    clusters.second_edge[i] = -1


@kernel(_nrt=False)
def spread(field, clusters, j):
    """Let head j and all nodes near it know of it."""
    share = clusters.price[j] * field.receive[j]
    consider(clusters, j, j, 0.0, np.int64(-1))
    for e in range(field.start[j], field.start[j + 1]):
        i = field.near[e]
        consider(clusters, i, j, clusters.price[i] * field.send[e] + share, np.int64(e))


@kernel(_nrt=False)
def assign(field, clusters):
    """Find all choices anew, for the prices and heads as they are."""
    for i in range(clusters.first.shape[0]):
        alone(field, clusters, np.uint32(i))
    for t in range(clusters.number[0]):
        spread(field, clusters, clusters.heads[t])


@kernel(_nrt=False)
def open_head(field, clusters, j):
    """Make node j a head."""
    clusters.open[j] = 1
    clusters.heads[clusters.number[0]] = j
    clusters.number[0] += 1
    spread(field, clusters, j)


@kernel(_nrt=False)
def close_head(field, clusters, j):
    """Make head j a node like others."""
    clusters.open[j] = 0
    last = clusters.number[0] - 1
    for t in range(last):
        if clusters.heads[t] == j:
            clusters.heads[t] = clusters.heads[last]
            break
    clusters.number[0] = last
    rescan(field, clusters, j)
    for e in range(field.start[j], field.start[j + 1]):
        i = field.near[e]
        if clusters.first[i] == j or clusters.second[i] == j:
            rescan(field, clusters, i)


@kernel(_nrt=False)
def rescan(field, clusters, i):
    """Find the choices of one node anew."""
    alone(field, clusters, i)
    if clusters.open[i]:
        consider(clusters, i, i, 0.0, np.int64(-1))
    price = clusters.price[i]
    for e in range(field.start[i], field.start[i + 1]):
        j = field.near[e]
        if clusters.open[j]:
            cost = price * field.send[e] + clusters.price[j] * field.receive[j]
            consider(clusters, i, j, cost, np.int64(e))


@kernel(_nrt=False)
def weigh_losses(clusters):
    """Sum up for each head what its members would lose if it closed."""
    n = clusters.first.shape[0]
    for t in range(clusters.number[0]):
        clusters.loss[clusters.heads[t]] = 0.0
    for i in range(n):
        j = clusters.first[i]
        if j < n:
            clusters.loss[j] += clusters.second_cost[i] - clusters.first_cost[i]


@kernel(_nrt=False)
def best_swap(field, clusters, j):
    """Return the gain of opening node j, the best gain with one head closed for it, and that head.

    The losses must be up to date.
    """
    n = clusters.first.shape[0]
    for t in range(clusters.number[0]):
        clusters.extra[clusters.heads[t]] = 0.0
    share = clusters.price[j] * field.receive[j]
    gain = clusters.first_cost[j] - clusters.price[j] * field.head[j]
    k = clusters.first[j]
    if k < n:
        clusters.extra[k] += clusters.second_cost[j] - clusters.first_cost[j]
    for e in range(field.start[j], field.start[j + 1]):
        i = field.near[e]
        cost = clusters.price[i] * field.send[e] + share
        if cost < clusters.second_cost[i]:
            known = clusters.first_cost[i]
            if cost < known:
                gain += known - cost
                cost = known
            k = clusters.first[i]
            if k < n:
                clusters.extra[k] += clusters.second_cost[i] - cost
    best, victim = -np.inf, np.uint32(n)
    for t in range(clusters.number[0]):
        k = clusters.heads[t]
        value = clusters.price[k] * field.head[k] - clusters.loss[k] + clusters.extra[k]
        if value > best:
            best, victim = value, k
    return gain, gain + best, victim


@kernel(_nrt=False)
def improve(field, clusters, least, passes):
    """Open, close and swap heads while that gains more than ``least``; return the moves made.

    No more than ``passes`` passes over the nodes are made.
    """
    n = clusters.first.shape[0]
    moves, quiet = 0, 0
    weigh_losses(clusters)
    for t in range(passes * n):
        j = np.uint32(t % n)
        quiet += 1
        if clusters.open[j]:
            if clusters.price[j] * field.head[j] - clusters.loss[j] > least:
                close_head(field, clusters, j)
                quiet = 0
        elif clusters.usable[j] == 2:
            gain, swapped, victim = best_swap(field, clusters, j)
            if gain > least or swapped > least:
                open_head(field, clusters, j)
                if swapped > gain:
                    close_head(field, clusters, victim)
                quiet = 0
        if quiet == 0:
            moves += 1
            weigh_losses(clusters)
        elif quiet >= n:
            break
    return moves


@kernel(_nrt=False)
def total(field, clusters):
    """Return the cost of the choices made."""
    cost = 0.0
    for t in range(clusters.number[0]):
        j = clusters.heads[t]
        cost += clusters.price[j] * field.head[j]
    for i in range(clusters.first.shape[0]):
        if clusters.usable[i]:
            cost += clusters.first_cost[i]
    return cost


@kernel(_nrt=False)
def spend(field, clusters, energy):
    """Write what each node pays in a round."""
    n = clusters.first.shape[0]
    for i in range(n):
        energy[i] = 0.0
    for i in range(n):
        if clusters.usable[i] == 0:
            continue
        j = clusters.first[i]
        if j == n:
            energy[i] += field.direct[i]
        elif j == i:
            energy[i] += field.head[i]
        else:
            energy[i] += field.send[clusters.first_edge[i]]
            energy[j] += field.receive[j]
