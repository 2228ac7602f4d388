"""Exact answers to bin packing: an arc-flow MIP, and CP-SAT where the capacity is too large for it.

Items of one size are interchangeable, so both work on sizes and how often each occurs. They return
the bins as lists of sizes, an empty list when proven impossible, None when the time has run out.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np


def pack_by_arc_flow(
    sizes: np.ndarray, counts: np.ndarray, capacity: int, bins: int, seconds: float
) -> list[list[int]] | None:
    """Each bin is a path from load 0 to the capacity, each item an arc as long as its size.

    Its linear relaxation is as strong as that over all patterns, which proves most impossible cases
    without branching. Source: J. M. Valerio de Carvalho, Exact solution of bin-packing problems
    using column generation and branch-and-bound (Annals of Operations Research 1999).
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array

    tails, kinds = _arcs(sizes, counts, capacity)
    heads = tails + sizes[kinds]
    loads = np.unique(np.concatenate([tails, heads]))
    # One last arc from every load leads to the end, which is the node after all loads.
    source, rest = np.searchsorted(loads, tails), np.arange(len(loads))
    begin = np.concatenate([source, rest])
    end = np.concatenate([np.searchsorted(loads, heads), np.full(len(loads), len(loads))])
    arcs = np.arange(len(begin))
    flow = coo_array(
        (
            np.concatenate([np.ones(len(arcs)), -np.ones(len(arcs))]),
            (np.concatenate([begin, end]), np.concatenate([arcs, arcs])),
        ),
        shape=(len(loads) + 1, len(arcs)),
    ).tocsr()
    packed = coo_array(
        (np.ones(len(kinds)), (kinds, np.arange(len(kinds)))), shape=(len(sizes), len(arcs))
    )
    inner = np.zeros(len(loads))
    out_of_start = np.concatenate([[float(bins)], inner[1:]])
    upper = np.concatenate([counts[kinds], np.full(len(loads), bins)]).astype(float)
    answer = milp(
        np.zeros(len(arcs)),
        constraints=[
            LinearConstraint(flow[: len(loads)], inner, out_of_start),
            LinearConstraint(packed.tocsr(), counts, counts),
        ],
        bounds=Bounds(0.0, upper),
        integrality=np.ones(len(arcs)),
        options={"time_limit": seconds},
    )
    if answer.status == 2:
        return []
    if answer.x is None:
        return None
    amounts = np.rint(answer.x[: len(kinds)]).astype(int)
    return _paths(tails, heads, sizes[kinds], amounts)


def pack_by_cp_sat(
    sizes: np.ndarray, counts: np.ndarray, capacity: int, bins: int, seconds: float
) -> list[list[int]] | None:
    """How many items of each size go into each bin, as a constraint program."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    amounts = [
        [
            model.new_int_var(0, int(min(count, capacity // size)), "")
            for size, count in zip(sizes.tolist(), counts.tolist(), strict=True)
        ]
        for _ in range(bins)
    ]
    for kind, count in enumerate(counts.tolist()):
        model.add(sum(row[kind] for row in amounts) == count)
    loads = [cp_model.LinearExpr.weighted_sum(row, sizes.tolist()) for row in amounts]
    for load in loads:
        model.add(load <= capacity)
    for fuller, emptier in pairwise(loads):
        model.add(fuller >= emptier)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return []
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = []
    for row in amounts:
        used = [solver.value(var) for var in row]
        found.append(np.repeat(sizes, used).tolist())
    return found


def _arcs(sizes: np.ndarray, counts: np.ndarray, capacity: int) -> tuple[np.ndarray, np.ndarray]:
    """Tail load and kind of every arc; items of a bin come in order of falling size."""
    reached = np.zeros(capacity + 1, bool)
    reached[0] = True
    tails, kinds = [], []
    for kind in range(len(sizes) - 1, -1, -1):
        size = int(sizes[kind])
        front = reached.copy()
        used = np.zeros(capacity + 1, bool)
        for _ in range(min(int(counts[kind]), capacity // size)):
            front[capacity - size + 1 :] = False
            used |= front
            moved = np.zeros(capacity + 1, bool)
            moved[size:] = front[: capacity + 1 - size]
            front = moved & ~reached
            reached |= moved
            if not front.any():
                break
        found = np.flatnonzero(used)
        tails.append(found)
        kinds.append(np.full(len(found), kind))
    return np.concatenate(tails), np.concatenate(kinds)


def _paths(
    tails: np.ndarray, heads: np.ndarray, sizes: np.ndarray, amounts: np.ndarray
) -> list[list[int]]:
    """Split a flow into the bins that it consists of."""
    leaving: dict[int, list[int]] = {}
    for index in np.flatnonzero(amounts).tolist():
        leaving.setdefault(int(tails[index]), []).extend([index] * int(amounts[index]))
    found = []
    while leaving.get(0):
        load, path = 0, []
        while leaving.get(load):
            arc = leaving[load].pop()
            path.append(int(sizes[arc]))
            load = int(heads[arc])
        found.append(path)
    return found
