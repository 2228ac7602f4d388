"""What a round costs each node: the first-order radio, in plain numpy.

W. Heinzelman, A. Chandrakasan, H. Balakrishnan: Energy-efficient communication protocol for
wireless microsensor networks. HICSS 2000; and: An application-specific protocol architecture for
wireless microsensor networks. IEEE Transactions on Wireless Communications 1(4), 2002.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from netroute.problems.wsn.instance import WsnInstance


class Costs(NamedTuple):
    """Joules that a round costs, by role; all of shape (n,)."""

    direct: np.ndarray
    """To report to the base station by oneself."""
    head: np.ndarray
    """To be a head without members: own signal, transmission to the base, announcement."""
    receive: np.ndarray
    """What a head pays for each member."""


def transmission(instance: WsnInstance, distance: np.ndarray) -> np.ndarray:
    """Return joules a bit that sending over distances in metres costs.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(position=[[0, 0]], base_station=[0, 0], energy=1, field=[1, 1])
    >>> (transmission(net, np.array([0.0, 10.0, 100.0])) * 1e9).round(6).tolist()
    [50.0, 51.0, 180.0]
    """
    square = np.square(distance)
    near = distance < instance.crossover
    amplifier = np.where(near, instance.free_space * square, instance.multipath * square * square)
    return np.asarray(instance.electronics + amplifier)


def to_base(instance: WsnInstance) -> np.ndarray:
    """Return the distance in metres of each node to the base station: shape (n,)."""
    x, y = (instance.position - instance.base_station).T
    return np.asarray(np.hypot(x, y))


def between(instance: WsnInstance, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return distances in metres between nodes, of arrays of node numbers that fit each other."""
    step = instance.position[first] - instance.position[second]
    return np.asarray(np.hypot(step[..., 0], step[..., 1]))


def reach(instance: WsnInstance) -> np.ndarray:
    """Return the distance in metres from each node to the farthest one: shape (n,).

    The farthest one is a corner of the convex hull.
    """
    x, y = instance.position.T
    corners = _hull(instance.position)
    far = np.zeros(instance.size)
    for a, b in corners:
        far = np.maximum(far, np.hypot(x - a, y - b))
    return far


def tables(instance: WsnInstance) -> Costs:
    """Return what each role costs each node in a round.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(position=[[0, 0]], base_station=[0, 0], energy=1, field=[1, 1])
    >>> costs = tables(net)
    >>> [round(float(part[0]) * 1e6, 3) for part in costs]
    [200.0, 220.0, 220.0]
    """
    k, control = instance.message_bits, instance.control_bits
    out = transmission(instance, to_base(instance))
    head = k * out
    if instance.head_aggregates_own:
        head = head + k * instance.aggregation
    if control:
        head = head + control * transmission(instance, reach(instance))
    receive = k * (instance.electronics + instance.aggregation) + control * instance.electronics
    more = instance.aggregation_ratio * k * out
    return Costs(direct=k * out, head=head, receive=receive + more)


def member_costs(
    instance: WsnInstance, members: np.ndarray, heads: np.ndarray | None = None
) -> np.ndarray:
    """Return what it costs each of ``members`` to report to each of ``heads``, or of all nodes.

    Joules a round, shape (members, heads); control packets are included.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(position=[[0, 0], [0, 10]], base_station=[0, 0], energy=1, field=[9, 9])
    >>> (member_costs(net, np.array([0])) * 1e6).round(3).tolist()
    [[200.0, 204.0]]
    """
    targets = np.arange(instance.size) if heads is None else heads
    apart = between(instance, members[:, None], targets[None, :])
    bits = instance.message_bits + instance.control_bits
    return np.asarray(
        bits * transmission(instance, apart) + instance.control_bits * instance.electronics
    )


def round_costs(
    instance: WsnInstance, parent: np.ndarray, head: np.ndarray, costs: Costs
) -> np.ndarray:
    """Return what one round of each of B configurations costs each node: shape (B, n).

    Parameters
    ----------
    instance : WsnInstance
        The field.
    parent, head : array, shape (B, n)
        As in `WsnSolution`; node numbers are in range.
    costs : Costs
        Of `tables`.
    """
    rows, n = parent.shape
    reports = parent >= 0
    row, node = np.nonzero(reports)
    members = np.bincount(row * n + parent[reports], minlength=rows * n).reshape(rows, n)
    spent = np.where(parent == -1, np.where(head, costs.head, costs.direct), 0.0)
    apart = between(instance, node, parent[reports])
    k, control = instance.message_bits, instance.control_bits
    send = (k + control) * transmission(instance, apart) + control * instance.electronics
    # An inner node of a tree does both; of its costs as a head, the way to the base falls away.
    send += np.where(head[reports], (costs.head - costs.direct)[node], 0.0)
    spent[reports] = send
    return np.asarray(spent + members * costs.receive)


def _hull(points: np.ndarray) -> np.ndarray:
    """Return the corners of the convex hull, by the monotone chain of A. M. Andrew (1979)."""
    order = np.unique(points, axis=0)
    corners: list[tuple[float, float]] = []
    for rows in (order.tolist(), order[::-1].tolist()):
        chain: list[tuple[float, float]] = []
        for x, y in rows:
            while len(chain) > 1 and _right_turn(chain[-2], chain[-1], (x, y)):
                chain.pop()
            chain.append((x, y))
        corners += chain
    return np.unique(np.array(corners), axis=0)


def _right_turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> bool:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]) <= 0.0
