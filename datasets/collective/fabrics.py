"""Fabrics by their numbers: leaf-spine, fat tree, oversubscribed or rail-only."""

from __future__ import annotations

from netroute.core.errors import InputError
from netroute.problems.collective.fabric import Fabric

MOST_OVERSUBSCRIPTION = 64


def build(
    *,
    leaves: int = 16,
    spines: int = 16,
    hosts_per_leaf: int | None = None,
    fat_tree: int | None = None,
    oversubscription: int | None = None,
    capacity: int = 1,
    nic: int = 1,
) -> Fabric:
    """Build a fabric of even capacities.

    Parameters
    ----------
    leaves, spines : int
        Of a leaf-spine fabric; 0 spines do not join the leaves.
    hosts_per_leaf : int, optional
        Without it as many as ``oversubscription`` tells.
    fat_tree : int, optional
        Ports of the switches of a fat tree, in place of leaves and spines.
    oversubscription : int, optional
        Capacity of a leaf's hosts over that of its links up; 1 without it.
    capacity, nic : int
        Of links between switches, and of hosts' links.

    Raises
    ------
    InputError
        A number out of its range, or hosts that are given in both ways.

    Examples
    --------
    >>> fabric = build(leaves=4, spines=2, oversubscription=4, capacity=2)
    >>> fabric.hosts_per_leaf, build(fat_tree=4, oversubscription=2).hosts
    (16, 32)
    """
    per = hosts_per_leaf
    if per is not None and oversubscription is not None:
        message = f"found {oversubscription} beside hosts_per_leaf, expected one of both"
        raise InputError(message, where="oversubscription")
    ratio = 1 if oversubscription is None else oversubscription
    if not 1 <= ratio <= MOST_OVERSUBSCRIPTION:
        expected = f"an integer from 1 to {MOST_OVERSUBSCRIPTION}"
        raise InputError(f"found {ratio}, expected {expected}", where="oversubscription")
    links = spines if fat_tree is None else fat_tree // 2
    if per is None and links > 0 and capacity > 0 and nic > 0:
        per, rest = divmod(ratio * links * capacity, nic)
        if rest:
            message = f"{ratio * links * capacity} above a leaf are no multiple of {nic} a host"
            raise InputError(message, where="hosts_per_leaf")
    if fat_tree is not None:
        return Fabric.fat_tree(fat_tree, hosts_per_leaf=per, capacity=capacity, nic=nic)
    if per is None:
        raise InputError("missing, expected the hosts of a leaf", where="hosts_per_leaf")
    return Fabric.leaf_spine(leaves, spines, hosts_per_leaf=per, capacity=capacity, nic=nic)


def title_of(fabric: Fabric) -> str:
    """Return a short name of a fabric's size.

    Examples
    --------
    >>> title_of(build(leaves=8, spines=4)), title_of(build(fat_tree=4))
    ('ls8x4h4', 'ft4h2')
    """
    per = fabric.hosts_per_leaf
    if fabric.tiers == 3:
        return f"ft{2 * fabric.planes}h{per}"
    spines = fabric.planes if fabric.alive().any() else 0
    return f"ls{fabric.leaves}x{spines}h{per}"
