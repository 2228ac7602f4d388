"""An instance as the searches see it: renumbered along a curve, symmetric, with candidates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import UnsupportedError
from netroute.solvers._kernels.distance import Matrix, Points
from netroute.solvers.tsp._kernels.lin_kernighan import PLACES, Moves
from netroute.solvers.tsp.costs import cost_source
from netroute.solvers.tsp.fixed import fixed_edges
from netroute.solvers.tsp.neighbours import quadrant_neighbours
from netroute.solvers.tsp.space_filling import hilbert_index

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance

FEWEST = 8
"""Nodes from which on the searches work; smaller instances are enumerated."""

PENALTY_SIZE = 5_000
"""Most nodes, after doubling, of a matrix with penalties: 200 MB of float64."""

LIMITS = (8, 5, 3, 10)
"""Candidates at the first and the second edge of a step, steps of a Lin-Kernighan chain, and
candidates where subtours are joined."""

ARC_LIMITS = (60, 20, 2, 10)
"""The same where distances are asymmetric: few exchanges keep all directions, and arcs of stacker
cranes and the like are tied by the dozen, so that more of them must be looked at."""

ROUNDING_ERROR = 1e-13
"""Relative to the longest distance, gains below it may be rounding errors."""


@dataclass(frozen=True)
class SearchSpace:
    """What searches work on; node ``k`` of theirs is not node ``k`` of the instance.

    Of an instance with asymmetric distances every node is there twice, as a way in, ``k``, and a
    way out, ``k + n``, joined by an edge that no tour gives up; others lead from out to in.
    Source of the transformation: R. Jonker, T. Volgenant, Transforming asymmetric into symmetric
    traveling salesman problems (Operations Research Letters 1983).

    Attributes
    ----------
    instance : TspInstance
        The problem.
    nodes : ndarray of int64, shape (n,)
        The instance's node of each node here, in the first half.
    source : Matrix or Points
        Distances.
    near : ndarray of uint32, shape (size, k)
        Candidates of each node, nearest first.
    far : ndarray of float64, shape (size, k)
        Distances to them.
    size : int
        Nodes here: n, or 2 n.
    chains : tuple of ndarray
        Paths of fixed edges, and all other nodes alone; they make up every tour.
    """

    instance: TspInstance
    nodes: np.ndarray
    source: Matrix | Points
    near: np.ndarray
    far: np.ndarray
    chains: tuple[np.ndarray, ...]

    @property
    def size(self) -> int:
        """Nodes of the tours here."""
        return len(self.near)

    @property
    def doubled(self) -> bool:
        """Whether each node of the instance is there twice."""
        return self.size > len(self.nodes)

    def moves(self) -> Moves:
        """Return what the kernels ask for, with scratch of its own for each thread."""
        k = self.near.shape[1]
        first, second, depth, joins = ARC_LIMITS if self.doubled else LIMITS
        longest = float(self.far[self.far < np.inf].max(initial=0.0))
        return Moves(
            self.near,
            self.far,
            np.array([min(first, k), min(second, k), depth, min(joins, k)], np.int64),
            np.array([max(ROUNDING_ERROR * 64.0 * longest, 1e-7 * self.typical())]),
            np.zeros(5, np.int64),
            np.zeros(PLACES, np.uint32),
        )

    def typical(self) -> float:
        """Return the median distance to a candidate that costs something; 1 if there is none."""
        costs = np.abs(self.far[self.far != 0.0])
        return float(np.median(costs)) if len(costs) else 1.0

    def to_tour(self, order: np.ndarray) -> np.ndarray:
        """Return the instance's nodes in order of visit."""
        if not self.doubled:
            plain: np.ndarray = self.nodes[order]
            return plain
        n = len(self.nodes)
        at = int(np.argmax(order == 0))
        order = np.roll(order, -at)
        if order[1] != n:
            order = np.roll(order[::-1], 1)
        tour: np.ndarray = self.nodes[order[order < n]]
        return tour

    def from_tour(self, tour: np.ndarray) -> np.ndarray:
        """Return a tour of the instance as nodes here, uint32."""
        here = np.empty(len(self.nodes), np.int64)
        here[self.nodes] = np.arange(len(self.nodes))
        order = here[tour]
        if self.doubled:
            order = np.stack([order, order + len(self.nodes)], axis=1).ravel()
        return np.asarray(order, np.uint32)

    def random_order(self, rng: np.random.Generator) -> np.ndarray:
        """Return a random tour that has all fixed edges."""
        if len(self.chains) == self.size:
            return rng.permutation(self.size).astype(np.uint32)
        chosen = rng.permutation(len(self.chains))
        if self.doubled:
            return np.concatenate([self.chains[c] for c in chosen]).astype(np.uint32)
        turned = rng.random(len(chosen)) < 0.5
        parts = [self.chains[c][:: -1 if t else 1] for c, t in zip(chosen, turned, strict=True)]
        return np.concatenate(parts).astype(np.uint32)


