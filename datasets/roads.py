"""Towns with one-way streets: driving times that differ from way to way back."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError

SIDE = 10_000.0
"""Metres of the side of a town."""

SPEED = 10.0
"""Metres that take a second on the fastest street."""

MOST_NODES = 5_000
"""More would take more than 200 MB, and minutes of shortest paths."""

SHARED = 32
"""Problems that lie in the same town in `draw_roads`, whose shortest paths take the most time."""


def require_roads(nodes: int, *, one_way: float, slowest: float, where: str = "nodes") -> None:
    """Raise `InputError` unless such a town can be built."""
    if not 3 <= nodes <= MOST_NODES:
        raise InputError(f"found {nodes}, expected 3 to {MOST_NODES}", where=where)
    if not 0.0 <= one_way <= 1.0:
        raise InputError(f"found {one_way}, expected 0 to 1", where="one_way")
    if not 0.0 < slowest <= 1.0:
        raise InputError(f"found {slowest}, expected more than 0 and at most 1", where="slowest")


def road_times(
    rng: np.random.Generator, nodes: int, *, one_way: float = 0.3, slowest: float = 0.5
) -> tuple[np.ndarray, np.ndarray]:
    """Return the seconds from each crossing of a random town to each other one.

    The streets are the edges of the Delaunay triangulation of uniform points. Each direction has
    its own speed; some streets can be driven in one direction only, but never so that a crossing
    is cut off. Times are those of shortest paths.

    Parameters
    ----------
    rng : numpy.random.Generator
    nodes : int
        Number of crossings, 3 to 5000.
    one_way : float
        Share of one-way streets among those not needed both ways, 0 to 1.
    slowest : float
        Least speed as a share of the largest one, above 0 and at most 1.

    Returns
    -------
    times : ndarray of float64, shape (nodes, nodes)
        Seconds, row to column.
    points : ndarray of float64, shape (nodes, 2)
        Metres.

    Raises
    ------
    InputError
        A value is out of range.

    Examples
    --------
    >>> times, points = road_times(np.random.default_rng(1), 30)
    >>> times.shape, bool((times == times.T).all())
    ((30, 30), False)
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
    from scipy.spatial import Delaunay

    require_roads(nodes, one_way=one_way, slowest=slowest)
    points = rng.random((nodes, 2)) * SIDE
    corners = Delaunay(points).simplices
    ends = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), 1)
    ends = np.unique(ends, axis=0)
    length = np.sqrt(np.square(points[ends[:, 0]] - points[ends[:, 1]]).sum(axis=1))
    graph = csr_array((length, (ends[:, 0], ends[:, 1])), shape=(nodes, nodes))
    tree = minimum_spanning_tree(graph).tocoo()
    needed = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    free = np.array([pair not in needed for pair in map(tuple, ends.tolist())])
    single = free & (rng.random(len(ends)) < one_way)
    turned = rng.random(len(ends)) < 0.5
    speed = SPEED * rng.uniform(slowest, 1.0, (2, len(ends)))
    there, back = ~single | ~turned, ~single | turned
    times = np.concatenate([(length / speed[0])[there], (length / speed[1])[back]])
    tails = np.concatenate([ends[there, 0], ends[back, 1]])
    heads = np.concatenate([ends[there, 1], ends[back, 0]])
    streets = csr_array((times, (tails, heads)), shape=(nodes, nodes))
    return dijkstra(streets), points


def draw_roads(
    rng: np.random.Generator,
    count: int,
    n: int,
    *,
    town: int | None = None,
    one_way: float = 0.3,
    slowest: float = 0.5,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw ``count`` sets of ``n`` crossings each; `SHARED` of them are out of the same town.

    Parameters
    ----------
    rng : numpy.random.Generator
    count, n : int
        Numbers of sets, and of crossings in each.
    town : int, optional
        Crossings of each town; four times ``n``, but at least 100 and at most 1000 and ``n``,
        without it.
    one_way, slowest : float
        As of `road_times`.

    Returns
    -------
    times : ndarray of float64, shape (count, n, n)
        Seconds, row to column.
    points : ndarray of float64, shape (count, n, 2)
        Metres.

    Raises
    ------
    InputError
        A value is out of range.

    References
    ----------
    Like the data of real cities in J. Son et al.: Neural combinatorial optimization for real-world
    routing (2025), which draws the nodes of its problems out of larger maps.

    Examples
    --------
    >>> times, points = draw_roads(np.random.default_rng(1), 40, 20)
    >>> times.shape, points.shape
    ((40, 20, 20), (40, 20, 2))
    """
    size = max(n, min(max(4 * n, 100), 1000)) if town is None else town
    require_roads(size, one_way=one_way, slowest=slowest, where="town")
    if not 1 <= n <= size:
        raise InputError(f"found {n}, expected 1 to {size}", where="n")
    times, points = np.empty((count, n, n)), np.empty((count, n, 2))
    for first in range(0, count, SHARED):
        all_times, all_points = road_times(rng, size, one_way=one_way, slowest=slowest)
        for b in range(first, min(first + SHARED, count)):
            chosen = rng.choice(size, n, replace=False)
            times[b], points[b] = all_times[np.ix_(chosen, chosen)], all_points[chosen]
    return times, points
