"""Split: the best way to cut a giant tour into routes, with a penalty on excess load.

Route (i, j] costs its distance from and to the depot plus ``penalty`` times its excess. A cut i is
kept in a queue only while it can still be the best start for some later end; as the cost of a route
is convex in its load, each cut enters and leaves once, and a pass takes O(n).
Source: T. Vidal, Split algorithm in O(n) for the capacitated vehicle routing problem (Computers &
OR 2016).
"""

import numpy as np
from netroute.solvers.vrp._kernels.hgs_routes import leg
from netroute.solvers.vrp._kernels.hgs_state import COUNT

from netroute.core.jit import kernel

# rows of Workspace.sums
_ROAD, _LOAD, _OUT, _HERE, _BEFORE = range(5)
_NEVER = 1e29


@kernel(_nrt=False)
def route_cost(task, sums, i, j, penalty):
    """Return the penalised cost of the route of the clients at places i + 1 … j of the tour."""
    excess = sums[_LOAD, j] - sums[_LOAD, i] - task.limits[0]
    cost = sums[_OUT, i + 1] + sums[_ROAD, j] - sums[_ROAD, i + 1] + sums[_OUT, j]
    return cost + penalty * max(0.0, excess)


@kernel(_nrt=False)
def measure(task, work):
    """Fill the prefix sums of ``work.tour``; place 0 stands before the first client."""
    n = task.demand.shape[0]
    sums = work.sums
    sums[_ROAD, 0] = sums[_LOAD, 0] = sums[_OUT, 0] = 0.0
    depot = np.uint32(0)
    before = depot
    for j in range(1, n):
        client = work.tour[j - 1]
        step = leg(task, before, client) if j > 1 else 0.0
        sums[_ROAD, j] = sums[_ROAD, j - 1] + step
        sums[_LOAD, j] = sums[_LOAD, j - 1] + task.demand[client]
        sums[_OUT, j] = leg(task, depot, client)
        before = client


@kernel(_nrt=False)
def sweep(task, work, layer, before, penalty):
    """Fill row ``_HERE`` with the best cost up to each place, one route after row ``before``.

    With ``_HERE`` itself as ``before`` any number of routes is allowed. ``origin[layer]`` gets
    the cut before the last route.
    """
    n = task.demand.shape[0]
    sums = work.sums
    queue = work.queue
    head = 0
    tail = 0
    for j in range(1, n):
        i = j - 1
        if sums[before, i] < _NEVER:
            # Does the last cut stay at least as good as the new one whatever follows?
            useful = True
            if head < tail:
                last = queue[tail - 1]
                lead = sums[before, last] + sums[_OUT, last + 1]
                between = sums[_ROAD, i + 1] - sums[_ROAD, last + 1]
                heavier = sums[_LOAD, i] - sums[_LOAD, last]
                useful = lead + between + penalty * heavier > sums[before, i] + sums[_OUT, i + 1]
            if useful:
                # The new cut has less load to carry, so it beats all that cost more already.
                while head < tail:
                    last = queue[tail - 1]
                    lead = sums[before, last] + sums[_OUT, last + 1]
                    between = sums[_ROAD, i + 1] - sums[_ROAD, last + 1]
                    if lead + between < sums[before, i] + sums[_OUT, i + 1]:
                        break
                    tail -= 1
                queue[tail] = i
                tail += 1
        if head == tail:
            sums[_HERE, j] = 1e30
            continue
        best = sums[before, queue[head]] + route_cost(task, sums, queue[head], j, penalty)
        while head + 1 < tail:
            following = queue[head + 1]
            cost = sums[before, following] + route_cost(task, sums, following, j, penalty)
            if cost > best:
                break
            best = cost
            head += 1
        sums[_HERE, j] = best
        work.origin[layer, j] = np.uint32(queue[head])


@kernel(_nrt=False)
def split(task, work, penalty, most):
    """Cut ``work.tour`` into at most ``most`` routes; the result is in ``start`` and COUNT."""
    n = task.demand.shape[0]
    sums = work.sums
    measure(task, work)
    sums[_HERE, 0] = 0.0
    sweep(task, work, 0, _HERE, penalty)
    count = 0
    end = n - 1
    while end > 0:
        end = np.int64(work.origin[0, end])
        count += 1
    layer = 0
    if count > most:
        # One layer a route: layer k holds the best cuts into exactly k routes.
        for j in range(n):
            sums[_BEFORE, j] = 0.0 if j == 0 else 1e30
        best = 1e30
        for k in range(1, most + 1):
            sums[_HERE, 0] = 1e30
            sweep(task, work, k, _BEFORE, penalty)
            if sums[_HERE, n - 1] < best:
                best = sums[_HERE, n - 1]
                layer = k
            for j in range(n):
                sums[_BEFORE, j] = sums[_HERE, j]
        count = layer
    end = n - 1
    for k in range(count, 0, -1):
        work.start[k] = end
        end = np.int64(work.origin[layer, end])
        layer -= 1 if layer > 0 else 0
    work.start[0] = 0
    work.progress[COUNT] = count
