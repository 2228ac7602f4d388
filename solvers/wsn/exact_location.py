"""The cheapest round at given prices, proven by branching on who is a head."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.solvers.wsn.location import Location

TOLERANCE = 1e-8
"""Relative: what a branch must promise to be looked into."""

MOST_BRANCHES = 4000


class Cheapest(NamedTuple):
    """What branching found.

    Attributes
    ----------
    cost : float
        Of the best round.
    least : float
        No round costs less, up to rounding.
    heads : ndarray of int64
        Of the best round.
    """

    cost: float
    least: float
    heads: np.ndarray


def cheapest(location: Location, price: np.ndarray, stop: Callable[[], bool]) -> Cheapest:
    """Find the cheapest round; where it is stopped, ``least`` is what is known by then.

    Each branch makes a node a head for sure or for sure not. A sure head costs nothing any more,
    so that search and duals of `Location` serve as they are.

    Examples
    --------
    >>> import numpy as np
    >>> from netroute.problems.wsn import WsnInstance
    >>> from netroute.solvers.wsn.location import Location
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 60], [0, 90]], base_station=[0, 175], energy=1, field=[99, 99]
    ... )
    >>> found = cheapest(Location(net), np.ones(3), lambda: False)
    >>> found.heads.tolist(), abs(found.cost - found.least) < 1e-9
    ([2], True)
    """
    field, clusters = location.field, location.clusters
    best = location.search(price)
    heads = location.heads()
    stack: list[tuple[float, tuple[int, ...], tuple[int, ...]]] = [(-np.inf, (), ())]
    least, done = np.inf, 0
    try:
        while stack:
            known, sure, barred = stack.pop()
            if known >= best * (1.0 - TOLERANCE):
                least = min(least, known)
                continue
            if stop() or done >= MOST_BRANCHES:
                least = min(least, known)
                continue
            done += 1
            paid = float((price * field.head)[list(sure)].sum())
            head = field.head.copy()
            head[list(sure)] = 0.0
            location.field = field._replace(head=head)
            clusters.usable[:] = 2
            clusters.usable[list(barred)] = 1
            begin = sorted((set(heads.tolist()) | set(sure)) - set(barred))
            cost = location.search(price, np.array(begin, np.int64))
            chosen = location.heads()
            worth = clusters.loss[chosen] - (price * head)[chosen]
            bound = max(known, paid + location.bound(price, cost))
            if paid + cost < best:
                best, heads = paid + cost, np.union1d(chosen, np.array(sure, np.int64))
            if bound >= best * (1.0 - TOLERANCE):
                least = min(least, bound)
                continue
            free = ~np.isin(chosen, sure)
            if free.any():
                node = int(chosen[free][np.argmax(worth[free])])
            else:
                open_to = np.setdiff1d(np.arange(len(price)), [*sure, *barred])
                if not len(open_to):
                    least = min(least, bound)
                    continue
                node = int(open_to[np.argmin(location.duals.slack[open_to])])
            stack.append((bound, sure, (*barred, node)))
            stack.append((bound, (*sure, node), barred))
    finally:
        location.field = field
        clusters.usable[:] = 2
    found = location.search(price, heads)
    return Cheapest(found, min(least, found), location.heads())
