"""Links and switches that have failed or run slowly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """What is broken in a fabric.

    Parameters
    ----------
    spines : int
        Spines that have failed; in a fat tree, planes.
    links : int
        Further links between leaves and planes that have failed, both directions of each.
    half_rate : int
        Links with half of their capacity, both directions.
    bad_leaf : float
        Share of the links of one leaf that have failed.
    slow_leaf : int
        All links of one leaf, the same one, run at the capacity over this number.
    core_links : int
        Links between aggregation switches and cores that have failed, both directions of each.

    Raises
    ------
    InputError
        A number out of its range.

    Examples
    --------
    >>> Failures(half_rate=1, slow_leaf=3).divisor, Failures(links=2).divisor
    (6, 1)
    """

    spines: int = 0
    links: int = 0
    half_rate: int = 0
    bad_leaf: float = 0.0
    slow_leaf: int = 1
    core_links: int = 0

    def __post_init__(self) -> None:
        for name, key in (("links", "failed_links"), ("half_rate", "half_rate")):
            _require(key, getattr(self, name), getattr(self, name) >= 0, "an integer >= 0")
        _require("failed_core_links", self.core_links, self.core_links >= 0, "an integer >= 0")
        _require("bad_leaf", self.bad_leaf, 0.0 <= self.bad_leaf <= 1.0, "a share from 0 to 1")
        _require("slow_leaf", self.slow_leaf, 1 <= self.slow_leaf <= 1024, "1 to 1024")

    @property
    def divisor(self) -> int:
        """What capacities have to be multiples of, so that slow links have whole ones."""
        return self.slow_leaf * (2 if self.half_rate else 1)

    def scale(self, capacity: int) -> int:
        """Return the least factor that makes a capacity a multiple of the divisor.

        Examples
        --------
        >>> Failures(half_rate=1).scale(3), Failures(half_rate=1).scale(4), Failures().scale(3)
        (2, 1, 1)
        """
        return self.divisor // math.gcd(self.divisor, capacity)


def degraded(fabric: Fabric, rng: np.random.Generator, failures: Failures) -> Fabric:
    """Return a copy of a fabric in which some things are broken.

    Of each leaf at least one link stays up in both directions, and of each aggregation switch at
    least one link to a core.

    Parameters
    ----------
    fabric : Fabric
        Whose capacities are multiples of the failures' divisor.
    rng : numpy.random.Generator
        Draws what breaks.
    failures : Failures
        How much of it.

    Raises
    ------
    InputError
        There is not so much to break.

    Examples
    --------
    >>> from netroute.problems.collective import Fabric
    >>> fabric = Fabric.leaf_spine(8, 8, hosts_per_leaf=8, capacity=2)
    >>> failures = Failures(spines=1, links=2, half_rate=1)
    >>> broken = degraded(fabric, np.random.default_rng(1), failures)
    >>> [int((broken.up == c).sum()) for c in (0, 1, 2)]
    [10, 1, 53]
    """
    up, down = fabric.up.copy(), fabric.down.copy()
    leaves, planes = up.shape
    if failures.spines:
        most = f"0 to {planes - 1}"
        _require("failed_spines", failures.spines, 0 <= failures.spines < planes, most)
        gone = rng.choice(planes, failures.spines, replace=False)
        up[:, gone] = 0
        down[gone] = 0
    if failures.bad_leaf or failures.slow_leaf > 1:
        leaf = int(rng.integers(leaves))
        up[leaf] //= failures.slow_leaf
        down[:, leaf] //= failures.slow_leaf
        if failures.bad_leaf:
            alive = np.flatnonzero(up[leaf])
            number = min(len(alive) - 1, round(failures.bad_leaf * planes))
            gone = rng.choice(alive, max(0, number), replace=False)
            up[leaf, gone] = 0
            down[gone, leaf] = 0
    if failures.links or failures.half_rate:
        order = rng.permutation(np.argwhere(up > 0))
        failed, halved = _drawn(order, (up > 0).sum(axis=1), failures.links, "failed_links")
        halved = halved[: failures.half_rate]
        if len(halved) < failures.half_rate:
            raise _fault("half_rate", f"found {failures.half_rate}, expected at most the links")
        for leaf, plane in failed:
            up[leaf, plane] = down[plane, leaf] = 0
        for leaf, plane in halved:
            up[leaf, plane] //= 2
            down[plane, leaf] //= 2
    changed = fabric.replace(up=up, down=down)
    return _without_cores(changed, rng, failures.core_links) if failures.core_links else changed


def _without_cores(fabric: Fabric, rng: np.random.Generator, number: int) -> Fabric:
    if fabric.core_up is None or fabric.core_down is None:
        raise _fault("failed_core_links", f"found {number}, expected a fat tree")
    core_up, core_down = fabric.core_up.copy(), fabric.core_down.copy()
    shape = fabric.pods * fabric.planes, fabric.cores
    order = rng.permutation(np.argwhere(core_up.reshape(shape) > 0))
    left = (core_up.reshape(shape) > 0).sum(axis=1)
    gone, _ = _drawn(order, left, number, "failed_core_links")
    for switch, core in gone:
        pod, plane = divmod(switch, fabric.planes)
        core_up[pod, plane, core] = core_down[plane, core, pod] = 0
    return fabric.replace(core_up=core_up, core_down=core_down)


def _drawn(
    order: np.ndarray, left: np.ndarray, number: int, where: str
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Pick links one by one, but of no switch the last one; return them, and those passed over."""
    gone: list[tuple[int, int]] = []
    other: list[tuple[int, int]] = []
    for switch, link in order.tolist():
        if len(gone) < number and left[switch] > 1:
            left[switch] -= 1
            gone.append((switch, link))
        else:
            other.append((switch, link))
    if len(gone) < number:
        raise _fault(where, f"found {number}, of which {len(gone)} can fail")
    return gone, other


def _require(where: str, value: object, holds: bool, expected: str) -> None:
    if not holds:
        raise _fault(where, f"found {value!r}, expected {expected}")


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="collective.failures", where=where)
