"""The programme of Dantzig, Fulkerson and Johnson, and its translation to PuLP.

A variable says whether an edge is in the tour, or where distances are asymmetric an arc. Each node
has two edges, or one arc in and one out; a set S of nodes that the tour would not leave is cut off
as it is found::

    edges within S  <=  |S| - 1

Source: G. Dantzig, R. Fulkerson, S. Johnson, Solution of a large-scale traveling-salesman problem
(Operations Research 1954).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.solvers.lp.engines import add_variable

if TYPE_CHECKING:
    from netroute.problems.tsp import TspInstance


@dataclass(slots=True)
class TourModel:
    """Plain data of the model.

    Attributes
    ----------
    size : int
        Number of nodes.
    directed : bool
        Whether (i, j) and (j, i) are different variables.
    pairs : ndarray of int, shape (m, 2)
        Nodes that a variable joins.
    costs : ndarray, shape (m,)
        Distances.
    fixed : ndarray of bool, shape (m,)
        Variables that are 1.
    cuts : set of frozenset of int
        Sets of nodes that a tour must leave.
    """

    size: int
    directed: bool
    pairs: np.ndarray
    costs: np.ndarray
    fixed: np.ndarray
    cuts: set[frozenset[int]] = field(default_factory=set)

    def joined(self, values: np.ndarray) -> np.ndarray:
        """Values of the variables as a symmetric matrix, shape (n, n)."""
        matrix = np.zeros((self.size, self.size))
        np.add.at(matrix, (self.pairs[:, 0], self.pairs[:, 1]), values)
        return matrix + matrix.T

    def tour(self, values: np.ndarray) -> np.ndarray | None:
        """Read the tour off an integer solution; None if it is more than one cycle."""
        around: list[list[int]] = [[] for _ in range(self.size)]
        for i, j in self.pairs[np.rint(values) > 0].tolist():
            around[i].append(j)
            if not self.directed:
                around[j].append(i)
        tour, before = [0], -1
        while True:
            following = [node for node in around[tour[-1]] if node != before]
            before = tour[-1]
            if not following or following[0] == 0 or len(tour) == self.size:
                break
            tour.append(following[0])
        return np.array(tour) if len(set(tour)) == self.size else None

    def to_pulp(self, *, relaxed: bool) -> tuple[Any, list[Any], list[Any]]:
        """Return the PuLP problem and its variables in the order of ``pairs``; no row matters."""
        import pulp

        problem = pulp.LpProblem("tsp", pulp.LpMinimize)
        kind = "Continuous" if relaxed else "Integer"
        variables = []
        out: list[list[Any]] = [[] for _ in range(self.size)]
        into: list[list[Any]] = out if not self.directed else [[] for _ in range(self.size)]
        for (i, j), fixed in zip(self.pairs.tolist(), self.fixed.tolist(), strict=True):
            x = add_variable(problem, f"x_{i}_{j}", 1, kind)
            if fixed:
                x.lowBound = 1
            variables.append(x)
            out[i].append(x)
            into[j].append(x)
        problem += pulp.lpSum(c * x for c, x in zip(self.costs.tolist(), variables, strict=True))
        for node in range(self.size):
            if self.directed:
                problem += pulp.lpSum(out[node]) == 1, f"leave_{node}"
                problem += pulp.lpSum(into[node]) == 1, f"reach_{node}"
            else:
                problem += pulp.lpSum(out[node]) == 2, f"degree_{node}"
        inside = np.zeros(self.size, bool)
        for number, nodes in enumerate(sorted(map(sorted, self.cuts))):
            inside[:] = False
            inside[nodes] = True
            within = np.flatnonzero(inside[self.pairs].all(axis=1))
            total = pulp.lpSum(variables[k] for k in within)
            problem += total <= len(nodes) - 1, f"subtour_{number}"
        return problem, variables, []


def tour_model(instance: TspInstance) -> TourModel:
    """Build the model without cuts.

    Examples
    --------
    >>> from netroute.problems.tsp import TspInstance
    >>> model = tour_model(TspInstance(coordinates=[[0, 0], [3, 4], [6, 8], [1, 1]]))
    >>> model.pairs.shape, model.directed
    ((6, 2), False)
    """
    size = instance.size
    if instance.symmetric:
        first, second = np.triu_indices(size, k=1)
    else:
        first, second = np.nonzero(~np.eye(size, dtype=bool))
    chosen = np.zeros((size, size), bool)
    chosen[instance.fixed_edges[:, 0], instance.fixed_edges[:, 1]] = True
    if instance.symmetric:
        chosen |= chosen.T
    return TourModel(
        size=size,
        directed=not instance.symmetric,
        pairs=np.column_stack([first, second]),
        costs=instance.distances(first, second),
        fixed=chosen[first, second],
    )
