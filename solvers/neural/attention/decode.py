"""Plans of a trained attention policy: from arrays to arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from netroute.problems.vrp.timing import slack
from netroute.solvers.neural.attention.rollout import Instances, lengths, roll_out
from netroute.solvers.neural.decoding.symmetries import symmetries, unit_square

if TYPE_CHECKING:
    import numpy.typing as npt

    from netroute.solvers.neural.attention.model import AttentionPolicy

MOST_NUMBERS = 2**24
"""Numbers of one table that are held at once; larger batches are worked through in parts."""


class Constructed(NamedTuple):
    """Plans of a batch of instances.

    B instances, K plans of each: starts within symmetries.
    """

    nodes: np.ndarray
    """In order of visit; with a depot filled up with it at the end: int64, (B, K, T)."""
    lengths: np.ndarray
    """Euclidean length of each plan, where coordinates are the instance's: float64, (B, K)."""

    def best(self) -> np.ndarray:
        """Return the shortest plan of each instance: int64, shape (B, T).

        Examples
        --------
        >>> found = Constructed(np.array([[[0, 1, 2], [0, 2, 1]]]), np.array([[2.0, 1.0]]))
        >>> found.best().tolist()
        [[0, 2, 1]]
        """
        best: np.ndarray = self.nodes[np.arange(len(self.nodes)), self.lengths.argmin(axis=1)]
        return best


def construct(
    policy: AttentionPolicy,
    coordinates: npt.ArrayLike,
    demand: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
    *,
    starts: int | None = None,
    mirrored: bool = False,
    rng: np.random.Generator | None = None,
) -> Constructed:
    """Build plans of many instances of one size.

    Parameters
    ----------
    policy : AttentionPolicy
    coordinates : array, shape (B, n, 2)
        Of any scale; depot first for a policy that has one.
    demand : array, shape (B, n), optional
        0 at the depot; with a depot.
    capacity : array, shape (B,), optional
        With a depot; no demand may exceed it.
    starts : int, optional
        Plans of each instance, each with another first node (with a depot: first client), spread
        evenly over the nodes by number; all of them without it.
    mirrored : bool
        Look at all eight symmetries of the instance, which makes eight times as many plans.
    rng : numpy.random.Generator, optional
        Sample decisions; without it each one is the most likely.

    Examples
    --------
    >>> from netroute.solvers.neural.attention.model import AttentionPolicy
    >>> policy = AttentionPolicy(depot=False, width=16, layers=1, heads=2, feed_forward=32)
    >>> found = construct(policy, np.random.default_rng(1).random((3, 10, 2)), mirrored=True)
    >>> found.nodes.shape, found.best().shape
    ((3, 80, 10), (3, 10))
    """
    # A copy: instances' arrays are read-only, which torch does not know.
    points = np.array(coordinates, np.float64)
    b, n, _ = points.shape
    views = symmetries(unit_square(points)) if mirrored else unit_square(points)[None]
    count = n - policy.depot
    first = np.linspace(0, count, min(starts or count, count), endpoint=False).astype(np.int64)
    first += int(policy.depot)
    source = None
    if rng is not None:
        source = torch.Generator().manual_seed(int(rng.integers(2**63 - 1)))
    size = max(1, MOST_NUMBERS // (policy.heads * n * max(n, len(first))))
    parts = [
        [
            _solve(policy, view[k : k + size], demand, capacity, slice(k, k + size), first, source)
            for k in range(0, b, size)
        ]
        for view in views
    ]
    nodes = np.concatenate([np.concatenate(part) for part in _padded(parts)], axis=1)
    found = torch.from_numpy(points), torch.from_numpy(nodes)
    return Constructed(nodes, lengths(*found, depot=policy.depot).numpy())


def instances_of(
    coordinates: np.ndarray, demand: npt.ArrayLike | None, capacity: npt.ArrayLike | None
) -> Instances:
    """Return a batch as the network takes it; coordinates are in the unit square.

    Examples
    --------
    >>> instances_of(np.zeros((1, 3, 2)), [[0, 1, 2]], [4]).share.tolist()
    [[0.0, 0.25, 0.5]]
    """
    points = torch.from_numpy(np.ascontiguousarray(coordinates, np.float32))
    if demand is None or capacity is None:
        return Instances(points, None, None, None)
    room = np.asarray(capacity, np.float64)
    limit = room + np.array([slack(float(value)) for value in room])
    wanted = torch.from_numpy(np.array(demand, np.float64))
    return Instances(points, wanted, torch.from_numpy(room.copy()), torch.from_numpy(limit))


def _solve(
    policy: AttentionPolicy,
    points: np.ndarray,
    demand: npt.ArrayLike | None,
    capacity: npt.ArrayLike | None,
    rows: slice,
    first: np.ndarray,
    source: torch.Generator | None,
) -> np.ndarray:
    instances = instances_of(
        points,
        None if demand is None else np.asarray(demand)[rows],
        None if capacity is None else np.asarray(capacity)[rows],
    )
    begin = torch.from_numpy(np.tile(first, (len(points), 1)))
    with torch.no_grad():
        encoded = policy.encode(instances.coordinates, instances.share)
        return roll_out(policy, encoded, instances, begin, rng=source).nodes.numpy()


def _padded(parts: list[list[np.ndarray]]) -> list[list[np.ndarray]]:
    """Return plans of one length: routes are filled up with the depot."""
    longest = max(nodes.shape[2] for part in parts for nodes in part)
    return [
        [np.pad(nodes, ((0, 0), (0, 0), (0, longest - nodes.shape[2]))) for nodes in part]
        for part in parts
    ]
