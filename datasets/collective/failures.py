"""Links and switches that have failed or run slowly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric


def degraded(
    fabric: Fabric,
    rng: np.random.Generator,
    *,
    spines: int = 0,
    links: int = 0,
    half_rate: int = 0,
    bad_leaf: float = 0.0,
) -> Fabric:
    """Return a copy of a fabric in which some things between leaves and planes are broken.

    Of each leaf at least one link stays up in both directions.

    Parameters
    ----------
    fabric : Fabric
        With even capacities, if ``half_rate`` is used.
    rng : numpy.random.Generator
        Draws what breaks.
    spines : int
        Spines that have failed; in a fat tree, planes.
    links : int
        Further links that have failed, both directions of each.
    half_rate : int
        Links with half of their capacity, both directions.
    bad_leaf : float
        Share of the links of one leaf that have failed.

    Raises
    ------
    InputError
        There is not so much to break.

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(8, 8, hosts_per_leaf=8, capacity=2)
    >>> broken = degraded(fabric, np.random.default_rng(1), spines=1, links=2, half_rate=1)
    >>> [int((broken.up == c).sum()) for c in (0, 1, 2)]
    [10, 1, 53]
    """
    up, down = fabric.up.copy(), fabric.down.copy()
    leaves, planes = up.shape
    if spines:
        if not 0 <= spines < planes:
            raise InputError(f"found {spines}, expected 0 to {planes - 1}", where="failed_spines")
        gone = rng.choice(planes, spines, replace=False)
        up[:, gone] = 0
        down[gone] = 0
    if bad_leaf:
        leaf = int(rng.integers(leaves))
        alive = np.flatnonzero(up[leaf])
        number = min(len(alive) - 1, round(bad_leaf * planes))
        gone = rng.choice(alive, number, replace=False)
        up[leaf, gone] = 0
        down[gone, leaf] = 0
    order = rng.permutation(np.argwhere(up > 0))
    left = (up > 0).sum(axis=1)
    failed = 0
    halved: list[tuple[int, int]] = []
    for leaf, plane in order.tolist():
        if failed < links and left[leaf] > 1:
            up[leaf, plane] = down[plane, leaf] = 0
            left[leaf] -= 1
            failed += 1
        elif len(halved) < half_rate:
            halved.append((leaf, plane))
    if failed < links:
        raise InputError(f"found {links}, of which {failed} can fail", where="failed_links")
    if len(halved) < half_rate:
        raise InputError(f"found {half_rate}, expected at most the links", where="half_rate")
    for leaf, plane in halved:
        up[leaf, plane] //= 2
        down[plane, leaf] //= 2
    return fabric.replace(up=up, down=down)
