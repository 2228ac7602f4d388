"""The plan that ruin and recreate works on: linked routes with cached edge lengths.

Node 0 is the depot and stands before the first and after the last client of every route.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance

ABSENT = np.uint32(0xFFFFFFFF)
"""Route of a client that no route visits."""


class Plan(NamedTuple):
    """A changeable plan.

    ``pred``, ``succ``, ``route``: uint32 a node. ``before``, ``after``: float64 a node, length of
    the edge to ``pred`` and to ``succ``. ``widest``: float64 a node, longest edge to a client,
    -inf if there is none. ``first``, ``last``: uint32 a route. ``load``, ``length``: int64 a
    route, demand and number of clients. ``free``: uint32 stack of empty routes; ``used``: int64,
    the stack's height and the highest route ever used plus one.
    """

    pred: np.ndarray
    succ: np.ndarray
    route: np.ndarray
    before: np.ndarray
    after: np.ndarray
    widest: np.ndarray
    first: np.ndarray
    last: np.ndarray
    load: np.ndarray
    length: np.ndarray
    free: np.ndarray
    used: np.ndarray


def empty_plan(nodes: int, routes: int) -> Plan:
    """Return a plan without any client in it."""
    return Plan(
        pred=np.zeros(nodes, np.uint32),
        succ=np.zeros(nodes, np.uint32),
        route=np.full(nodes, ABSENT, np.uint32),
        before=np.zeros(nodes),
        after=np.zeros(nodes),
        widest=np.full(nodes, -np.inf),
        first=np.zeros(routes, np.uint32),
        last=np.zeros(routes, np.uint32),
        load=np.zeros(routes, np.int64),
        length=np.zeros(routes, np.int64),
        free=np.arange(routes, dtype=np.uint32)[::-1].copy(),
        used=np.array([routes, 0], np.int64),
    )


@kernel(_nrt=False)
def _widen(plan, v):
    widest = -np.inf
    if plan.pred[v] != 0:
        widest = plan.before[v]
    if plan.succ[v] != 0:
        widest = max(widest, plan.after[v])
    plan.widest[v] = widest


@kernel(_nrt=False)
def load_plan(source, demand, flat, plan):
    """Put routes, each followed by 0, into ``plan``; return their cost or -1 if they are too many.

    Clients that ``flat`` does not hold are absent afterwards.
    """
    routes = len(plan.first)
    for v in range(len(plan.route)):
        plan.route[v] = ABSENT
    for r in range(routes):
        plan.first[r] = 0
        plan.last[r] = 0
        plan.load[r] = 0
        plan.length[r] = 0
    r = 0
    cost = 0.0
    at = np.uint32(0)
    for index in range(len(flat)):
        v = flat[index]
        if r >= routes:
            return -1.0
        edge = distance(source, at, v)
        if at == 0 and v == 0:
            continue
        cost += edge
        if at == 0:
            plan.first[r] = v
        else:
            plan.succ[at] = v
            plan.after[at] = edge
        if v == 0:
            plan.last[r] = at
            r += 1
        else:
            plan.pred[v] = at
            plan.before[v] = edge
            plan.route[v] = np.uint32(r)
            plan.load[r] += demand[v]
            plan.length[r] += 1
        at = v
    for index in range(len(flat)):
        if flat[index] != 0:
            _widen(plan, flat[index])
    height = 0
    for index in range(routes - 1, r - 1, -1):
        plan.free[height] = np.uint32(index)
        height += 1
    plan.used[0] = height
    plan.used[1] = r
    return cost


@kernel(_nrt=False)
def read_plan(first, succ, flat):
    """Write all routes to ``flat``, each followed by 0; return the length used."""
    length = 0
    for r in range(len(first)):
        v = first[r]
        if v == 0:
            continue
        while v != 0:
            flat[length] = v
            length += 1
            v = succ[v]
        flat[length] = np.uint32(0)
        length += 1
    return length


@kernel(_nrt=False)
def unlink(plan, demand, v, bridge):
    """Take ``v`` out of its route; ``bridge`` is the length of the edge that closes the gap."""
    r = plan.route[v]
    p = plan.pred[v]
    s = plan.succ[v]
    if p != 0:
        plan.succ[p] = s
        plan.after[p] = bridge
        _widen(plan, p)
    else:
        plan.first[r] = s
    if s != 0:
        plan.pred[s] = p
        plan.before[s] = bridge
        _widen(plan, s)
    else:
        plan.last[r] = p
    plan.route[v] = ABSENT
    plan.load[r] -= demand[v]
    plan.length[r] -= 1
    if plan.length[r] == 0:
        plan.free[plan.used[0]] = r
        plan.used[0] += 1


@kernel(_nrt=False)
def link(plan, demand, v, r, p, before, after):
    """Put ``v`` into route ``r`` behind ``p`` (0: at its head); the edge lengths are given."""
    s = plan.succ[p] if p != 0 else plan.first[r]
    if plan.length[r] == 0:
        plan.used[0] -= 1
        plan.used[1] = max(plan.used[1], np.int64(r) + 1)
        s = np.uint32(0)
    if p != 0:
        plan.succ[p] = v
        plan.after[p] = before
        _widen(plan, p)
    else:
        plan.first[r] = v
    if s != 0:
        plan.pred[s] = v
        plan.before[s] = after
        _widen(plan, s)
    else:
        plan.last[r] = v
    plan.pred[v] = p
    plan.succ[v] = s
    plan.before[v] = before
    plan.after[v] = after
    _widen(plan, v)
    plan.route[v] = r
    plan.load[r] += demand[v]
    plan.length[r] += 1
