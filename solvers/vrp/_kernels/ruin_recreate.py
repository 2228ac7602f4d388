"""Slack induction by string removals: one slice of ruin-and-recreate annealing.

Source: J. Christiaens, G. Vanden Berghe, Slack induction by string removals for vehicle routing
problems (Transportation Science 2020). Ours restricts insertion to near clients, logs changes in
place of copying plans, and draws the acceptance threshold first so that a hopeless repair ends
early.
"""

from typing import NamedTuple

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.vrp._kernels.distance import distance
from netroute.solvers.vrp._kernels.plan import ABSENT, link, unlink
from netroute.solvers.vrp._kernels.rng import below, uniform


class Problem(NamedTuple):
    """What a slice reads.

    ``near``: uint32 (n, k), with float32 distances ``reach`` to and ``reach_back`` from them.
    """

    near: np.ndarray
    reach: np.ndarray
    reach_back: np.ndarray
    demand: np.ndarray
    from_depot: np.ndarray
    to_depot: np.ndarray


class Work(NamedTuple):
    """Scratch space of one search.

    ``removed``, ``removed_pred``, ``removed_route`` and the three lengths are the log of the ruin;
    ``inserted`` is that of the recreate. ``stamp`` marks ruined routes, ``dirty`` routes that
    differ from the best plan and ``dirty_list`` lists them.
    ``open`` lists routes with room for one of the removed clients.
    """

    removed: np.ndarray
    removed_pred: np.ndarray
    removed_route: np.ndarray
    removed_before: np.ndarray
    removed_after: np.ndarray
    removed_bridge: np.ndarray
    order: np.ndarray
    key: np.ndarray
    inserted_edge: np.ndarray
    stamp: np.ndarray
    dirty: np.ndarray
    dirty_list: np.ndarray
    open: np.ndarray
    scalar: np.ndarray
    cost: np.ndarray
    rng: np.ndarray


class Best(NamedTuple):
    """The best plan so far: ``first`` a route and ``succ`` a node; its cost is in `Work`."""

    first: np.ndarray
    succ: np.ndarray


CURRENT, BEST = 0, 1
"""Places in ``Work.cost``."""
CLOCK, DIRTY, BLINK, OPEN = 0, 1, 2, 3
"""Places in ``Work.scalar``: iteration stamp, height of the dirty list, scans to the next blink,
length of ``Work.open``."""
MOST_ENDS = 128
"""Up to this many routes all edges to the depot are tried, beyond that those of near clients."""
LOG_SIZE = 4096
"""More clients than one ruin can remove."""


