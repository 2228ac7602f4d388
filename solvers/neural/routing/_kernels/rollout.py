"""What it would cost to finish by a simple rule after each possible step."""

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels.savings import merge_savings
from netroute.solvers.neural.routing._kernels.tables import distance

WIDTH = 4
"""Numbers that say how much dearer a step is than the best one."""

_MOST = 4.0
_HALF = 0.1


@kernel(_nrt=False)
def roll_out(tables, states, s, nodes, plan, token):
    """Say how much longer the rest is with each step than with the best one.

    After going to each of the candidates ``nodes``, directly or by way of the depot, all that is
    left is served as savings would have it, in the best of their orders.

    ``token``, float32 (K + 2, WIDTH), of where the vehicle is, of the goal and of the candidates:
    the excess of the direct way, and of that by the depot, each in mean distances of the
    candidates, at most `_MOST`, and once more squeezed below 1. The first row has the best of the
    direct ways and of those by the depot.

    Source: D. Bertsekas, J. Tsitsiklis, C. Wu, Rollout algorithms for combinatorial optimization
    (Journal of Heuristics 1997).
    """
    b = states.instance[s]
    here = states.here[s]
    goal = states.goal[s]
    scale = 0.0
    count = 0
    while count < len(nodes) and nodes[count] >= 0:
        scale += distance(tables, b, here, nodes[count])
        count += 1
    if count == 0:
        return
    scale = max(scale / count, 1e-12)
    first = 0.0
    best_direct = np.inf
    best_by_depot = np.inf
    for k in range(count):
        v = nodes[k]
        demand = tables.demand[b, v]
        # The last leg back counts, and that each client lies between two ways to the depot.
        out = distance(tables, b, goal, v)
        direct = np.inf
        if here != goal and demand <= states.room[s] + 1e-9:
            room = max(0.0, states.room[s] - demand)
            saved = _most_saved(tables, states, s, v, room, plan)
            direct = distance(tables, b, here, v) - out - saved
        saved = _most_saved(tables, states, s, v, 1.0 - demand, plan)
        by_depot = distance(tables, b, here, goal) - saved
        # Differences: the sums may be too large for single precision.
        if k == 0:
            first = by_depot
        token[k + 2, 0] = (direct - first) / scale
        token[k + 2, 2] = (by_depot - first) / scale
        best_direct = min(best_direct, (direct - first) / scale)
        best_by_depot = min(best_by_depot, (by_depot - first) / scale)
    least = min(best_direct, best_by_depot)
    for k in range(count):
        row = token[k + 2]
        _excess(row[:2], row[0] - least)
        _excess(row[2:], row[2] - least)
    _excess(token[0, :2], best_direct - least)
    _excess(token[0, 2:], best_by_depot - least)


@kernel(_nrt=False)
def _most_saved(tables, states, s, start, room, plan):
    most = 0.0
    for rule in range(plan.pairs.shape[0]):
        most = max(most, merge_savings(tables, states, s, start, room, rule, plan))
    return most


@kernel(_nrt=False)
def _excess(place, excess):
    place[0] = max(0.0, min(excess, _MOST))
    place[1] = 1.0 if excess == np.inf else excess / (_HALF + excess)
