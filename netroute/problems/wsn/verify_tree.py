"""What prices prove of rounds in which reports go along a tree.

Node i pays for sending to its parent j, and j for each child that it has: with prices p the arc
from i to j costs ``p_i C_ij + p_j R_j``, that to the base station ``p_i D_i``. Any round is at
least as dear as the cheapest arborescence of these costs.

That leaves out what an inner node pays once, for its own signal and its announcement: ``f_j``. A
certificate may hold ``shares`` s of it that children pay, ``s_ij >= 0`` with ``sum_i s_ij <= 1``
(the Lagrangian relaxation of: who has a child pays f_j). ``s_ij f_j`` is added to the arcs.

J. Edmonds: Optimum branchings. Journal of Research of the National Bureau of Standards 71B, 1967;
K. Kalpakis, K. Dasgupta, P. Namjoshi: Efficient algorithms for maximum lifetime data gathering and
aggregation in wireless sensor networks. Computer Networks 42(6), 2003, for lifetimes along trees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.problems.wsn.energy import member_costs, tables

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance

MOST_NODES = 3000
"""Up to so many nodes the matrix of all arcs is made."""


def least_tree(instance: WsnInstance, prices: np.ndarray, shares: Any = None) -> float:
    """Return a lower bound on what a round along a tree costs at ``prices``, shape (n,).

    Parameters
    ----------
    instance : WsnInstance
        The field.
    prices : array, shape (n,)
        At least 0.
    shares : list of [int, int, float], optional
        Child, parent and which share of the parent's f the child pays. Where a parent's are more
        than 1 in all, they are scaled down.

    Raises
    ------
    InputError
        Too many nodes, or shares that are none.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [0, 100]], base_station=[0, 0], energy=1, field=[9, 200],
    ...     routing="tree", multipath=0,
    ... )
    >>> round(least_tree(net, np.ones(2)) * 1e6, 3)
    800.0
    """
    n = instance.size
    if n > MOST_NODES:
        raise _fault(f"found {n} nodes, expected at most {MOST_NODES}")
    costs = tables(instance)
    arcs = prices[:, None] * member_costs(instance, np.arange(n)) + (prices * costs.receive)[None]
    if shares is not None:
        arcs += _shared(n, shares) * (prices * (costs.head - costs.direct))
    return arborescence(np.column_stack([arcs, prices * costs.direct]))


def arborescence(cost: np.ndarray) -> float:
    """Return the cost of the cheapest arborescence that joins n nodes to a root.

    Parameters
    ----------
    cost : array, shape (n, n + 1)
        Of the arc from each node to each other one, and to the root in the last column.

    Examples
    --------
    >>> arborescence(np.array([[0.0, 1.0, 9.0], [2.0, 0.0, 8.0]]))
    9.0
    """
    n = len(cost)
    cost = np.array(cost, np.float64)
    np.fill_diagonal(cost, np.inf)
    total = 0.0
    while n:
        least = cost.min(axis=1)
        total += float(least.sum())
        cost -= least[:, None]
        group = _contracted(np.append(cost.argmin(axis=1), n))
        number = int(group.max())
        if number == n:
            break
        # Cycles become nodes; the root, of the highest number, stays alone.
        order = np.argsort(group, kind="stable")
        begin = np.searchsorted(group[order], np.arange(number + 1))
        cost = np.minimum.reduceat(cost[order[:-1]], begin[:-1], axis=0)
        cost = np.minimum.reduceat(cost[:, order], begin, axis=1)
        np.fill_diagonal(cost, np.inf)
        n = number
    return total


def _contracted(parent: np.ndarray) -> np.ndarray:
    """Give nodes new numbers, those of a cycle the same; the root, its own parent, comes last."""
    size = len(parent)
    # After so many steps everyone is in a cycle, or at the root.
    there = parent
    for _ in range(size.bit_length()):
        there = there[there]
    label = np.arange(size)
    seen = np.zeros(size, bool)
    for node in np.unique(there).tolist():
        at = node
        while not seen[at]:
            seen[at] = True
            label[at] = node
            at = int(parent[at])
    return np.unique(label, return_inverse=True)[1]


def _shared(n: int, shares: Any) -> np.ndarray:
    """Return which share of its parent's f each child pays: shape (n, n), children by parents."""
    found = np.zeros((n, n))
    try:
        for child, parent, value in shares:
            known = type(child) is int and type(parent) is int
            if not known or not (0 <= child < n and 0 <= parent < n and child != parent):
                raise _fault(f"shares: found {child!r} as a child of {parent!r}")
            if not 0.0 <= float(value) < np.inf:
                raise _fault(f"shares: found {value!r}, expected a finite number >= 0")
            found[child, parent] += float(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise _fault(f"shares: expected rows of child, parent and number: {error}") from None
    return np.asarray(found / np.maximum(1.0, found.sum(axis=0)))


def _fault(message: str) -> InputError:
    return InputError(message, code="wsn.certificate", where="certificate")
