"""The generator of collective traffic on leaf-spine fabrics and fat trees."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.core.rng import generator
from netroute.datasets.collective.failures import degraded
from netroute.datasets.collective.placement import PLACEMENTS
from netroute.problems.collective.fabric import Fabric
from netroute.problems.collective.instance import CollectiveInstance
from netroute.problems.collective.job import Job
from netroute.problems.collective.patterns import PATTERNS


def generate_collective(
    *,
    leaves: int = 16,
    spines: int = 16,
    hosts_per_leaf: int | None = None,
    fat_tree: int | None = None,
    pattern: str = "all-to-all",
    group: int | None = None,
    channels: int = 1,
    placement: str = "random",
    seed: int = 0,
    size: int = 1,
    spread: float = 0.0,
    capacity: int = 1,
    nic: int | None = None,
    failed_spines: int = 0,
    failed_links: int = 0,
    half_rate: int = 0,
    bad_leaf: float = 0.0,
    split: bool = False,
    name: str | None = None,
) -> CollectiveInstance:
    """Make jobs that fill all hosts of a fabric, each with the same pattern of communication.

    Parameters
    ----------
    leaves, spines : int
        Of a leaf-spine fabric in which each leaf has a link to each spine.
    hosts_per_leaf : int, optional
        As many as a leaf has links up without it; twice as many make an oversubscription of 2.
    fat_tree : int, optional
        Ports of the switches of a fat tree, in place of leaves and spines.
    pattern : str
        all-to-all, ring, halving-doubling, double-binary-tree, bruck or pipeline.
    group : int, optional
        Hosts of a job; all hosts without it. Those that do not fill a job are idle.
    channels : int
        Rings side by side; other patterns send so many times the bytes.
    placement : str
        Hosts of the ranks: random; packed, leaf by leaf; striped, each rank on the next leaf; or
        fragmented, runs of hosts in random order.
    seed : int
        Same seed, same instance.
    size : int
        Bytes of a flow, of the smallest one where they differ.
    spread : float
        Skew of mixtures of experts, for all-to-all: what a host gets from each other one falls
        with its popularity, the rank to the power of minus ``spread`` (Zipf); 0 for equal sizes.
    capacity, nic : int
        Of the links between switches, and of hosts' links (the same without it), in bytes a unit
        of time.
    failed_spines, failed_links, half_rate : int
        Spines and further links that have failed, and links at half of their capacity.
    bad_leaf : float
        Share of the links of one leaf that have failed.
    split : bool
        Flows may be cut into pieces on several paths.
    name : str, optional
        Made of the sizes without it.

    Raises
    ------
    InputError
        A number out of its range, or a name that does not exist.

    Notes
    -----
    If capacities are odd and links run at half rate, capacities and sizes are doubled.

    Examples
    --------
    >>> instance = generate_collective(leaves=8, spines=4, hosts_per_leaf=8, group=32, seed=1)
    >>> instance.name, instance.size, len(instance.jobs)
    ('ls8x4h8-all-to-all32-random-s1', 1984, 2)
    """
    if pattern not in PATTERNS:
        raise unknown_name("pattern", pattern, PATTERNS)
    if placement not in PLACEMENTS:
        raise unknown_name("placement", placement, PLACEMENTS)
    _require("size", size, 1 <= size <= 2**30, "an integer from 1 to 2^30")
    _require("spread", spread, 0.0 <= spread <= 4.0, "a number from 0 to 4")
    _require("bad_leaf", bad_leaf, 0.0 <= bad_leaf <= 1.0, "a share from 0 to 1")
    for key, number in (("failed_links", failed_links), ("half_rate", half_rate)):
        _require(key, number, number >= 0, "an integer >= 0")
    if half_rate and capacity % 2:
        capacity, nic, size = 2 * capacity, 2 * (capacity if nic is None else nic), 2 * size
    nic = capacity if nic is None else nic
    if fat_tree is None:
        per = spines if hosts_per_leaf is None else hosts_per_leaf
        fabric = Fabric.leaf_spine(leaves, spines, hosts_per_leaf=per, capacity=capacity, nic=nic)
        title = f"ls{leaves}x{spines}h{per}"
    else:
        fabric = Fabric.fat_tree(
            fat_tree, hosts_per_leaf=hosts_per_leaf, capacity=capacity, nic=nic
        )
        title = f"ft{fat_tree}h{fabric.hosts_per_leaf}"
    group = fabric.hosts if group is None else group
    _require("group", group, 2 <= group <= fabric.hosts, f"an integer from 2 to {fabric.hosts}")
    fabric = degraded(
        fabric,
        generator(seed, 1),
        spines=failed_spines,
        links=failed_links,
        half_rate=half_rate,
        bad_leaf=bad_leaf,
    )
    rng = generator(seed, 0)
    hosts = PLACEMENTS[placement](rng, fabric.leaves, fabric.hosts_per_leaf)
    hosts = hosts[: len(hosts) // group * group].reshape(-1, group)
    extra = None if split else 0
    title = name or f"{title}-{pattern}{group}-{placement}-s{seed}"
    if not spread:
        jobs = [Job(pattern=pattern, hosts=row, size=size, channels=channels) for row in hosts]
        return CollectiveInstance(name=title, fabric=fabric, jobs=jobs, extra_pieces=extra)
    if pattern != "all-to-all":
        raise InputError(f"found {spread} with {pattern}, expected all-to-all", where="spread")
    flows = np.concatenate([_skewed(rng, row, size * channels, spread) for row in hosts])
    return CollectiveInstance(name=title, fabric=fabric, flows=flows, extra_pieces=extra)


def _skewed(rng: np.random.Generator, hosts: np.ndarray, size: int, spread: float) -> np.ndarray:
    """Return flows from all to all whose bytes go with the popularity of the target."""
    n = len(hosts)
    if n > 4096:
        raise InputError(f"found {n} hosts, at most 4096 with a spread", where="group")
    popularity = (np.arange(1, n + 1) ** -spread) * n**spread
    amount = np.maximum(1, np.rint(size * rng.permutation(popularity))).astype(np.int64)
    a, b = np.nonzero(~np.eye(n, dtype=bool))
    return np.column_stack([np.zeros(len(a), np.int64), hosts[a], hosts[b], amount[b]])


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", where=where)
