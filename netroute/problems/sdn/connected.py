"""Which flows have a path at all with enough room on every arc."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.sdn.cheapest import cheapest

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance


def routable(instance: SdnInstance, flows: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Whether each flow has a path, or disjoint pair, within its limits where there is room.

    Parameters
    ----------
    flows : array of int
        Only these.
    room : array of int, shape (m,)
        Bandwidth that is free on each arc.

    Returns
    -------
    array of bool, one entry for each of ``flows``
    """
    restricting = {"delay limits", "hop limits", "arc protection", "node protection"}
    if not instance.features() & restricting:
        return connected(instance, flows, room)
    found: np.ndarray = np.isfinite(cheapest(instance, np.ones(len(room)), room=room, flows=flows))
    return found


def connected(instance: SdnInstance, flows: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Whether each flow has a path of arcs with as much room as its bandwidth, limits apart.

    Flows are taken by falling bandwidth, so that arcs only ever join the network; what each node
    reaches is kept up to date. That suits thousands of nodes and any number of bandwidths.

    Examples
    --------
    >>> from netroute.problems.sdn import SdnInstance
    >>> net = SdnInstance(
    ...     nodes=["a", "b", "c"], tail=[0, 1], head=[1, 2], capacity=[5, 3],
    ...     source=[0, 0, 2], target=[2, 2, 0], bandwidth=[3, 4, 1],
    ... )
    >>> connected(net, np.arange(3), net.capacity).tolist()
    [True, False, False]
    """
    reach = np.eye(len(instance.nodes), dtype=bool)
    arcs = iter(np.argsort(-room, kind="stable").tolist())
    arc = next(arcs, None)
    found = np.zeros(len(flows), bool)
    bandwidth = instance.bandwidth[flows]
    for width in np.unique(bandwidth)[::-1]:
        while arc is not None and room[arc] >= width:
            tail, head = instance.tail[arc], instance.head[arc]
            if not reach[tail, head]:
                gaining = reach[:, tail] & ~reach[:, head]
                reach[gaining] |= reach[head]
            arc = next(arcs, None)
        mine = bandwidth == width
        found[mine] = reach[instance.source[flows[mine]], instance.target[flows[mine]]]
    return found
