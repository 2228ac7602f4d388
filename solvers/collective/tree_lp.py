"""The relaxation in which flows are divided at will, for fat trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective.instance import usable
from netroute.solvers.collective.paths import cores_up
from netroute.solvers.collective.spray_lp import Spray

if TYPE_CHECKING:
    from netroute.problems.collective import CollectiveInstance
    from netroute.problems.collective.phase import Phase


def tree_spray(
    instance: CollectiveInstance, phase: Phase, *, seconds: float | None = None
) -> Spray | None:
    """Minimise the highest load over capacity of all tiers; None out of time.

    Bytes between two leaves are divided over planes, and those of a plane between two pods over its
    cores. The shares are of paths, plane times cores + core: shape (s c, R). HiGHS solves it.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.fat_tree(4)
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 15, 4)])
    >>> found = tree_spray(instance, instance.phases[0])
    >>> round(found.theta, 6), found.share.sum().round(6)
    (2.0, np.float64(1.0))
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    fabric = instance.fabric
    if fabric.core_up is None or fabric.core_down is None:
        return None
    leaves, planes, cores, pods = fabric.leaves, fabric.planes, fabric.cores, fabric.pods
    pair, inverse = np.unique(
        phase.source.astype(np.int64) * leaves + phase.target, return_inverse=True
    )
    volume = np.bincount(inverse, (phase.size * phase.count).astype(np.float64), len(pair))
    scale = float(volume.max(initial=1.0))
    source, target = np.divmod(pair, leaves)
    p, q = source // fabric.leaves_per_pod, target // fabric.leaves_per_pod
    joint, at = np.unique(np.where(p == q, -1, p * pods + q), return_inverse=True)
    high = joint[joint >= 0]
    at = at - (len(joint) - len(high))
    row, plane = np.nonzero(usable(fabric, source, target))
    rise, fall = np.divmod(high, pods)
    over, a, c = np.nonzero(cores_up(fabric)[rise, fall])
    edge, core = len(row), len(over)
    # Links up and down, then those to cores and back, are the first rows; the last column is theta.
    tiers = [fabric.up, fabric.down, fabric.core_up, fabric.core_down]
    starts = np.cumsum([0, *(t.size for t in tiers)])
    path = a * cores + c
    entries = [
        (starts[0] + source[row] * planes + plane, np.arange(edge)),
        (starts[1] + plane * leaves + target[row], np.arange(edge)),
        (starts[2] + rise[over] * fabric.paths + path, edge + np.arange(core)),
        (starts[3] + path * pods + fall[over], edge + np.arange(core)),
    ]
    rows = np.concatenate([r for r, _ in entries])
    columns = np.concatenate([x for _, x in entries])
    capacity = np.concatenate([t.ravel() for t in tiers]).astype(np.float64)
    used = np.unique(rows)
    last = edge + core
    values = np.concatenate([np.ones(len(rows)), -capacity[used] / capacity.max()])
    limits = coo_array(
        (values, (np.append(rows, used), np.append(columns, np.full(len(used), last)))),
        shape=(len(capacity), last + 1),
    )
    # Each pair of leaves is served; what a plane gets between two pods its cores carry.
    between = np.flatnonzero(at[row] >= 0)
    hand = len(pair) + at[row[between]] * planes + plane[between]
    given = len(pair) + over * planes + a
    whole = coo_array(
        (
            np.concatenate([np.ones(edge + len(between)), -np.ones(core)]),
            (
                np.concatenate([row, hand, given]),
                np.concatenate([np.arange(edge), between, edge + np.arange(core)]),
            ),
        ),
        shape=(len(pair) + len(high) * planes, last + 1),
    )
    cost = np.zeros(last + 1)
    cost[-1] = 1.0
    found = linprog(
        cost,
        A_ub=limits.tocsr(),
        b_ub=np.zeros(len(capacity)),
        A_eq=whole.tocsr(),
        b_eq=np.append(volume / scale, np.zeros(len(high) * planes)),
        bounds=(0.0, None),
        method="highs",
        options={} if seconds is None else {"time_limit": max(0.01, seconds)},
    )
    if found.x is None or found.status != 0:
        return None
    bytes_on = np.maximum(found.x, 0.0)
    table = np.zeros((len(pair), planes))
    table[row, plane] = bytes_on[:edge]
    table /= np.maximum(table.sum(axis=1, keepdims=True), 1e-300)
    division = np.zeros((len(high), planes, cores))
    division[over, a, c] = bytes_on[edge:last]
    total = division.sum(axis=2, keepdims=True)
    # A plane that carries nothing between two pods is divided anyhow.
    up = cores_up(fabric)[rise, fall]
    even = up / np.maximum(1, up.sum(axis=2, keepdims=True))
    division = np.where(total > 0.0, division / np.maximum(total, 1e-300), even)
    within = np.zeros((1, planes, cores))
    within[:, :, 0] = 1.0
    share = table[:, :, None] * np.concatenate([division, within])[at]
    dual = np.split(np.maximum(-np.asarray(found.ineqlin.marginals), 0.0), starts[1:-1])
    names = ("up", "down", "core_up", "core_down")
    prices = {
        name: part.reshape(tier.shape).tolist()
        for name, part, tier in zip(names, dual, tiers, strict=True)
    }
    theta = float(found.x[-1] * scale / capacity.max())
    # Its width is written out: a phase may stay within leaves, and then nothing tells it.
    return Spray(theta, share.reshape(len(pair), planes * cores)[inverse].T, prices)
