"""Rounded capacity inequalities that a solution of the linear programme breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.vrp.bound._kernels.capacity_cuts import grow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netroute.solvers.vrp.bound.relaxation import Relaxation

LEAST = 0.02
"""Violation below which an inequality is not worth a row."""

STEPS = 60_000_000
"""Work of one separation, which limits the size of the sets on large instances."""


def edge_values(size: int, routes: Sequence[tuple[int, ...]], values: np.ndarray) -> np.ndarray:
    """Sum of the values of the routes over each edge, symmetric, shape (n, n)."""
    support = np.zeros((size, size))
    for index in np.flatnonzero(values > 1e-9).tolist():
        stops = np.array([0, *routes[index], 0])
        np.add.at(support, (stops[:-1], stops[1:]), values[index])
    return support + support.T


def violated_sets(relaxation: Relaxation, support: np.ndarray, *, most: int) -> list[np.ndarray]:
    """Return at most ``most`` client sets that are entered too seldom, worst first."""
    n = relaxation.size
    linked = support > 1e-9
    linked[:, 0] = False
    count = linked.sum(axis=1)
    near = np.argsort(~linked, axis=1, kind="stable")[:, : max(1, int(count.max()))]
    largest = min(n - 1, max(10, int((STEPS / (3.0 * n * (1.0 + float(count.mean())))) ** 0.5)))
    seeds = np.arange(1, n)
    found: dict[bytes, tuple[float, np.ndarray]] = {}
    for rule in range(3):
        members = np.zeros((n - 1, largest), np.int64)
        worth, size = np.zeros(n - 1), np.zeros(n - 1, np.int64)
        grow(
            support,
            np.ascontiguousarray(near),
            count,
            relaxation.weight,
            relaxation.capacity,
            largest,
            seeds,
            rule,
            np.zeros((2, n)),
            size,
            members,
            worth,
        )
        for row in np.flatnonzero(worth > LEAST):
            clients = np.sort(members[row, : size[row]])
            found[clients.tobytes()] = (float(worth[row]), clients)
    ranked = sorted(found.values(), key=lambda entry: (-entry[0], len(entry[1])))
    return _varied([clients for _, clients in ranked], most, n)


def _varied(sets: list[np.ndarray], most: int, n: int) -> list[np.ndarray]:
    """Take sets in order, none that hardly differs from one that is taken."""
    taken: list[np.ndarray] = []
    rows = np.zeros((most, n), bool)
    for clients in sets:
        if len(taken) == most:
            break
        row = np.zeros(n, bool)
        row[clients] = True
        if taken:
            known = rows[: len(taken)]
            common = (known & row).sum(axis=1)
            if (common > 0.8 * (known | row).sum(axis=1)).any():
                continue
        rows[len(taken)] = row
        taken.append(clients)
    return taken
