"""What the nodes of a field have in their batteries."""

from __future__ import annotations

import numpy as np


def tiers(
    rng: np.random.Generator,
    nodes: int,
    energy: float,
    *,
    advanced: float,
    advanced_extra: float,
    super_share: float,
    super_extra: float,
) -> np.ndarray:
    """Return joules of two or three tiers of nodes at random places: shape (n,).

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> have = tiers(
    ...     rng, 10, 0.5, advanced=0.4, advanced_extra=1.0, super_share=0.25, super_extra=3.0
    ... )
    >>> np.unique(have, return_counts=True)
    (array([0.5, 1. , 2. ]), array([6, 3, 1]))
    """
    rich = round(advanced * nodes)
    richest = round(super_share * rich)
    have = np.full(nodes, energy)
    order = rng.permutation(nodes)
    have[order[:rich]] = energy * (1.0 + advanced_extra)
    have[order[:richest]] = energy * (1.0 + super_extra)
    return have


def uniform(rng: np.random.Generator, nodes: int, energy: float, spread: float) -> np.ndarray:
    """Return joules that are uniform from ``energy`` to ``1 + spread`` times that: shape (n,)."""
    return energy * (1.0 + spread * rng.random(nodes))
