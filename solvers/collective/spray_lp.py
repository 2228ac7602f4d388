"""The relaxation in which flows are divided at will: ideal spraying that knows all rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from netroute.core.bound import Certificate
from netroute.core.errors import UnsupportedError
from netroute.problems.collective.instance import usable
from netroute.problems.collective.registry import (
    MOST_TREE_VARIABLES,
    MOST_VARIABLES,
    within_reach,
)
from netroute.problems.collective.verify_bound import verify_bound

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective import CollectiveInstance, Fabric
    from netroute.problems.collective.phase import Phase


class Spray(NamedTuple):
    """An optimal division of a phase."""

    theta: float
    share: np.ndarray
    """Share of each row on each plane, or path of a fat tree: float64, columns sum up to 1."""
    prices: dict[str, Any]
    """Of the links, for the certificate."""


def require_within_reach(instance: CollectiveInstance, name: str) -> None:
    """Raise `UnsupportedError` where `netroute.problems.collective.registry.within_reach` not."""
    if not within_reach(instance):
        most = MOST_VARIABLES if instance.fabric.tiers == 2 else MOST_TREE_VARIABLES
        raise UnsupportedError(
            f"{name!r} takes fabrics of at most {most} pairs of leaves times planes, which "
            f"instance {instance.name!r} exceeds"
        )


def spray(
    instance: CollectiveInstance, phase: Phase, *, seconds: float | None = None
) -> Spray | None:
    """Minimise the highest load over capacity of a phase's switch links; None out of time.

    Rows of the same leaves are divided alike, and so are planes whose links have the same
    capacities. HiGHS solves the programme.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=2, capacity=2)
    >>> fabric = fabric.replace(up=[[1, 2], [2, 2]])
    >>> instance = CollectiveInstance(fabric=fabric, flows=[(0, 0, 3, 6)])
    >>> found = spray(instance, instance.phases[0])
    >>> round(found.theta, 6), found.share[:, 0].round(6).tolist()
    (2.0, [0.333333, 0.666667])
    """
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, csr_array

    fabric = instance.fabric
    if fabric.tiers == 3:
        from netroute.solvers.collective.tree_lp import tree_spray

        return tree_spray(instance, phase, seconds=seconds)
    leaves = fabric.leaves
    kinds = alike(fabric)
    members = np.bincount(kinds)
    first = np.unique(kinds, return_index=True)[1]
    pair, inverse = np.unique(
        phase.source.astype(np.int64) * leaves + phase.target, return_inverse=True
    )
    volume = np.bincount(inverse, (phase.size * phase.count).astype(np.float64), len(pair))
    scale = float(volume.max(initial=1.0))
    source, target = np.divmod(pair, leaves)
    row, kind = np.nonzero(usable(fabric, source, target)[:, first])
    number = len(row)
    one = np.ones(number)
    # Links up are the first rows, links down follow; the last column is theta.
    links = leaves * len(first)
    rows = np.concatenate([source[row] * len(first) + kind, links + kind * leaves + target[row]])
    columns = np.tile(np.arange(number), 2)
    up, down = fabric.up[:, first] * members, fabric.down[first] * members[:, None]
    capacity = np.concatenate([up.ravel(), down.ravel()]).astype(np.float64)
    used = np.unique(rows)
    rows = np.concatenate([rows, used])
    columns = np.concatenate([columns, np.full(len(used), number)])
    # Capacities over the largest one: coefficients near 1 keep the engine's tolerances small.
    values = np.concatenate([one, one, -capacity[used] / capacity.max()])
    limits = coo_array((values, (rows, columns)), shape=(2 * links, number + 1))
    whole = csr_array((one, (row, np.arange(number))), shape=(len(pair), number + 1))
    cost = np.zeros(number + 1)
    cost[-1] = 1.0
    options = {} if seconds is None else {"time_limit": max(0.01, seconds)}
    found = linprog(
        cost,
        A_ub=csr_array(limits),
        b_ub=np.zeros(2 * links),
        A_eq=whole,
        b_eq=volume / scale,
        bounds=(0.0, None),
        method="highs",
        options=options,
    )
    if found.x is None or found.status != 0:
        return None
    table = np.zeros((len(first), len(pair)))
    table[kind, row] = np.maximum(found.x[:-1], 0.0)
    table /= np.maximum(table.sum(axis=0), 1e-300)
    table = (table / members[:, None])[kinds]
    dual = np.maximum(-np.asarray(found.ineqlin.marginals), 0.0)
    prices = {
        "up": dual[:links].reshape(leaves, -1)[:, kinds].tolist(),
        "down": dual[links:].reshape(-1, leaves)[kinds].tolist(),
    }
    theta = float(found.x[-1] * scale / capacity.max())
    return Spray(theta, table[:, inverse], prices)


def alike(fabric: Fabric) -> np.ndarray:
    """Return a number for each kind of planes whose links have the same capacities: shape (s,).

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(2, 3, hosts_per_leaf=2)
    >>> alike(fabric.replace(up=[[1, 0, 1], [1, 1, 1]])).tolist()
    [1, 0, 1]
    """
    links = np.concatenate([fabric.up.T, fabric.down], axis=1)
    _, which = np.unique(links, axis=0, return_inverse=True)
    return np.asarray(which.ravel(), np.int64)


def certificate_of(instance: CollectiveInstance, sprays: list[Spray | None]) -> Certificate:
    """Return the bound that the prices prove; None stands for a phase without any."""
    data = {"prices": [None if found is None else found.prices for found in sprays]}
    return Certificate("lp", verify_bound(instance, {"method": "lp", "data": data}), data)


def spray_all(
    instance: CollectiveInstance, remaining: Callable[[], float], stop: Callable[[], bool]
) -> list[Spray | None]:
    """Solve the relaxation of all phases as far as time and ``stop`` allow."""
    found: list[Spray | None] = []
    for phase in instance.phases:
        left = remaining()
        if not len(phase.size) or stop() or left <= 0.0:
            found.append(None)
            continue
        found.append(spray(instance, phase, seconds=None if left == float("inf") else left))
    return found
