"""What each node of a field can know of its surroundings when it has been laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netroute.problems.wsn.energy import between, tables, transmission
from netroute.solvers.wsn.world import require_memory

if TYPE_CHECKING:
    from netroute.problems.wsn import WsnInstance

NODE_FEATURES = 8
"""Numbers that describe a node."""

PAIR_FEATURES = 4
"""Numbers that describe a neighbour."""

WORDS = 6
"""Numbers that are held for each pair of neighbours, about."""


class Pairs(NamedTuple):
    """Nodes within a radius of each other, in both directions.

    Attributes
    ----------
    start : array of int64, shape (n + 1,)
        Neighbours of node i are ``near[start[i]:start[i + 1]]``, by number.
    near : array of int64, shape (m,)
    send : array, shape (m,)
        Joules of a report from one to the other.
    """

    start: np.ndarray
    near: np.ndarray
    send: np.ndarray

    def means(self, values: np.ndarray) -> np.ndarray:
        """Return the mean of ``values`` over each node and its neighbours: shape (n,)."""
        sums = np.add.reduceat(np.append(values[self.near], 0.0), self.start[:-1])
        number = np.diff(self.start)
        return np.asarray((values + np.where(number > 0, sums, 0.0)) / (1 + number))


def pairs_of(instance: WsnInstance, radius: float) -> Pairs:
    """Return who hears whom within ``radius`` metres.

    Raises
    ------
    InputError
        There are too many pairs.

    Examples
    --------
    >>> from netroute.problems.wsn import WsnInstance
    >>> net = WsnInstance(
    ...     position=[[0, 0], [3, 4], [9, 9]], base_station=[0, 0], energy=1, field=[9, 9]
    ... )
    >>> pairs = pairs_of(net, 8.0)
    >>> pairs.start.tolist(), pairs.near.tolist(), pairs.means(np.array([1.0, 3.0, 5.0])).tolist()
    ([0, 1, 3, 4], [1, 0, 2, 1], [2.0, 3.0, 4.0])
    """
    from scipy.spatial import cKDTree

    n = instance.size
    tree = cKDTree(instance.position)
    number = int(tree.count_neighbors(tree, radius))
    require_memory(8 * WORDS * number, f"{number} pairs of neighbours within {radius:g} m")
    one = tree.query_pairs(radius, output_type="ndarray").astype(np.int64)
    both = np.concatenate([one, one[:, ::-1]])
    row, near = both[np.lexsort((both[:, 1], both[:, 0]))].T
    bits = instance.message_bits + instance.control_bits
    send = bits * transmission(instance, between(instance, row, near))
    send += instance.control_bits * instance.electronics
    start = np.searchsorted(row, np.arange(n + 1))
    return Pairs(start.astype(np.int64), np.ascontiguousarray(near), np.ascontiguousarray(send))


def observe(instance: WsnInstance, pairs: Pairs, nearest: int) -> dict[str, np.ndarray]:
    """Return what the network sees, from the costs of roles and of reports to neighbours.

    Each node knows its own place and battery, where the base station is, and has once heard the
    same of its neighbours. All numbers are ratios: nothing depends on units.

    Returns
    -------
    dict of str to array
        ``nodes`` (float32, (n, `NODE_FEATURES`)); ``near`` (int64, (n, nearest)): the nearest
        neighbours, itself where there are fewer; ``pairs`` (float32, (n, nearest,
        `PAIR_FEATURES`)); ``present`` (bool, (n, nearest)).
    """
    n, costs = instance.size, tables(instance)
    direct, share = np.log(costs.direct / costs.receive), np.log(costs.head / costs.receive)
    energy = np.log(instance.energy)
    number = np.diff(pairs.start)
    row = np.repeat(np.arange(n), number)
    send = pairs.send / costs.receive[row]
    farther = (costs.direct[pairs.near] > costs.direct[row]).astype(np.float64)
    # Means over the neighbours alone; 0 without any.
    mean_send, behind = (
        np.bincount(row, values, n) / np.maximum(1, number) for values in (send, farther)
    )
    nodes = (
        direct,
        share,
        0.25 * np.log1p(number),
        mean_send,
        0.2 * (energy - np.log(costs.head)) - 1.0,
        energy - pairs.means(energy),
        direct - pairs.means(direct),
        behind,
    )
    near = np.tile(np.arange(n)[:, None], (1, nearest))
    present = np.zeros((n, nearest), bool)
    sent = np.zeros((n, nearest))
    order = np.lexsort((pairs.near, pairs.send, row))
    place = np.arange(len(row)) - pairs.start[row]
    kept = place < nearest
    near[row[kept], place[kept]] = pairs.near[order][kept]
    present[row[kept], place[kept]] = True
    sent[row[kept], place[kept]] = send[order][kept]
    seen = (
        sent,
        np.where(present, direct[near] - direct[:, None], 0.0),
        np.where(present, share[near] - share[:, None], 0.0),
        np.where(present, energy[near] - energy[:, None], 0.0),
    )
    return {
        "nodes": np.stack(nodes, axis=1).astype(np.float32),
        "near": near,
        "pairs": np.stack(seen, axis=2).astype(np.float32),
        "present": present,
    }
