"""Lower bounds on the load of a phase's most loaded link, exact, from the instance alone."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.collective.instance import usable

if TYPE_CHECKING:
    from netroute.problems.collective.fabric import Fabric
    from netroute.problems.collective.instance import CollectiveInstance
    from netroute.problems.collective.phase import Phase

ZERO = Fraction(0)


def degree_bounds(fabric: Fabric, phase: Phase, *, whole: bool) -> dict[str, Fraction]:
    """Return what each switch and host must carry at least, whatever the paths.

    Parameters
    ----------
    fabric : Fabric
        Links and capacities.
    phase : Phase
        The flows.
    whole : bool
        No flow is split.

    Returns
    -------
    dict
        ``nic``: the busiest host's link. ``leaf``: the busiest leaf, its bytes spread over its
        links as evenly as possible; where no flow is split, loads are multiples of the greatest
        common divisor of the sizes. ``flow``: the largest flow on the fastest path, if none is
        split. ``pod``: as ``leaf``, for what leaves or enters a pod.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> fabric = Fabric.leaf_spine(4, 5, hosts_per_leaf=2)
    >>> job = Job(pattern="all-to-all", hosts=range(8))
    >>> instance = CollectiveInstance(fabric=fabric, jobs=[job])
    >>> bounds = degree_bounds(fabric, instance.phases[0], whole=True)
    >>> {name: str(value) for name, value in bounds.items()}
    {'nic': '7', 'leaf': '3', 'flow': '1', 'pod': '0'}
    >>> str(degree_bounds(fabric, instance.phases[0], whole=False)["leaf"])
    '12/5'
    """
    most = max(int(phase.sent.max(initial=0)), int(phase.received.max(initial=0)))
    found = {"nic": Fraction(most, fabric.nic), "leaf": ZERO, "flow": ZERO, "pod": ZERO}
    if not len(phase.size):
        return found
    grain = _grain(phase)
    volume = phase.size * phase.count
    out, into = (
        _sums(phase.source, volume, fabric.leaves),
        _sums(phase.target, volume, fabric.leaves),
    )
    found["leaf"] = max(
        _busiest(out, fabric.up, grain, whole), _busiest(into, fabric.down.T, grain, whole)
    )
    if whole:
        found["flow"] = _largest_flow(fabric, phase)
    if fabric.core_up is not None and fabric.core_down is not None:
        per, pods = fabric.leaves_per_pod, fabric.pods
        p, q = phase.source // per, phase.target // per
        volume = np.where(p == q, 0, volume)
        links = fabric.core_up.reshape(pods, -1), fabric.core_down.reshape(-1, pods).T
        found["pod"] = max(
            _busiest(_sums(p, volume, pods), links[0], grain, whole),
            _busiest(_sums(q, volume, pods), links[1], grain, whole),
        )
    return found


def lifted(instance: CollectiveInstance, phase: Phase, value: Fraction) -> Fraction:
    """Round a bound up to the next load over capacity that can occur where no flow is split.

    Examples
    --------
    >>> from netroute.problems.collective import CollectiveInstance, Fabric, Job
    >>> fabric = Fabric.leaf_spine(4, 5, hosts_per_leaf=2, capacity=2)
    >>> job = Job(pattern="all-to-all", hosts=range(8))
    >>> instance = CollectiveInstance(fabric=fabric, jobs=[job])
    >>> lifted(instance, instance.phases[0], Fraction(6, 5))
    Fraction(3, 2)
    """
    if instance.extra_pieces != 0 or not len(phase.size) or value <= 0:
        return value
    grain = _grain(phase)
    fabric = instance.fabric
    tiers = [fabric.up, fabric.down, fabric.core_up, fabric.core_down]
    kinds = np.unique(np.concatenate([np.unique(t) for t in tiers if t is not None]))
    speeds = [int(c) for c in kinds if c > 0]
    return min(Fraction(math.ceil(value * c / grain) * grain, c) for c in speeds)


@cache
def least_time(units: int, grain: int, links: tuple[int, ...], whole: bool) -> Fraction:
    """Least time in which links carry so many units of ``grain`` bytes, in whole units or not.

    Examples
    --------
    >>> least_time(7, 1, (1, 2), True), least_time(7, 1, (1, 2), False)
    (Fraction(5, 2), Fraction(7, 3))
    """
    links = tuple(c for c in links if c > 0)
    if units == 0 or not links:
        return ZERO
    value = Fraction(units * grain, sum(links))
    if not whole:
        return value
    carried = [math.floor(value * c / grain) for c in links]
    while sum(carried) < units:
        steps = [Fraction((m + 1) * grain, c) for m, c in zip(carried, links, strict=True)]
        value = min(steps)
        carried = [m + (s == value) for m, s in zip(carried, steps, strict=True)]
    return value


def _grain(phase: Phase) -> int:
    """Return the greatest common divisor of the sizes."""
    low = int(phase.size.min())
    return low if low == phase.size.max() else int(np.gcd.reduce(phase.size))


def _busiest(volume: np.ndarray, links: np.ndarray, grain: int, whole: bool) -> Fraction:
    """Return the largest least time of any row of links."""
    if links.min() == links.max():
        alike = tuple(links[0].tolist())
        return least_time(int(volume.max()) // grain, grain, alike, whole)
    kinds, which = np.unique(np.sort(links, axis=1), axis=0, return_inverse=True)
    most = np.zeros(len(kinds), np.int64)
    np.maximum.at(most, which.ravel(), volume)
    return max(
        least_time(int(v) // grain, grain, tuple(row.tolist()), whole)
        for v, row in zip(most, kinds, strict=True)
    )


def _sums(index: np.ndarray, volume: np.ndarray, length: int) -> np.ndarray:
    total = np.zeros(length, np.int64)
    np.add.at(total, index, volume)
    return total


def _largest_flow(fabric: Fabric, phase: Phase) -> Fraction:
    """Return the longest time of a flow that is alone on its fastest path; cores left out."""
    if fabric.uniform():
        return Fraction(int(phase.size.max()), int(fabric.up.max()))
    best = ZERO
    step = max(1, 2**22 // fabric.planes)
    for first in range(0, len(phase.size), step):
        part = slice(first, first + step)
        source, target, size = phase.source[part], phase.target[part], phase.size[part]
        speed = np.minimum(fabric.up[source], fabric.down.T[target])
        speed = np.where(usable(fabric, source, target), speed, 0).max(axis=1)
        for c in np.unique(speed).tolist():
            best = max(best, Fraction(int(size[speed == c].max()), c))
    return best
