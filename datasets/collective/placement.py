"""Which hosts the ranks of jobs get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable


def packed(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Leaf by leaf, in the order of hosts."""
    return np.arange(leaves * per_leaf)


def shuffled(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """At random."""
    return rng.permutation(leaves * per_leaf)


def striped(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Each rank on the leaf after the one of the rank before."""
    return np.arange(leaves * per_leaf).reshape(leaves, per_leaf).T.ravel()


def fragmented(rng: np.random.Generator, leaves: int, per_leaf: int) -> np.ndarray:
    """Go by runs of hosts in random order, as many jobs leave them; at least one run a leaf."""
    hosts = leaves * per_leaf
    begins = rng.random(hosts) < 2.0 / per_leaf
    begins[::per_leaf] = True
    runs = np.split(np.arange(hosts), np.flatnonzero(begins)[1:])
    return np.concatenate([runs[i] for i in rng.permutation(len(runs))])


PLACEMENTS: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "random": shuffled,
    "packed": packed,
    "striped": striped,
    "fragmented": fragmented,
}
"""Placement to the function that returns all hosts in the order in which ranks get them."""
