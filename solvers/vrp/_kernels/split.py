"""Split: the best way to cut a giant tour into routes, with a penalty on excess load.

Route (i, j] costs its distance from and to the depot plus ``penalty`` times its excess. A cut i is
kept in a queue only while it can still be the best start for some later end; as the cost of a route
is convex in its load, each cut enters and leaves once, and a pass takes O(n).
Source: T. Vidal, Split algorithm in O(n) for the capacitated vehicle routing problem (Computers &
OR 2016).
"""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.vrp._kernels.hgs_routes import leg
from netroute.solvers.vrp._kernels.hgs_state import COUNT

# rows of Workspace.cost
_HERE, _BEFORE = range(2)
_NEVER = 1e29


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def route_cost(task, work, i, j, penalty):
    """Return the penalised cost of the route of the clients at places i + 1 … j of the tour."""
    cut = work.cut
    excess = cut[j].load - cut[i].load - task.limits[0]
    return cut[i + 1].out + cut[j].road - cut[i + 1].road + cut[j].out + penalty * max(0.0, excess)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def measure(task, work):
    """Fill the prefix sums of ``work.tour``; place 0 stands before the first client."""
    n = task.client.shape[0]
    work.cut[0].road = 0.0
    work.cut[0].load = 0.0
    work.cut[0].out = 0.0
    depot = np.uint32(0)
    before = depot
    for j in range(1, n):
        client = work.tour[j - 1]
        step = leg(task, before, client) if j > 1 else 0.0
        work.cut[j].road = work.cut[j - 1].road + step
        work.cut[j].load = work.cut[j - 1].load + task.client[client].demand
        work.cut[j].out = leg(task, depot, client)
        before = client


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def sweep(task, work, layer, before, penalty):
    """Fill row ``_HERE`` with the best cost up to each place, one route after row ``before``.

    With ``_HERE`` itself as ``before`` any number of routes is allowed. ``origin[layer]`` gets
    the cut before the last route.
    """
    n = task.client.shape[0]
    cut = work.cut
    cost = work.cost
    head = 0
    tail = 0
    for j in range(1, n):
        i = j - 1
        if cost[before, i] < _NEVER:
            # Does the last cut stay at least as good as the new one whatever follows?
            useful = True
            if head < tail:
                last = cut[tail - 1].queue
                lead = cost[before, last] + cut[last + 1].out
                between = cut[i + 1].road - cut[last + 1].road
                heavier = cut[i].load - cut[last].load
                useful = lead + between + penalty * heavier > cost[before, i] + cut[i + 1].out
            if useful:
                # The new cut has less load to carry, so it beats all that cost more already.
                while head < tail:
                    last = cut[tail - 1].queue
                    lead = cost[before, last] + cut[last + 1].out
                    between = cut[i + 1].road - cut[last + 1].road
                    if lead + between < cost[before, i] + cut[i + 1].out:
                        break
                    tail -= 1
                cut[tail].queue = i
                tail += 1
        if head == tail:
            cost[_HERE, j] = 1e30
            continue
        best = cost[before, cut[head].queue] + route_cost(task, work, cut[head].queue, j, penalty)
        while head + 1 < tail:
            following = cut[head + 1].queue
            value = cost[before, following] + route_cost(task, work, following, j, penalty)
            if value > best:
                break
            best = value
            head += 1
        cost[_HERE, j] = best
        work.origin[layer, j] = np.uint32(cut[head].queue)


@kernel(_nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
def split(task, work, penalty, most):
    """Cut ``work.tour`` into at most ``most`` routes; the result is in ``start`` and COUNT."""
    n = task.client.shape[0]
    cost = work.cost
    measure(task, work)
    cost[_HERE, 0] = 0.0
    here, before = np.int64(_HERE), np.int64(_BEFORE)
    sweep(task, work, np.int64(0), here, penalty)
    count = 0
    end = n - 1
    while end > 0:
        end = np.int64(work.origin[0, end])
        count += 1
    layer = 0
    if count > most:
        # One layer a route: layer k holds the best cuts into exactly k routes.
        for j in range(n):
            cost[_BEFORE, j] = 0.0 if j == 0 else 1e30
        best = 1e30
        for k in range(1, most + 1):
            cost[_HERE, 0] = 1e30
            sweep(task, work, k, before, penalty)
            if cost[_HERE, n - 1] < best:
                best = cost[_HERE, n - 1]
                layer = k
            for j in range(n):
                cost[_BEFORE, j] = cost[_HERE, j]
        count = layer
    end = n - 1
    for k in range(count, 0, -1):
        work.start[k] = end
        end = np.int64(work.origin[layer, end])
        layer -= 1 if layer > 0 else 0
    work.start[0] = 0
    work.progress[COUNT] = count
