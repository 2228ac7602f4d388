"""What the policy sees of a partial solution: the nearest nodes that are left, and their pairs."""

import math

import numpy as np

from netroute.core.jit import kernel
from netroute.solvers.neural.routing._kernels import packing, rollout, savings, sweep
from netroute.solvers.neural.routing._kernels.tables import distance
from netroute.solvers.neural.routing._kernels.tree import grow

TOKEN = 31
"""Numbers that describe a node, of tours and of routes."""

PAIR = 9
"""Numbers that describe an ordered pair of nodes, of tours and of routes."""

_PACKED = TOKEN + packing.WIDTH
_SWEPT = _PACKED + sweep.WIDTH
_PLANNED = _SWEPT + savings.WIDTH
_ROLLED = _PLANNED + rollout.WIDTH

EXCESS = (_PLANNED, _PLANNED + 2)
"""Where a node is told how much dearer the direct way there is than the best step, and that by the
depot."""

SPAN = np.int64(250)
"""Nodes that the tree spans at most: its time grows with their square."""

STEPS = np.int64(8)
DECAY = 0.8
"""Of the ascent of the tree's prices in each state."""

_FAR = 8.0


@kernel(_nrt=False)
def observe(tables, states, rows, routes, planar, nodes, near, tree, plan, token, pair):
    """Fill in what is seen in the states ``rows``, int64 (B,).

    ``nodes``, int64 (B, K): candidates, the nearest nodes that are left, nearest first, then -1.
    ``token``, float32 (B, K + 2, F), and ``pair``, float32 (B, K + 2, K + 2, P), as wide as
    `token_width` and `pair_width` say: of the node where the walk is, of the one where it ends, and
    of the candidates. ``planar``, uint8 (I,), says whether directions are shown. ``near``, float64
    (K + 2, 2), ``tree`` and ``plan`` are room. With ``routes`` the goal is a depot that walks may
    pass.

    All lengths are in the mean distance of the candidates, and directions in a frame that turns
    and flips with the instance, so that scale, rotation and reflection make no difference; only the
    sweep around a depot has one sense.
    """
    for at in range(len(rows)):
        _nearest(tables, states, rows[at], nodes[at], near)
        grow(tables, states, rows[at], routes, SPAN, STEPS, DECAY, tree)
        _describe(tables, states, rows[at], planar, nodes[at], near, tree, token[at], pair[at])
        if routes:
            _look_ahead(tables, states, rows[at], planar, nodes[at], plan, token[at], pair[at])


def token_width(routes: bool) -> int:
    """Return how many numbers describe a node."""
    return _ROLLED if routes else TOKEN


def pair_width(routes: bool) -> int:
    """Return how many numbers describe an ordered pair of nodes."""
    return PAIR + 1 if routes else PAIR


@kernel(_nrt=False)
def _look_ahead(tables, states, s, planar, nodes, plan, token, pair):
    """Say how routes may go on: how full, in which order, and how a simple rule would."""
    savings.find_pairs(tables, states, s, plan)
    rollout.roll_out(tables, states, s, nodes, plan, token[:, _PLANNED:_ROLLED])
    here = states.here[s]
    savings.merge_savings(tables, states, s, here, states.room[s], np.int64(0), plan)
    savings.label_routes(states, s, plan)
    savings.count_hops(states, s, plan)
    packing.pack(tables, states, s, nodes, token[:, TOKEN:_PACKED])
    if planar[states.instance[s]]:
        sweep.sweep(tables, states, s, nodes, plan.there, plan.rank, token[:, _PACKED:_SWEPT])
    for q in range(-1, len(nodes)):
        v = here if q < 0 else nodes[q]
        if v < 0:
            break
        if not plan.there[v]:
            continue
        row = q + 2 if q >= 0 else 0
        savings.place_in_plan(states, s, v, plan, token[row, _SWEPT:_PLANNED])
        pair[row, 1, PAIR] = 0.5 * (2 - plan.links[v])
        pair[1, row, PAIR] = pair[row, 1, PAIR]
        for r in range(-1, q):
            other = here if r < 0 else nodes[r]
            if plan.there[other] and savings.neighbours(plan, v, other):
                place = r + 2 if r >= 0 else 0
                pair[row, place, PAIR] = 1.0
                pair[place, row, PAIR] = 1.0


