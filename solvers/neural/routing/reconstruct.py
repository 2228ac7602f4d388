"""Random reconstruction: parts of a solution are built again, and kept where they are shorter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.solvers.neural.routing._kernels.walk import walk_lengths
from netroute.solvers.neural.routing.construct import construct
from netroute.solvers.neural.routing.instances import make_states

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.neural.routing.instances import Instances
    from netroute.solvers.neural.routing.model import TailTransformer

PARTS = 32
"""Parts that are built again at once; of those that overlap the one with the largest gain stays."""

SHORTEST, LONGEST = 8, 64
"""Nodes of a part of a tour, ends included."""

CLIENTS = 60
"""Clients in the largest group of routes that is built again."""

GAIN = 1e-9
"""Least gain that counts, as a share of the part's length: less may be a rounding error."""

TEMPERATURE = 0.5
"""Of the choices in every other group of routes, for variety."""


def rebuild_tour(
    policy: TailTransformer,
    instances: Instances,
    tour: np.ndarray,
    rng: np.random.Generator,
    *,
    halt: Callable[[], bool] = lambda: False,
) -> tuple[np.ndarray, float]:
    """Cut parts out of a tour at random places, let the policy walk between their ends.

    Parameters
    ----------
    instances : Instances
        A single one.
    tour : ndarray of int64, shape (n,)
        With n of 5 or more.

    Returns
    -------
    tour : ndarray of int64, shape (n,)
    gain : float
        By how much it is shorter.

    References
    ----------
    F. Luo, X. Lin, F. Liu, Q. Zhang, Z. Wang: Neural combinatorial optimization with heavy decoder,
    NeurIPS 2023 (one part at a time there).
    """
    n = len(tour)
    size = rng.integers(min(SHORTEST, n), min(LONGEST, n) + 1, PARTS)
    first = rng.integers(n, size=PARTS)
    place = (first[:, None] + np.arange(size.max())) % n
    # Half of the walks go the other way: the policy does not find the same way back.
    back = np.arange(PARTS) % 2 == 1
    turned = (first[:, None] + size[:, None] - 1 - np.arange(size.max())) % n
    way = tour[np.where(back[:, None], turned, place)]
    goal = way[np.arange(PARTS), size - 1]
    number, zeros = size - 2, np.zeros(PARTS, np.int64)
    inner = np.ascontiguousarray(way[:, 1:])
    states = make_states(instances, zeros, here=way[:, 0], goal=goal, left=inner, number=number)
    walks = construct(policy, instances, states, halt=halt)
    if walks is None:
        return tour, 0.0
    built = walks.order
    for k in np.flatnonzero(back):
        built[k, : number[k]] = built[k, : number[k]][::-1]
    # Both lengths are those along the tour: distances may differ with the direction.
    start, end = tour[first], tour[(first + size - 1) % n]
    direct = np.zeros(way.shape, np.uint8)
    before, after = np.empty(PARTS), np.empty(PARTS)
    inner = np.ascontiguousarray(tour[place[:, 1:]])
    walk_lengths(instances.tables, zeros, start, end, number, inner, direct, before)
    walk_lengths(instances.tables, zeros, start, end, number, built, direct, after)
    gain = before - after
    free = np.ones(n, bool)
    found, total = tour.copy(), 0.0
    for k in np.argsort(-gain, kind="stable"):
        if gain[k] <= GAIN * before[k]:
            break
        # Parts may share an end node, which both of them keep.
        at = place[k, 1 : size[k] - 1]
        if not free[at].all():
            continue
        free[place[k, : size[k]]] = False
        found[at] = built[k, : number[k]]
        total += float(gain[k])
    return found, total


def rebuild_routes(
    policy: TailTransformer,
    instances: Instances,
    routes: list[np.ndarray],
    rng: np.random.Generator,
    *,
    halt: Callable[[], bool] = lambda: False,
) -> tuple[list[np.ndarray], float]:
    """Take groups of neighbouring routes apart, let the policy build them again.

    Parameters
    ----------
    instances : Instances
        A single one, whose node 0 is the depot.
    routes : list of ndarray of int64
        None of them empty.

    Returns
    -------
    routes : list of ndarray of int64
    gain : float
        By how much they are shorter.
    """
    groups = _groups(instances, routes, rng)
    count, most = len(groups), max(sum(len(routes[r]) for r in group) for group in groups)
    left, via = np.zeros((count, most), np.int64), np.zeros((count, most), np.uint8)
    number, first = np.zeros(count, np.int64), np.zeros(count, np.int64)
    for k, group in enumerate(groups):
        nodes = np.concatenate([routes[r] for r in group])
        number[k] = len(nodes)
        left[k, : len(nodes)] = nodes
        via[k, np.cumsum([0] + [len(routes[r]) for r in group[:-1]])] = 1
        # A route that begins elsewhere lets others fall into place.
        first[k] = nodes[rng.integers(len(nodes))]
    zeros = np.zeros(count, np.int64)
    before = np.empty(count)
    walk_lengths(instances.tables, zeros, zeros, zeros, number, left, via, before)
    found: list[tuple[float, list[int], list[np.ndarray]]] = []
    for part, noise in ((slice(0, None, 2), None), (slice(1, None, 2), rng)):
        states = make_states(
            instances,
            zeros[part],
            here=zeros[part],
            goal=zeros[part],
            left=left[part],
            number=number[part],
        )
        walks = construct(
            policy,
            instances,
            states,
            first=first[part],
            noise=noise,
            temperature=TEMPERATURE,
            halt=halt,
        )
        if walks is None:
            return routes, 0.0
        gain = before[part] - walks.length
        for k, group in enumerate(groups[part]):
            if gain[k] > GAIN * before[part][k]:
                end = number[part][k]
                found.append((gain[k], group, split(walks.order[k, :end], walks.via[k, :end])))
    taken: set[int] = set()
    total, added = 0.0, []
    for gain_of_group, group, built in sorted(found, key=lambda entry: -entry[0]):
        if taken.isdisjoint(group):
            taken.update(group)
            total += float(gain_of_group)
            added += built
    return [route for r, route in enumerate(routes) if r not in taken] + added, total


def split(order: np.ndarray, via: np.ndarray) -> list[np.ndarray]:
    """Return the routes of a walk, cut where it leads over the depot.

    Examples
    --------
    >>> [route.tolist() for route in split(np.array([3, 1, 2]), np.array([1, 0, 1]))]
    [[3, 1], [2]]
    """
    return [route for route in np.split(order, np.flatnonzero(via)) if len(route)]


def _groups(
    instances: Instances, routes: list[np.ndarray], rng: np.random.Generator
) -> list[list[int]]:
    """Return groups of routes that pass near a client each, of at most `CLIENTS` clients."""
    tables = instances.tables
    sizes = np.array([len(route) for route in routes])
    owner = np.repeat(np.arange(len(routes)), sizes)
    nodes = np.concatenate(routes)
    groups = []
    for _ in range(PARTS):
        middle = int(nodes[rng.integers(len(nodes))])
        limit = int(rng.integers(min(10, CLIENTS), CLIENTS + 1))
        if tables.matrix.shape[1]:
            apart = tables.matrix[0, middle, nodes]
        else:
            apart = np.hypot(
                tables.x[0, nodes] - tables.x[0, middle], tables.y[0, nodes] - tables.y[0, middle]
            )
        group: list[int] = []
        total = 0
        for r in owner[np.argsort(apart, kind="stable")].tolist():
            if r in group:
                continue
            if group and total + sizes[r] > limit:
                break
            group.append(r)
            total += int(sizes[r])
        groups.append(group)
    return groups