def new_work(nodes: int, routes: int, rng: np.ndarray) -> Work:
    """Allocate scratch space."""
    log = min(LOG_SIZE, nodes)
    return Work(
        removed=np.zeros(log, np.uint32),
        removed_pred=np.zeros(log, np.uint32),
        removed_route=np.zeros(log, np.uint32),
        removed_before=np.zeros(log),
        removed_after=np.zeros(log),
        removed_bridge=np.zeros(log),
        order=np.zeros(log, np.uint32),
        key=np.zeros(log),
        inserted_edge=np.zeros(log),
        stamp=np.zeros(routes, np.int64),
        dirty=np.zeros(routes, np.bool_),
        dirty_list=np.zeros(routes, np.uint32),
        open=np.zeros(MOST_ENDS + LOG_SIZE, np.uint32),
        scalar=np.zeros(4, np.int64),
        cost=np.zeros(2),
        rng=rng,
    )


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _remove(source, problem, plan, work, count, v):
    p = plan.pred[v]
    s = plan.succ[v]
    bridge = 0.0
    if p != 0 or s != 0:
        bridge = distance(source, p, s)
    work.removed[count] = v
    work.removed_pred[count] = p
    work.removed_route[count] = plan.route[v]
    work.removed_before[count] = plan.before[v]
    work.removed_after[count] = plan.after[v]
    delta = bridge - plan.before[v] - plan.after[v]
    unlink(plan, problem.demand, v, bridge)
    return delta


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _ruin_route(source, problem, plan, work, count, c, longest, delta):
    """Remove a string, or a split string, around ``c``; return the new count and cost change."""
    rng = work.rng
    length = plan.length[plan.route[c]]
    limit = min(np.float64(length), longest)
    size = int(uniform(rng) * limit + 1.0)
    kept = 0
    if size > 1 and size < length and uniform(rng) < 0.5:
        kept = 1
        while size + kept < length and uniform(rng) < 0.01:
            kept += 1
    span = size + kept
    back = 0
    v = c
    while back < span - 1 and plan.pred[v] != 0:
        v = plan.pred[v]
        back += 1
    ahead = 0
    w = c
    while ahead < span - 1 and plan.succ[w] != 0:
        w = plan.succ[w]
        ahead += 1
    low = max(0, span - 1 - ahead)
    begin = low + below(rng, back - low + 1)
    v = c
    for _ in range(begin):
        v = plan.pred[v]
    skip_from = span
    if kept > 0:
        skip_from = 1 + below(rng, size - 1)
    for index in range(span):
        following = plan.succ[v]
        if index < skip_from or index >= skip_from + kept:
            delta += _remove(source, problem, plan, work, count, v)
            count += 1
        v = following
    return count, delta


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _ruin(source, problem, plan, work, seed, strings, longest):
    scalar = work.scalar
    scalar[CLOCK] += 1
    clock = scalar[CLOCK]
    count = np.int64(0)  # a literal would compile the helpers twice
    delta = 0.0
    done = 0
    near = problem.near
    for index in range(-1, near.shape[1]):
        c = seed if index < 0 else near[seed, index]
        r = plan.route[c]
        if r == ABSENT or work.stamp[r] == clock:
            continue
        work.stamp[r] = clock
        count, delta = _ruin_route(source, problem, plan, work, count, c, longest, delta)
        done += 1
        if done >= strings or count + 64 > len(work.removed):
            break
    return count, delta


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _sort_removed(problem, work, count):
    """Order of insertion: random, large demand, far or close first, with weights 4, 4, 2, 1.

    Returns the smallest demand.
    """
    rng = work.rng
    kind = below(rng, np.int64(11))
    least = problem.demand[work.removed[0]]
    for i in range(count):
        v = work.removed[i]
        if kind < 4:
            key = uniform(rng)
        elif kind < 8:
            key = -np.float64(problem.demand[v])
        elif kind < 10:
            key = -problem.from_depot[v]
        else:
            key = problem.from_depot[v]
        j = i
        while j > 0 and work.key[j - 1] > key:
            work.key[j] = work.key[j - 1]
            work.order[j] = work.order[j - 1]
            j -= 1
        work.key[j] = key
        work.order[j] = v
        least = min(least, problem.demand[v])
    return least


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _next_blink(rng, rate):
    return int(np.log(1.0 - uniform(rng)) / rate)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _list_open(plan, work, room):
    """List the routes that carry at most ``room``: none of the others can take a client."""
    count = 0
    high = plan.used[1]
    if high <= MOST_ENDS:
        for number in range(high):
            if plan.load[number] <= room and plan.length[number] > 0:
                work.open[count] = np.uint32(number)
                count += 1
    work.scalar[OPEN] = count


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _insert_best(source, back, problem, plan, work, c, capacity, slack, blink):
    """Put ``c`` at the cheapest place beside a near client; return the cost, inf if none fits."""
    best = np.inf
    best_route = ABSENT
    best_pred = np.uint32(0)
    best_edge = 0.0
    near = problem.near
    room = capacity - problem.demand[c]
    home = problem.to_depot[c]
    scans = work.scalar[BLINK]
    high = plan.used[1]
    ends = high <= MOST_ENDS
    for index in range(near.shape[1]):
        # Of an edge's two ends the nearer one is scanned first: from the farther one it costs at
        # least twice the reach less its own length.
        reach = problem.reach[c, index]
        detour = reach + reach - best
        if detour >= slack:
            break
        v = near[c, index]
        if detour >= plan.widest[v, 0] and (ends or reach + home - best >= plan.widest[v, 1]):
            continue
        r = plan.route[v]
        if r == ABSENT or plan.load[r] > room:
            continue
        scans -= 1
        if scans < 0:
            scans = _next_blink(work.rng, blink)
            continue
        edge = plan.after[v]
        s = plan.succ[v]
        cost = problem.reach_back[c, index] + distance(source, c, s) - edge
        if cost < best:
            best = cost
            best_route = r
            best_pred = v
            best_edge = edge
        edge = plan.before[v]
        p = plan.pred[v]
        cost = distance(back, c, p) + reach - edge
        if cost < best:
            best = cost
            best_route = r
            best_pred = p
            best_edge = edge
    zero = np.uint32(0)
    if ends:
        for place in range(work.scalar[OPEN]):
            number = work.open[place]
            if plan.load[number] > room:
                continue
            scans -= 1
            if scans < 0:
                scans = _next_blink(work.rng, blink)
                continue
            v = plan.first[number]
            edge = plan.before[v]
            cost = problem.from_depot[c] + distance(source, c, v) - edge
            if cost < best:
                best = cost
                best_route = number
                best_pred = zero
                best_edge = edge
            v = plan.last[number]
            edge = plan.after[v]
            cost = distance(back, c, v) + problem.to_depot[c] - edge
            if cost < best:
                best = cost
                best_route = number
                best_pred = v
                best_edge = edge
    work.scalar[BLINK] = scans
    alone = problem.from_depot[c] + problem.to_depot[c]
    if alone < best and plan.used[0] > 0:
        best = alone
        best_route = plan.free[plan.used[0] - 1]
        best_pred = zero
        best_edge = 0.0
        if ends:
            work.open[work.scalar[OPEN]] = best_route
            work.scalar[OPEN] += 1
    if best_route == ABSENT:
        return np.inf, 0.0
    s = plan.succ[best_pred] if best_pred != 0 else plan.first[best_route]
    if plan.length[best_route] == 0:
        s = zero
    before = distance(back, c, best_pred)
    after = distance(source, c, s)
    link(plan, problem.demand, c, best_route, best_pred, before, after)
    return before + after - best_edge, best_edge


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _undo(plan, problem, work, inserted, removed):
    demand = problem.demand
    for i in range(inserted - 1, -1, -1):
        unlink(plan, demand, work.order[i], work.inserted_edge[i])
    for i in range(removed - 1, -1, -1):
        link(
            plan,
            demand,
            work.removed[i],
            work.removed_route[i],
            work.removed_pred[i],
            work.removed_before[i],
            work.removed_after[i],
        )


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _mark(work, r):
    if not work.dirty[r]:
        work.dirty[r] = True
        work.dirty_list[work.scalar[DIRTY]] = r
        work.scalar[DIRTY] += 1


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _keep_best(plan, work, best):
    """Copy the routes that have changed since the last best plan."""
    for i in range(work.scalar[DIRTY]):
        r = work.dirty_list[i]
        work.dirty[r] = False
        v = plan.first[r] if plan.length[r] > 0 else np.uint32(0)
        best.first[r] = v
        while v != 0:
            following = plan.succ[v]
            best.succ[v] = following
            v = following
    work.scalar[DIRTY] = 0
    work.cost[BEST] = work.cost[CURRENT]