@kernel(_nrt=False)
def _nearest(tables, states, s, nodes, near):
    """Fill ``nodes``, and their distances into the first column of ``near``."""
    b = states.instance[s]
    width = len(nodes)
    filled = 0
    for q in range(states.number[s]):
        node = states.left[s, q]
        d = distance(tables, b, states.here[s], node)
        if filled == width and d >= near[width - 1, 0]:
            continue
        at = filled if filled < width else width - 1
        while at > 0 and near[at - 1, 0] > d:
            near[at, 0] = near[at - 1, 0]
            nodes[at] = nodes[at - 1]
            at -= 1
        near[at, 0] = d
        nodes[at] = node
        if filled < width:
            filled += 1
    for q in range(filled, width):
        nodes[q] = -1


@kernel(_nrt=False)
def _describe(tables, states, s, planar, nodes, near, tree, token, pair):
    b = states.instance[s]
    here = states.here[s]
    goal = states.goal[s]
    width = len(nodes)
    filled = 0
    scale = 0.0
    least = np.inf
    while filled < width and nodes[filled] >= 0:
        scale += near[filled, 0]
        if tree.below[nodes[filled]] > 0:
            least = min(least, near[filled, 0] + tree.price[nodes[filled]])
        filled += 1
    scale = max(scale / max(1, filled), 1e-12)
    for q in range(width + 2):
        for f in range(token.shape[1]):
            token[q, f] = 0.0
        for r in range(width + 2):
            for f in range(pair.shape[2]):
                pair[q, r, f] = 0.0
    ux, uy, side = _frame(tables, states, s, nodes, filled)
    to_goal = distance(tables, b, here, goal) / scale
    number = states.number[s]
    amount = math.log(1.0 + number) / 5.0
    for q in range(filled + 2):
        j = here if q == 0 else goal if q == 1 else nodes[q - 2]
        if q < 2:
            token[q, q] = 1.0
        token[q, 2] = min(distance(tables, b, here, j) / scale, _FAR)
        token[q, 3] = min(distance(tables, b, j, here) / scale, _FAR)
        end = distance(tables, b, j, goal) / scale
        token[q, 4] = end / (1.0 + end)
        token[q, 5] = (end - to_goal) / (1.0 + abs(end - to_goal))
        if planar[b] and q != 1:
            dx = (tables.x[b, j] - tables.x[b, here]) / scale
            dy = (tables.y[b, j] - tables.y[b, here]) / scale
            token[q, 6] = dx * ux + dy * uy
            token[q, 7] = side * (dy * ux - dx * uy)
        first = np.inf
        second = np.inf
        tied = 0.0
        for r in range(number):
            o = states.left[s, r]
            if o == j:
                continue
            d = distance(tables, b, j, o)
            if d < first:
                second = first
                first = d
            elif d < second:
                second = d
            if tables.alpha[b, j, o] <= 1e-6 * scale:
                tied += 1.0
        near[q, 1] = first
        if first < np.inf:
            token[q, 8] = min(first / scale, _FAR)
        if second < np.inf:
            token[q, 9] = min(second / scale, _FAR)
        token[q, 10] = min(tied, 4.0) / 3.0
        token[q, 11] = amount
        if q >= 2:
            excess = tables.alpha[b, here, j] / scale
            token[q, 12] = min(excess, 4.0)
            token[q, 13] = 1.0 if excess <= 1e-6 else 0.0
            if tree.below[j] > 0:
                token[q, 14] = min((near[q - 2, 0] + tree.price[j] - least) / scale, 4.0)
            token[q, 15] = min(tables.alpha[b, goal, j] / scale, 4.0)
        demand = tables.demand[b, j]
        token[q, 16] = demand
        token[q, 17] = min(demand / max(states.room[s], 1e-9), 2.0)
        token[q, 18] = states.room[s]
        token[q, 19] = math.log(1.0 + states.mass[s])
        # What the last vehicle would have to spare if all others were full.
        token[q, 20] = math.ceil(states.mass[s] - states.room[s]) - states.mass[s]
        token[q, 20] += states.room[s]
        # Detour by the goal, against the direct way.
        by_goal = to_goal + distance(tables, b, goal, j) / scale - token[q, 2]
        token[q, 21] = by_goal / (1.0 + abs(by_goal))
        if q >= 2:
            _place(tree, j, scale, token[q])
    for q in range(filled + 2):
        i = here if q == 0 else goal if q == 1 else nodes[q - 2]
        out = distance(tables, b, i, goal)
        for r in range(filled + 2):
            if r == q:
                continue
            j = here if r == 0 else goal if r == 1 else nodes[r - 2]
            d = distance(tables, b, i, j)
            excess = tables.alpha[b, i, j] / scale
            pair[q, r, 0] = min(d / scale, _FAR)
            pair[q, r, 1] = 1.0 / (0.1 + d / scale)
            pair[q, r, 2] = min(distance(tables, b, j, i) / scale, _FAR)
            pair[q, r, 3] = min(excess, 4.0)
            pair[q, r, 4] = 1.0 if excess <= 1e-6 else 0.0
            pair[q, r, 5] = 1.0 if d <= near[q, 1] else 0.0
            pair[q, r, 7] = _joined(tree, i, j, q, r)
            if q >= 2 and r >= 2 and tree.below[i] > 0 and tree.below[j] > 0:
                excess = d + tree.price[i] + tree.price[j] - max(tree.key[i], tree.key[j])
                pair[q, r, 8] = max(-4.0, min(excess / scale, 4.0))
            around = out + distance(tables, b, goal, j)
            if around > 0.0:
                pair[q, r, 6] = 1.0 - d / around


