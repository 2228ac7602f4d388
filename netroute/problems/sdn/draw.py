"""Random flows: ends by gravity, sizes, priorities. Generators and readers of files share them."""

from __future__ import annotations

import numpy as np

CLASSES = ("uniform", "gold")
"""How priorities are assigned."""

MASS_SPREAD = 0.7
"""Standard deviation of the logarithm of a node's mass."""

GOLD, SILVER = 0.05, 0.15
"""Shares of the flows; the others are bronze."""


def draw_pairs(rng: np.random.Generator, nodes: int, flows: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw pairs of different nodes in proportion to the product of their masses.

    Masses are lognormal; distance plays no part. Sources and targets have shape (flows,).

    Examples
    --------
    >>> source, target = draw_pairs(np.random.default_rng(1), 5, 1000)
    >>> bool((source == target).any()), int(source.max())
    (False, 4)
    """
    mass = rng.lognormal(0.0, MASS_SPREAD, nodes)
    ends = np.zeros((2, flows), np.int64)
    left = np.arange(flows)
    while len(left):
        ends[:, left] = rng.choice(nodes, (2, len(left)), p=mass / mass.sum())
        left = left[ends[0, left] == ends[1, left]]
    return ends[0], ends[1]


def draw_bandwidths(rng: np.random.Generator, flows: int, largest: int) -> np.ndarray:
    """Draw integers from 1 to ``largest`` whose logarithm is about uniform, shape (flows,).

    Examples
    --------
    >>> sizes = draw_bandwidths(np.random.default_rng(1), 1000, 100)
    >>> int(sizes.min()), int(sizes.max()), bool(np.median(sizes) < 12)
    (1, 100, True)
    """
    sizes = np.floor(np.exp(rng.random(flows) * np.log(largest + 1.0))).astype(np.int64)
    clipped: np.ndarray = np.clip(sizes, 1, largest)
    return clipped


def draw_priorities(
    rng: np.random.Generator, flows: int, priorities: int, classes: str
) -> np.ndarray:
    """Draw priorities from 1 to ``priorities``, shape (flows,).

    ``uniform``, or ``gold``: 5 % of the highest class (gold), 15 % of the middle one (silver) and
    80 % of the lowest (bronze).

    Examples
    --------
    >>> drawn = draw_priorities(np.random.default_rng(1), 10_000, 8, "gold")
    >>> [int(p) for p in np.unique(drawn)]
    [1, 4, 8]
    """
    if classes == "uniform":
        return rng.integers(1, priorities + 1, flows)
    draw = rng.random(flows)
    middle = (priorities + 1) // 2
    return np.where(draw < GOLD, priorities, np.where(draw < GOLD + SILVER, middle, 1))
