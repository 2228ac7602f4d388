"""The ruin: strings of clients around a seed leave their routes."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import below, uniform
from netroute.solvers.vrp._kernels.plan import ABSENT, unlink
from netroute.solvers.vrp._kernels.ruin_state import CLOCK


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
def ruin(source, problem, plan, work, seed, strings, longest):
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
def sort_removed(problem, work, count):
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
