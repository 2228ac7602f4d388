"""Where the nodes of a field are."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

CLUSTERS = 5
SPREAD = 0.08
"""Standard deviation of a cluster over the shorter side of the field."""


def uniform(rng: np.random.Generator, nodes: int, field: np.ndarray) -> np.ndarray:
    """Everywhere alike."""
    return np.asarray(rng.random((nodes, 2)) * field)


def clustered(rng: np.random.Generator, nodes: int, field: np.ndarray) -> np.ndarray:
    """Around five uniform centres, normally distributed; draws outside are drawn again."""
    centres = rng.random((CLUSTERS, 2)) * field
    owner = rng.integers(CLUSTERS, size=nodes)
    found = np.full((nodes, 2), -1.0)
    while (out := ((found < 0.0) | (found > field)).any(axis=1)).any():
        step = rng.normal(scale=SPREAD * field.min(), size=(int(out.sum()), 2))
        found[out] = centres[owner[out]] + step
    return found


def grid(rng: np.random.Generator, nodes: int, field: np.ndarray) -> np.ndarray:
    """One node in each of equal cells, uniform within the middle half of its cell's sides.

    Where the cells are more than the nodes, the empty ones are drawn.
    """
    columns = max(1, min(nodes, round(math.sqrt(nodes * field[0] / field[1]))))
    rows = math.ceil(nodes / columns)
    cell = np.sort(rng.permutation(rows * columns)[:nodes])
    corner = np.column_stack([cell % columns, cell // columns])
    inside = 0.25 + 0.5 * rng.random((nodes, 2))
    return np.asarray((corner + inside) * (field / [columns, rows]))


LAYOUTS: dict[str, Callable[[np.random.Generator, int, np.ndarray], np.ndarray]] = {
    "uniform": uniform,
    "clustered": clustered,
    "grid": grid,
}
"""Layout to the function that returns positions, shape (n, 2)."""
