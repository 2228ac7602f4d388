"""Violated combs: handles from the fractional part of a solution, teeth that are nearly tight.

With x(S) for the value of edges across the border of S, a comb says that the borders of handle
and t teeth have 3 t + 1 edges. A tooth of border 2 therefore gains 1, and a handle is violated if
enough teeth cross its border. Odd components as handles and single edges as teeth are the heuristic
of M. Padberg, S. Hong, On the symmetric travelling salesman problem (Mathematical Programming Study
1980); with thresholds, of M. Groetschel, O. Holland, Solution of large-scale symmetric travelling
salesman problems (Mathematical Programming 1991). Blocks as handles and larger teeth follow M.
Padberg, G. Rinaldi, Facet identification for the symmetric traveling salesman polytope
(Mathematical Programming 1990).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.tsp._kernels.teeth import choose_teeth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netroute.solvers.tsp.cut_lp import Cut

THRESHOLDS = (1e-6, 0.1, 0.2, 0.3, 0.4)
"""Edges from such a value to 1 less it make the components that are handles."""

VIOLATION = 0.03
"""Least lack of edges across all borders together."""

MOST_COMBS = 100
"""Combs of one solution."""

LONGEST = 6
"""Nodes of a path of edges of value 1 that is a tooth."""


def combs(
    size: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray, known: Iterable[Cut]
) -> list[Cut]:
    """Return combs that a solution without subtours violates, most violated first.

    Parameters
    ----------
    size : int
        Number of nodes.
    tail, head, values : ndarray
        Edges of positive value.
    known : iterable of cuts
        Their sets may be handles and teeth.
    """
    sets = {members for cut in known for members in cut if 3 <= len(members) <= size - 3}
    handles = sets | set(_handles(size, tail, head, values))
    teeth = sets | set(_paths(size, tail, head, values))
    teeth |= {(min(e), max(e)) for e in _pairs(tail, head, values > 0.5)}
    if not handles or not teeth:
        return []
    handle_list, tooth_list = sorted(handles), sorted(teeth)
    handle_mask, tooth_mask = _masks(size, handle_list), _masks(size, tooth_list)
    handle_border = _borders(handle_mask, tail, head, values)
    cost = _borders(tooth_mask, tail, head, values) - 3.0
    useful = np.flatnonzero(cost < 0.95)
    # Of teeth that gain as much, small ones leave room for others.
    useful = useful[np.lexsort((tooth_mask[useful].sum(axis=1), np.round(cost[useful], 6)))]
    tooth_mask, cost = tooth_mask[useful], cost[useful]
    width = tooth_mask.sum(axis=1)
    common = tooth_mask.astype(np.float32) @ handle_mask.astype(np.float32).T
    crossing = (common > 0.5) & (common < width[:, None] - 0.5)
    found: dict[Cut, float] = {}
    start = np.concatenate([[0], np.cumsum(width)]).astype(np.int64)
    member = np.nonzero(tooth_mask)[1].astype(np.uint32)
    taken, chosen = np.zeros(size, np.int64), np.zeros(len(cost), np.uint32)
    # What teeth would gain if none of them met.
    most = np.maximum(0.0, -cost) @ crossing
    crossing = np.ascontiguousarray(crossing.T)
    for h in np.flatnonzero(most + 1.0 - handle_border > VIOLATION).tolist():
        mark = np.int64(h + 1)
        count = choose_teeth(crossing[h], cost, start, member, taken, mark, chosen)
        ends = chosen[:count]
        violation = 1.0 - float(handle_border[h]) - float(cost[ends].sum())
        if count >= 3 and violation > VIOLATION:
            handle = handle_list[h]
            if 2 * len(handle) > size:
                handle = tuple(np.flatnonzero(~handle_mask[h]).tolist())
            teeth_of = sorted(tooth_list[useful[k]] for k in ends.tolist())
            found[(handle, *teeth_of)] = violation
    order = sorted(found, key=lambda cut: (-found[cut], cut))
    return order[:MOST_COMBS]


def _handles(
    size: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray
) -> Iterator[tuple[int, ...]]:
    """Yield components and blocks of the edges of fractional value."""
    import networkx as nx

    for threshold in THRESHOLDS:
        between = (values > threshold) & (values < 1.0 - threshold)
        graph = nx.Graph(_pairs(tail, head, between))
        for part in nx.connected_components(graph):
            if 3 <= len(part) <= size - 3:
                yield tuple(sorted(part))
        for part in nx.biconnected_components(graph):
            if 3 <= len(part) <= size - 3:
                yield tuple(sorted(part))


def _paths(
    size: int, tail: np.ndarray, head: np.ndarray, values: np.ndarray
) -> Iterator[tuple[int, ...]]:
    """Yield the parts of paths of edges of value 1 that begin or end where the path does."""
    mates: list[list[int]] = [[] for _ in range(size)]
    for a, b in _pairs(tail, head, values > 1.0 - 1e-6):
        mates[a].append(b)
        mates[b].append(a)
    for end in range(size):
        if len(mates[end]) != 1:
            continue
        path, at = [end], mates[end][0]
        while len(path) < LONGEST:
            path.append(at)
            if len(path) > 2:
                yield tuple(sorted(path))
            following = [m for m in mates[at] if m != path[-2]]
            if not following:
                break
            at = following[0]


def _pairs(tail: np.ndarray, head: np.ndarray, chosen: np.ndarray) -> list[tuple[int, int]]:
    return list(zip(tail[chosen].tolist(), head[chosen].tolist(), strict=True))


def _masks(size: int, sets: list[tuple[int, ...]]) -> np.ndarray:
    mask = np.zeros((len(sets), size), bool)
    for row, members in enumerate(sets):
        mask[row, list(members)] = True
    return mask


def _borders(
    mask: np.ndarray, tail: np.ndarray, head: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return the value of the edges across the border of each set."""
    found: np.ndarray = (mask[:, tail] != mask[:, head]) @ values
    return found