def require_within_reach(instance: TspInstance) -> None:
    """Raise `UnsupportedError` where fixed edges or arcs need a larger matrix than there can be."""
    doubled = not instance.symmetric
    most = PENALTY_SIZE // (2 if doubled else 1)
    if (doubled or len(instance.fixed_edges)) and instance.size > most:
        kind = "asymmetric distances" if doubled else "fixed edges"
        raise UnsupportedError(
            f"{instance.size} nodes with {kind}, expected at most {most} of them"
        )


def search_space(instance: TspInstance, *, quadrant: int = 2, extra: int = 2) -> SearchSpace:
    """Return an instance of eight nodes or more as the searches want it.

    Parameters
    ----------
    quadrant, extra : int
        Candidates of each quadrant around a node, and nearest ones beyond.

    Raises
    ------
    UnsupportedError
        Fixed edges or asymmetric distances on more nodes than a matrix can hold.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> instance = TspInstance(coordinates=[[k * k, k] for k in range(9)])
    >>> space = search_space(instance)
    >>> space.size, sorted(space.to_tour(space.from_tour(np.arange(9))).tolist())
    (9, [0, 1, 2, 3, 4, 5, 6, 7, 8])
    """
    require_within_reach(instance)
    n = instance.size
    nodes = np.arange(n)
    if instance.coordinates is not None:
        nodes = np.argsort(hilbert_index(instance.coordinates), kind="stable")
    if not instance.symmetric or len(instance.fixed_edges):
        count = ARC_LIMITS[0] if not instance.symmetric else 4 * quadrant + extra
        return _penalised(instance, nodes, count)
    source = cost_source(instance, order=nodes)
    here = np.empty(n, np.uint32)
    here[nodes] = np.arange(n, dtype=np.uint32)
    near = here[quadrant_neighbours(instance, quadrant, extra=extra)[nodes]]
    far = instance.distances(nodes[:, None], nodes[near.astype(np.int64)])
    near, far = _sorted(near, far)
    chains = tuple(np.arange(n)[:, None])
    return SearchSpace(instance, nodes, source, near, far, chains)


def _sorted(near: np.ndarray, far: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(far, axis=1, kind="stable")
    return (
        np.ascontiguousarray(np.take_along_axis(near, order, 1)),
        np.ascontiguousarray(np.take_along_axis(far, order, 1), dtype=np.float64),
    )


def _penalised(instance: TspInstance, nodes: np.ndarray, count: int) -> SearchSpace:
    """Return a matrix in which edges that every tour has are cheaper than anything else."""
    n = instance.size
    doubled = not instance.symmetric
    size = 2 * n if doubled else n
    # Chosen columns may lie in Fortran's order, which would be a second signature.
    costs = instance.distance_rows(nodes)[:, nodes].astype(np.float64, order="C")
    here = np.empty(n, np.int64)
    here[nodes] = np.arange(n)
    fixed = here[instance.fixed_edges.astype(np.int64)].reshape(-1, 2)
    # A power of two keeps sums of integers exact.
    # It also exceeds negative distances by far.
    penalty = 2.0 ** np.ceil(np.log2(8.0 * n * max(1.0, float(np.abs(costs).max()))))
    if doubled:
        matrix = np.full((size, size), penalty)
        matrix[n:, :n] = costs
        matrix[n + fixed[:, 0], fixed[:, 1]] = -penalty
        matrix[n + np.arange(n), np.arange(n)] = -penalty
        matrix[:n, n:] = matrix[n:, :n].T
    else:
        matrix = costs
        matrix[fixed[:, 0], fixed[:, 1]] = matrix[fixed[:, 1], fixed[:, 0]] = -penalty
    near = _cheapest(matrix, min(count, n - 1))
    far = np.take_along_axis(matrix, near.astype(np.int64), 1)
    return SearchSpace(instance, nodes, Matrix(matrix), near, far, _chains(instance, here))


def _cheapest(matrix: np.ndarray, count: int) -> np.ndarray:
    """Return the candidates of each node, but not those to which it is tied.

    Of equally near ones each row takes others, those that come after it: lists of the same few
    nodes would leave the rest unconnected.
    """
    size = len(matrix)
    turned = (np.arange(size)[:, None] + np.arange(size)) % size
    values = np.take_along_axis(matrix, turned, 1)
    values[(values < 0.5 * matrix.min()) | (turned == np.arange(size)[:, None])] = np.inf
    order = np.argsort(values, axis=1, kind="stable")[:, :count]
    return np.ascontiguousarray(np.take_along_axis(turned, order, 1), dtype=np.uint32)


def _chains(instance: TspInstance, here: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return the paths of edges that every tour has, as nodes of the search."""
    n = instance.size
    fixed = fixed_edges(instance)
    seen = np.zeros(n, bool)
    found = []
    for first in [fixed.start, *np.flatnonzero(fixed.entered).tolist()]:
        path = []
        at = first
        while at < n and not seen[at]:
            seen[at] = True
            path.append(here[at])
            following = [int(m) for m in fixed.mate[at] if m < n and not seen[m]]
            at = following[0] if following else n
        if path:
            chain = np.array(path)
            if not instance.symmetric:
                chain = np.stack([chain, chain + n], axis=1).ravel()
            found.append(chain)
    return tuple(found)
