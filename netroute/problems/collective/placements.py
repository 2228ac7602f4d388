"""Which hosts the ranks of jobs get, and which hosts are network cards of one server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.collective.fabric import Fabric


def packed(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Leaf by leaf, in the order of servers."""
    return np.arange(leaves * per_leaf)


def shuffled(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """At random."""
    return rng.permutation(leaves * per_leaf)


def striped(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Each rank on the leaf after the one of the rank before."""
    return np.arange(leaves * per_leaf).reshape(leaves, per_leaf).T.ravel()


def fragmented(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Go by runs of servers in random order, as many jobs leave them; at least one run a leaf."""
    hosts = leaves * per_leaf
    begins = rng.random(hosts) < 2.0 / per_leaf
    begins[::per_leaf] = True
    runs = np.split(np.arange(hosts), np.flatnonzero(begins)[1:])
    return np.concatenate([runs[i] for i in rng.permutation(len(runs))])


PLACEMENTS: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "random": shuffled,
    "packed": packed,
    "striped": striped,
    "fragmented": fragmented,
}
"""Placement to the function that returns all servers in the order in which ranks get them."""


def servers(fabric: Fabric, cards: int = 1, *, rails: bool = False) -> np.ndarray:
    """Return the hosts that are network cards of each server, one a rank: int64, shape (V, cards).

    Parameters
    ----------
    fabric : Fabric
        Its leaves and hosts are numbered as ever; only the servers differ.
    cards : int
        Network cards of a server, with an accelerator each; 1 where each host is a server.
    rails : bool
        Whether the fabric is rail-optimised: card ``r`` is on leaf ``r`` of the server's group of
        ``cards`` consecutive leaves. Otherwise all cards of a server are on one leaf.

    Raises
    ------
    InputError
        Leaves, or hosts of a leaf, do not come to whole servers.

    References
    ----------
    W. Wang, M. Ghobadi, K. Shakeri, Y. Zhang, N. Hasani: Rail-only: a low-cost high-performance
    network for training LLMs with trillion parameters. Hot Interconnects 2024 (both wirings).

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4)
    >>> servers(fabric, 2).tolist()
    [[0, 1], [2, 3], [4, 5], [6, 7]]
    >>> servers(fabric, 2, rails=True).tolist()
    [[0, 4], [1, 5], [2, 6], [3, 7]]
    """
    hosts = np.arange(fabric.hosts)
    across = fabric.leaves if rails else fabric.hosts_per_leaf
    if cards < 1 or across % cards:
        what = "leaves" if rails else "hosts of a leaf"
        raise InputError(
            f"found {cards}, expected a divisor of the {across} {what}", where="server"
        )
    if not rails:
        return hosts.reshape(-1, cards)
    # Slot by slot of the leaves in a group.
    grid = hosts.reshape(-1, cards, fabric.hosts_per_leaf)
    return grid.transpose(0, 2, 1).reshape(-1, cards)


def ranked(
    fabric: Fabric, placement: str, rng: np.random.Generator, cards: int = 1, *, rails: bool = False
) -> np.ndarray:
    """Return all hosts in the order in which ranks get them, server by server: int64, shape (N,).

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4)
    >>> ranked(fabric, "striped", np.random.default_rng(1), 2).tolist()
    [0, 1, 4, 5, 2, 3, 6, 7]
    """
    table = servers(fabric, cards, rails=rails)
    boxes = fabric.leaves // cards if rails else fabric.leaves
    order = PLACEMENTS[placement](rng, boxes, len(table) // boxes)
    return np.asarray(table[order].ravel())
