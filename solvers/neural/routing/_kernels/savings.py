"""The savings plan of what is left: which clients a simple rule would serve one after the other."""

import math
from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel

WIDTH = 6
"""Numbers that say where a client is in the plan."""


class Plan(NamedTuple):
    """Routes by node, arrays of (N,).

    While routes are merged: ``free``, int64, sides of a client at which another one may follow, 0
    where it is not to be served; ``other``, int64, the client at the other end of its route, true
    at the ends; ``load``, float64, share of a vehicle, there too; ``links``, int64, neighbours in
    ``beside``, int64 (N, 2).

    Afterwards: ``owner``, int64, stands for the route, of which ``load`` and ``length``, int64, are
    true at that client; ``there``, bool: to be served; ``hops``, int64: steps from where the
    vehicle is, 0 off its route. ``rank``, int64, is room for the sweep.

    ``pairs``, uint32 (L, P, 2), and ``saved``, float64 (L, P): pairs of clients, the same in L
    orders, and what they save; ``number``, int64 (1,), pairs in use.
    """

    free: np.ndarray
    other: np.ndarray
    load: np.ndarray
    links: np.ndarray
    beside: np.ndarray
    owner: np.ndarray
    length: np.ndarray
    there: np.ndarray
    hops: np.ndarray
    rank: np.ndarray
    pairs: np.ndarray
    saved: np.ndarray
    number: np.ndarray


@kernel(_nrt=False)
def find_pairs(tables, states, s, plan):
    """Find the pairs of what is to be served, and of where the vehicle is."""
    b = states.instance[s]
    for v in range(len(plan.there)):
        plan.there[v] = False
    for q in range(states.number[s]):
        plan.there[states.left[s, q]] = True
    plan.there[states.here[s]] = states.here[s] != states.goal[s]
    for rule in range(tables.pairs.shape[1]):
        found = 0
        for p in range(tables.pairs.shape[2]):
            i = tables.pairs[b, rule, p, 0]
            j = tables.pairs[b, rule, p, 1]
            # The depot, which is in no pair, ends them.
            if i == 0:
                break
            if plan.there[i] and plan.there[j]:
                plan.pairs[rule, found, 0] = i
                plan.pairs[rule, found, 1] = j
                plan.saved[rule, found] = tables.saved[b, rule, p]
                found += 1
        plan.number[0] = found


@kernel(_nrt=False)
def merge_savings(tables, states, s, start, room, rule, plan):
    """Merge routes of one client each while a vehicle can take both, in one order of the pairs.

    The first route leads from the depot to the client ``start``, and a vehicle on it can still take
    ``room``: its one end is free. Where ``start`` is the goal no route is on its way. Return
    what is saved in all. The pairs must have been found.

    Source: G. Clarke, J. Wright, Scheduling of vehicles from a central depot to a number of
    delivery points (Operations Research 1964).
    """
    b = states.instance[s]
    # Where the vehicle has left for another client, its own one is not to be served again.
    plan.free[states.here[s]] = 0
    for q in range(states.number[s]):
        v = states.left[s, q]
        plan.free[v] = 2
        plan.other[v] = v
        plan.load[v] = tables.demand[b, v]
        plan.links[v] = 0
    if start != states.goal[s]:
        plan.free[start] = 1
        plan.other[start] = start
        plan.load[start] = 1.0 - room
        plan.links[start] = 0
    total = 0.0
    for p in range(plan.number[0]):
        i = plan.pairs[rule, p, 0]
        j = plan.pairs[rule, p, 1]
        if plan.free[i] == 0 or plan.free[j] == 0 or plan.other[i] == j:
            continue
        load = plan.load[i] + plan.load[j]
        if load > 1.0 + 1e-9:
            continue
        first = plan.other[i]
        last = plan.other[j]
        plan.other[first] = last
        plan.other[last] = first
        plan.load[first] = load
        plan.load[last] = load
        plan.free[i] -= 1
        plan.free[j] -= 1
        plan.beside[i, plan.links[i]] = j
        plan.beside[j, plan.links[j]] = i
        plan.links[i] += 1
        plan.links[j] += 1
        total += plan.saved[rule, p]
    return total


@kernel(_nrt=False)
def label_routes(states, s, plan):
    """Set the owner, load and length of each route once they are merged."""
    for q in range(-1, states.number[s]):
        v = states.here[s] if q < 0 else states.left[s, q]
        plan.owner[v] = -1
    for q in range(-1, states.number[s]):
        end = states.here[s] if q < 0 else states.left[s, q]
        # Routes are followed from one of their ends.
        if not plan.there[end] or plan.links[end] > 1 or plan.owner[end] >= 0:
            continue
        last = end
        at = end
        length = 0
        while at >= 0:
            plan.owner[at] = end
            length += 1
            after = _next(plan, at, last)
            last = at
            at = after
        plan.load[end] = plan.load[last]
        plan.length[end] = length


@kernel(_nrt=False)
def count_hops(states, s, plan):
    """Set the steps to the clients that come next on the route where the vehicle is."""
    for q in range(states.number[s]):
        plan.hops[states.left[s, q]] = 0
    here = states.here[s]
    plan.hops[here] = 0
    if here == states.goal[s]:
        return
    last = here
    at = _next(plan, here, here)
    steps = 0
    while at >= 0:
        steps += 1
        plan.hops[at] = steps
        after = _next(plan, at, last)
        last = at
        at = after


@kernel(_nrt=False)
def _next(plan, at, last):
    """Return the neighbour of a client that is not ``last``, -1 where there is none."""
    for k in range(plan.links[at]):
        if plan.beside[at, k] != last:
            return plan.beside[at, k]
    return np.int64(-1)


@kernel(_nrt=False)
def place_in_plan(states, s, v, plan, token):
    """Say where ``v``, a client that is left or where the vehicle is, is in the plan.

    ``token``, float32 (WIDTH,): whether it comes next, whether it is on the route of the vehicle,
    how many steps away; how many of its sides are the depot's; room and length of its route.
    """
    here = states.here[s]
    away = here != states.goal[s]
    own = plan.owner[v]
    token[0] = 1.0 if plan.hops[v] == 1 else 0.0
    token[1] = 1.0 if away and own == plan.owner[here] else 0.0
    token[2] = min(plan.hops[v], 16) / 8.0
    token[3] = (2.0 - plan.links[v]) / 2.0
    token[4] = 1.0 - plan.load[own]
    token[5] = math.log(1.0 + plan.length[own]) / 3.0


@kernel(_nrt=False)
def neighbours(plan, i, j):
    """Whether two clients are served one after the other."""
    found = False
    for k in range(plan.links[i]):
        found |= plan.beside[i, k] == j
    return found
