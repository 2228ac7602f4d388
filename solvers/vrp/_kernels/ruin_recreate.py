"""Slack induction by string removals: one slice of ruin-and-recreate annealing.

Source: J. Christiaens, G. Vanden Berghe, Slack induction by string removals for vehicle routing
problems (Transportation Science 2020). Ours restricts insertion to near clients, logs changes in
place of copying plans, and draws the acceptance threshold first so that a hopeless repair ends
early.
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers._kernels.distance import distance
from netroute.solvers._kernels.rng import below, uniform
from netroute.solvers.vrp._kernels.plan import link, unlink
from netroute.solvers.vrp._kernels.recreate import insert_best, list_open
from netroute.solvers.vrp._kernels.ruin import ruin, sort_removed
from netroute.solvers.vrp._kernels.ruin_state import BEST, CURRENT, DIRTY


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
        removed, delta = ruin(source, problem, plan, work, seed, number, longest_now)
        least = sort_removed(problem, work, removed)
        list_open(plan, problem, work, seed, capacity - least)
        inserted = 0
        while inserted < removed:
            c = work.order[inserted]
            cost, edge = insert_best(source, back, problem, plan, work, c, capacity, slack, blink)
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
def measure_near(source, near, reach, depot):
    """Fill ``reach`` with distances to the near clients and ``depot`` with those from node 0."""
    zero = np.uint32(0)
    for node in range(near.shape[0]):
        i = np.uint32(node)
        depot[i] = distance(source, zero, i)
        for k in range(near.shape[1]):
            j = near[i, k]
            reach[i, k] = distance(source, i, j)
