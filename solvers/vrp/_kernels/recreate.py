"""The recreate: a client goes where it costs least, now and then where it costs second least."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import uniform
from netroute.solvers.vrp._kernels.plan import ABSENT, link
from netroute.solvers.vrp._kernels.ruin_state import BLINK, LISTING, MOST_ENDS, OPEN


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def _next_blink(rng, rate):
    return int(np.log(1.0 - uniform(rng)) / rate)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def list_open(plan, problem, work, seed, room):
    """List the routes that carry at most ``room``: none of the others can take a client.

    With more than `MOST_ENDS` routes only those of clients near ``seed`` are looked at.
    """
    count = 0
    high = plan.used[1]
    if high <= MOST_ENDS:
        for number in range(high):
            if plan.load[number] <= room and plan.length[number] > 0:
                work.open[count] = np.uint32(number)
                count += 1
    else:
        work.scalar[LISTING] += 1
        clock = work.scalar[LISTING]
        for index in range(problem.near.shape[1]):
            r = plan.route[problem.near[seed, index]]
            if r == ABSENT or work.listed[r] == clock:
                continue
            work.listed[r] = clock
            if plan.load[r] <= room:
                work.open[count] = r
                count += 1
    work.scalar[OPEN] = count


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def insert_best(source, back, problem, plan, work, c, capacity, slack, blink):
    """Put ``c`` at the cheapest place beside a near client; return the cost, inf if none fits."""
    best = np.inf
    best_route = ABSENT
    best_pred = np.uint32(0)
    best_edge = 0.0
    near = problem.near
    room = capacity - problem.demand[c]
    home = problem.to_depot[c]
    scans = work.scalar[BLINK]
    for index in range(near.shape[1]):
        # Of an edge's two ends the nearer one is scanned first: from the farther one it costs at
        # least twice the reach less its own length.
        reach = problem.reach[c, index]
        detour = reach + reach - best
        if detour >= slack:
            break
        v = near[c, index]
        if detour >= plan.widest[v]:
            continue
        r = plan.route[v]
        if r == ABSENT or plan.load[r] > room:
            continue
        scans -= 1
        if scans < 0:
            scans = _next_blink(work.rng, blink)
            continue
        edge = plan.after[v]
        if detour < edge:
            cost = problem.reach_back[c, index] + distance(source, c, plan.succ[v]) - edge
            if cost < best:
                best = cost
                best_route = r
                best_pred = v
                best_edge = edge
        edge = plan.before[v]
        if detour < edge:
            p = plan.pred[v]
            cost = distance(back, c, p) + reach - edge
            if cost < best:
                best = cost
                best_route = r
                best_pred = p
                best_edge = edge
    zero = np.uint32(0)
    for place in range(work.scalar[OPEN]):
        number = work.open[place]
        if plan.load[number] > room:
            continue
        v = plan.first[number]
        edge = plan.before[v]
        away = problem.from_depot[c]
        if away + away - edge - edge < best:
            scans -= 1
            if scans < 0:
                scans = _next_blink(work.rng, blink)
                continue
            cost = away + distance(source, c, v) - edge
            if cost < best:
                best = cost
                best_route = number
                best_pred = zero
                best_edge = edge
        v = plan.last[number]
        edge = plan.after[v]
        if home + home - edge - edge < best:
            cost = distance(back, c, v) + home - edge
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
def insert_anywhere(source, back, problem, plan, c, capacity):
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
def insert_absent(source, back, problem, capacity, plan, work, blink):
    """Insert every client that is in no route; return how many found no place.

    Clients without a near place are tried in every route.
    """
    left = 0
    for client in range(1, len(plan.route)):
        c = np.uint32(client)
        if plan.route[c] != ABSENT:
            continue
        list_open(plan, problem, work, c, capacity - problem.demand[c])
        cost, _ = insert_best(source, back, problem, plan, work, c, capacity, np.inf, blink)
        if cost == np.inf and not insert_anywhere(source, back, problem, plan, c, capacity):
            left += 1
    return left
