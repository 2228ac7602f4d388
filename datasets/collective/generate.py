"""The generator of collective traffic on leaf-spine fabrics and fat trees."""

from __future__ import annotations

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.datasets.collective.fabrics import build, title_of
from netroute.datasets.collective.failures import Failures, degraded
from netroute.problems.collective.fabric import MOST
from netroute.problems.collective.instance import CollectiveInstance
from netroute.problems.collective.traffic import Traffic


def generate_collective(
    *,
    leaves: int = 16,
    spines: int = 16,
    hosts_per_leaf: int | None = None,
    fat_tree: int | None = None,
    oversubscription: int | None = None,
    pattern: str = "all-to-all",
    group: int | None = None,
    channels: int = 1,
    placement: str = "random",
    server: int = 1,
    rails: bool = False,
    shape: str | None = None,
    tensor: int = 1,
    expert: int = 1,
    data: int | None = None,
    pipeline: int = 1,
    reduction: str = "ring",
    seed: int = 0,
    size: int = 1,
    spread: float = 0.0,
    capacity: int = 1,
    nic: int | None = None,
    failed_spines: int = 0,
    failed_links: int = 0,
    failed_core_links: int = 0,
    half_rate: int = 0,
    bad_leaf: float = 0.0,
    slow_leaf: int = 1,
    split: bool = False,
    name: str | None = None,
) -> CollectiveInstance:
    """Make jobs that fill all hosts of a fabric, each with the same pattern of communication.

    Parameters
    ----------
    leaves : int
        Leaves of a leaf-spine fabric, each with a link to each spine.
    spines : int
        Spines of a leaf-spine fabric; with 0 of them leaves are not joined (rail-only).
    hosts_per_leaf : int, optional
        Without it as many as the links of a leaf can feed, times the oversubscription.
    fat_tree : int, optional
        Ports of the switches of a fat tree, in place of leaves and spines.
    oversubscription : int, optional
        Capacity of a leaf's hosts over that of its links up, 1 to 64; in place of hosts_per_leaf.
    pattern : str
        all-to-all, ring, halving-doubling, double-binary-tree, bruck or pipeline; hierarchical (a
        ring a rail over servers), rail-all-to-all (within rails), torus (rings along dimensions) or
        megatron (tensor, expert, pipeline and data parallelism, phase by phase).
    group : int, optional
        Hosts of a job; all hosts without it. Those that do not fill a job are idle.
    channels : int
        Rings side by side; other patterns send so many times the bytes.
    placement : str
        Hosts of the ranks: random; packed, leaf by leaf; striped, each server on the next leaf; or
        fragmented, runs of servers in random order.
    server : int
        Network cards (ranks) of a server; what is sent within one stays off the fabric.
    rails : bool
        Card r of each server is on leaf r of its group of leaves (rail-optimised); without it all
        cards of a server are on one leaf.
    shape : str, optional
        Dimensions of a torus, such as 4x8 or 4x4x4; nearly square without it.
    tensor : int
        Tensor-parallel ranks of megatron, neighbours in its order of ranks.
    expert : int
        Expert-parallel ranks of megatron, next in its order; a divisor of data.
    data : int, optional
        Data-parallel ranks of megatron, expert-parallel ones among them; without a number as many
        as the group has room for.
    pipeline : int
        Pipeline stages of megatron, farthest from each other in its order.
    reduction : str
        All-reduce over the data-parallel ranks of megatron: ring, halving-doubling,
        double-binary-tree or all-to-all.
    seed : int
        Same seed, same instance.
    size : int
        Bytes of a flow, of the smallest one where they differ.
    spread : float
        Skew of mixtures of experts, for all-to-all and megatron: what a host gets from each other
        one falls with its popularity, the rank to the power of minus ``spread`` (Zipf); 0 for equal
        sizes.
    capacity : int
        Bytes a unit of time of each link between switches.
    nic : int, optional
        Bytes a unit of time of each host's link; as the capacity without it.
    failed_spines : int
        Spines that have failed; in a fat tree, planes of aggregation switches and cores.
    failed_links : int
        Further links between leaves and spines that have failed.
    half_rate : int
        Links between leaves and spines at half of their capacity.
    failed_core_links : int
        Links of a fat tree's cores that have failed.
    bad_leaf : float
        Share of the links of one leaf that have failed.
    slow_leaf : int
        All links of one leaf run at the capacity over this number.
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
    Where slow links would not have whole capacities, all capacities and sizes are multiplied by the
    least number with which they have.

    Examples
    --------
    >>> instance = generate_collective(leaves=8, spines=4, hosts_per_leaf=8, group=32, seed=1)
    >>> instance.name, instance.size, len(instance.jobs)
    ('ls8x4h8-all-to-all32-random-s1', 1984, 2)
    >>> mix = generate_collective(pattern="megatron", tensor=8, pipeline=4, server=8, spines=8)
    >>> [job.pattern for job in mix.jobs]
    ['pipeline', 'ring']
    """
    failures = Failures(
        spines=failed_spines,
        links=failed_links,
        half_rate=half_rate,
        bad_leaf=bad_leaf,
        slow_leaf=slow_leaf,
        core_links=failed_core_links,
    )
    nic = capacity if nic is None else nic
    for key, value in (("capacity", capacity), ("nic", nic)):
        if not 1 <= value <= MOST:
            raise InputError(f"found {value}, expected an integer from 1 to {MOST}", where=key)
    factor = failures.scale(capacity)
    fabric = build(
        leaves=leaves,
        spines=spines,
        hosts_per_leaf=hosts_per_leaf,
        fat_tree=fat_tree,
        oversubscription=oversubscription,
        capacity=factor * capacity,
        nic=factor * nic,
    )
    traffic = Traffic(
        pattern=pattern,
        group=group,
        channels=channels,
        placement=placement,
        server=server,
        rails=rails,
        shape=shape,
        tensor=tensor,
        expert=expert,
        data=data,
        pipeline=pipeline,
        reduction=reduction,
        size=factor * size,
        spread=spread,
        seed=seed,
    )
    title = name or f"{title_of(fabric)}-{pattern}{traffic.ranks(fabric)}-{placement}-s{seed}"
    demand = traffic.place(fabric)
    return CollectiveInstance(
        name=title,
        fabric=degraded(fabric, generator(seed, 1), failures),
        jobs=demand.jobs,
        flows=demand.flows,
        extra_pieces=None if split else 0,
    )