@kernel(_nrt=False)
def anneal(
    source, back, problem, capacity, plan, work, best, temperature, slack, blink, strings, longest,
    double, members, window_from, window_size, iterations,
):  # fmt: skip
    """Do ``iterations`` ruins and recreates at one temperature; return how many were accepted.

    ``back[c, v]`` is the distance from v to c: the transposed matrix, or ``source`` itself where
    distances are symmetric. ``blink`` is log(1 - blink rate). Ruins start at clients
    ``window_from`` to ``window_from + window_size - 1``.
    """
    rng = work.rng
    clients = len(members)
    accepted = 0
    for _ in range(iterations):
        routes = len(plan.first) - plan.used[0]
        mean = clients / routes
        longest_now = min(longest, mean)
        most = 4.0 * strings / (1.0 + longest_now) - 1.0
        number = int(uniform(rng) * most + 1.0)
        if number == 1 and uniform(rng) < double:
            number = 2
        seed = members[(window_from + below(rng, window_size)) % clients]
        threshold = temperature * -np.log(1.0 - uniform(rng))
        removed, delta = _ruin(source, problem, plan, work, seed, number, longest_now)
        _list_open(plan, work, capacity - _sort_removed(problem, work, removed))
        inserted = 0
        while inserted < removed:
            c = work.order[inserted]
            cost, edge = _insert_best(source, back, problem, plan, work, c, capacity, slack, blink)
            if cost == np.inf:
                delta = np.inf
                break
            work.inserted_edge[inserted] = edge
            inserted += 1
            delta += cost
            if delta >= threshold:
                break
        if delta >= threshold or inserted < removed:
            _undo(plan, problem, work, inserted, removed)
            continue
        accepted += 1
        for i in range(removed):
            _mark(work, work.removed_route[i])
            _mark(work, plan.route[work.removed[i]])
        work.cost[CURRENT] += delta
        if work.cost[CURRENT] < work.cost[BEST] - 1e-7:
            _keep_best(plan, work, best)
    return accepted


@kernel(_nrt=False)
def insert_absent(source, back, problem, capacity, plan, work, blink):
    """Insert every client that is in no route; return how many found no place.

    Clients without a near place are tried in every route.
    """
    left = 0
    for client in range(1, len(plan.route)):
        c = np.uint32(client)
        if plan.route[c] != ABSENT:
            continue
        _list_open(plan, work, capacity - problem.demand[c])
        cost, _ = _insert_best(source, back, problem, plan, work, c, capacity, np.inf, blink)
        if cost == np.inf and not _insert_anywhere(source, back, problem, plan, c, capacity):
            left += 1
    return left


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _insert_anywhere(source, back, problem, plan, c, capacity):
    room = capacity - problem.demand[c]
    best = np.inf
    best_v = np.uint32(0)
    for node in range(1, len(plan.route)):
        v = np.uint32(node)
        r = plan.route[v]
        if r == ABSENT or plan.load[r] > room:
            continue
        cost = distance(back, c, v) + distance(source, c, plan.succ[v]) - plan.after[v]
        if cost < best:
            best = cost
            best_v = v
    if best == np.inf:
        return False
    before = distance(back, c, best_v)
    after = distance(source, c, plan.succ[best_v])
    link(plan, problem.demand, c, plan.route[best_v], best_v, before, after)
    return True


@kernel(_nrt=False)
def measure_near(source, near, reach, depot):
    """Fill ``reach`` with distances to the near clients and ``depot`` with those from node 0."""
    zero = np.uint32(0)
    for node in range(near.shape[0]):
        i = np.uint32(node)
        depot[i] = distance(source, zero, i)
        for k in range(near.shape[1]):
            j = near[i, k]
            reach[i, k] = distance(source, i, j)
