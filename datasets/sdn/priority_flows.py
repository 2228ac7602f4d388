"""The generator of priority flows on random networks."""

from __future__ import annotations

import numpy as np

from netroute.core.errors import InputError
from netroute.core.rng import generator
from netroute.datasets.sdn.calibrate import capacity_scale
from netroute.datasets.sdn.topology import random_network
from netroute.datasets.sdn.trees import Trees
from netroute.problems.sdn.draw import CLASSES, draw_bandwidths, draw_pairs, draw_priorities
from netroute.problems.sdn.instance import SdnInstance

MOST_NODES = 4000
"""Above it the matrices of all pairs would take more than a gigabyte."""


def generate_priority_flows(
    *,
    nodes: int = 50,
    links: int | None = None,
    flows: int | None = None,
    load: float = 0.67,
    priorities: int = 8,
    seed: int = 0,
    bandwidth: int = 100,
    classes: str = "uniform",
    stretch: float | None = None,
    name: str | None = None,
) -> SdnInstance:
    """Make a random network with more flows than it can carry.

    Nodes are uniform in the unit square. Links are a shortest spanning tree and further ones drawn
    with probabilities that fall with their length (Waxman 1988); each is two arcs, whose delay is
    its length. Capacities have three tiers, 2:5:12.5, by how many shortest paths use the link. The
    ends of flows are drawn in proportion to random masses of the nodes, bandwidths are integers
    whose logarithm is uniform.

    Parameters
    ----------
    nodes : int
        Number of nodes, 2 to 4000.
    links : int, optional
        Number of links, from ``nodes - 1`` to all pairs; twice the nodes without it.
    flows : int, optional
        Number of flows; 40 for each node without it.
    load : float
        Share of the flows that the linear relaxation admits, in (0, 1]: capacities are scaled so.
    priorities : int
        Number of classes.
    seed : int
        Same seed, same instance.
    bandwidth : int
        Largest one; they are from 1 up. The hardest instances have few flows that are large for
        the smallest capacity.
    classes : str
        How flows get priorities: uniform from 1 to the highest; or gold, which are 5 % of the
        highest (gold), 15 % of the middle (silver) and 80 % of the lowest one (bronze).
    stretch : float, optional
        Limit on each flow's delay as a multiple, at least 1, of its shortest path's; none without
        it.
    name : str, optional
        Made of sizes, load and seed without it.

    Returns
    -------
    SdnInstance
        With the objective that weighs flows by priority.

    Raises
    ------
    InputError
        A number out of its range, or classes that do not exist.

    Notes
    -----
    The load is calibrated by `netroute.datasets.sdn.calibrate.capacity_scale`, to within one point
    where flows are many; limits on delay are left out of account. Capacities are rounded to
    integers, at least 1. 750 nodes with 100 000 flows take about 10 seconds.

    References
    ----------
    B. M. Waxman: Routing of multipoint connections. IEEE Journal on Selected Areas in
    Communications 6(9), 1988.

    Examples
    --------
    >>> instance = generate_priority_flows(nodes=20, flows=500, seed=3)
    >>> instance.name, len(instance.nodes), len(instance.tail), instance.size
    ('pf-n20-m80-f500-l67-s3', 20, 80, 500)
    """
    pairs = nodes * (nodes - 1) // 2
    links = max(nodes - 1, min(2 * nodes, pairs)) if links is None else links
    flows = 40 * nodes if flows is None else flows
    _require("nodes", nodes, 2 <= nodes <= MOST_NODES, f"an integer from 2 to {MOST_NODES}")
    _require("links", links, nodes - 1 <= links <= pairs, f"an integer from {nodes - 1} to {pairs}")
    _require("flows", flows, flows >= 1, "an integer >= 1")
    _require("load", load, 0 < load <= 1, "a share in (0, 1]")
    _require("priorities", priorities, priorities >= 1, "an integer >= 1")
    _require("bandwidth", bandwidth, 1 <= bandwidth <= 10**9, "an integer from 1 to 1000000000")
    _require("classes", classes, classes in CLASSES, f"one of: {', '.join(CLASSES)}")
    _require("stretch", stretch, stretch is None or 1 <= stretch < np.inf, "a number >= 1")
    rng = generator(seed)
    network = random_network(rng, nodes, links)
    source, target = draw_pairs(rng, nodes, flows)
    needed = draw_bandwidths(rng, flows, bandwidth)
    priority = draw_priorities(rng, flows, priorities, classes)
    trees = Trees(nodes, network.tail, network.head)
    scale = capacity_scale(
        trees,
        network.tier,
        source=source,
        target=target,
        bandwidth=needed,
        weight=priority,
        load=load,
    )
    limit = None
    if stretch is not None:
        # A little slack, so that the shortest path itself is within 1.0 times its delay.
        limit = (trees.measure(network.delay)[source, target] * stretch * (1 + 1e-9)).round(9)
    return SdnInstance(
        name=name or f"pf-n{nodes}-m{2 * links}-f{flows}-l{100 * load:g}-s{seed}",
        nodes=range(nodes),
        tail=network.tail,
        head=network.head,
        capacity=np.maximum(1, np.rint(scale * network.tier)).astype(np.int64),
        delay=network.delay,
        source=source,
        target=target,
        bandwidth=needed,
        priority=priority,
        priorities=priorities,
        max_delay=limit,
        position=network.position,
    )


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise InputError(f"found {value!r}, expected {expected}", code="generate", where=where)