@kernel(_nrt=False)
def _frame(tables, states, s, nodes, filled):
    """Return the direction of the first axis, and on which side of it most candidates are."""
    b = states.instance[s]
    here = states.here[s]
    goal = states.goal[s]
    ux = tables.x[b, goal] - tables.x[b, here]
    uy = tables.y[b, goal] - tables.y[b, here]
    if ux * ux + uy * uy < 1e-24 and filled > 0:
        ux = tables.x[b, nodes[0]] - tables.x[b, here]
        uy = tables.y[b, nodes[0]] - tables.y[b, here]
    length = math.sqrt(ux * ux + uy * uy)
    if length < 1e-12:
        return 1.0, 0.0, 1.0
    ux /= length
    uy /= length
    over = 0.0
    for q in range(filled):
        dx = tables.x[b, nodes[q]] - tables.x[b, here]
        dy = tables.y[b, nodes[q]] - tables.y[b, here]
        over += dy * ux - dx * uy
    return ux, uy, 1.0 if over >= 0.0 else -1.0


@kernel(_nrt=False)
def _place(tree, j, scale, token):
    """Say where candidate ``j`` is in the tree over all that is left."""
    if tree.below[j] == 0:
        token[22] = 1.0
        return
    token[30] = max(-4.0, min(tree.price[j] / scale, 4.0))
    token[23] = tree.degree[j] / 3.0
    token[24] = 1.0 if tree.trunk[j] else 0.0
    token[25] = 1.0 if tree.ends[0] == j else 0.0
    token[26] = 1.0 if tree.ends[1] == j else 0.0
    token[27] = math.log(1.0 + tree.below[j]) / 5.0
    at = j
    # With a depot there are branches that end there and not at the trunk.
    while not tree.trunk[at] and tree.parent[at] >= 0:
        at = tree.parent[at]
    aside = (tree.up[j] - tree.up[at]) / scale
    token[28] = aside / (1.0 + aside)
    # How far along the path from start to goal the branch begins.
    along = (tree.up[tree.ends[0]] - tree.up[at]) / scale
    token[29] = along / (1.0 + along)


@kernel(_nrt=False)
def _joined(tree, i, j, q, r):
    """Whether an edge of the tree joins two tokens; those of start and goal are its ends."""
    if q >= 2 and r >= 2:
        return 1.0 if tree.parent[i] == j or tree.parent[j] == i else 0.0
    if q < 2 and r < 2:
        return 0.0
    end = tree.ends[q if q < 2 else r]
    return 1.0 if end == (j if q < 2 else i) else 0.0
