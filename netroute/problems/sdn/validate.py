"""What makes an `SdnInstance` valid: shapes, signs, references, distinct names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netroute.problems.sdn.convert import fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from netroute.problems.sdn.instance import SdnInstance

LARGEST = 2**50
"""Largest capacity, bandwidth and weight: sums of some thousand of them stay exact in float64."""

TOTAL = 2**53
"""Limit of all bandwidths and of all weights together."""

CLASSES = 10**6
"""Most priority classes."""


def validate(instance: SdnInstance) -> None:
    """Raise `InputError`, naming field and index, for the first thing that is wrong."""
    _shapes(instance)
    _names(instance)
    _arcs(instance)
    _flows(instance)
    _options(instance)


def _shapes(instance: SdnInstance) -> None:
    n, m, flows = len(instance.nodes), len(instance.tail), len(instance.source)
    expected: dict[str, tuple[int, ...]] = {
        "tail": (m,),
        "head": (m,),
        "capacity": (m,),
        "delay": (m,),
        "source": (flows,),
        "target": (flows,),
        "bandwidth": (flows,),
        "priority": (flows,),
        "weight": (flows,),
        "max_delay": (flows,),
        "max_hops": (flows,),
        "table_size": (n,),
        "position": (n, 2),
    }
    for field, shape in expected.items():
        array = getattr(instance, field)
        if array is not None and array.shape != shape:
            raise fault(field, f"found shape {array.shape}, expected {shape}")
    if instance.flows is not None and len(instance.flows) != flows:
        raise fault("flows", f"found {len(instance.flows)} names, expected {flows}")


def _names(instance: SdnInstance) -> None:
    for field, names in (("nodes", instance.nodes), ("flows", instance.flows or ())):
        if len(set(names)) < len(names):
            seen: set[str] = set()
            name = next(name for name in names if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            first, second = [index for index, other in enumerate(names) if other == name][:2]
            raise fault(field, f"duplicate id {name!r} (entries {first} and {second})")


def _arcs(instance: SdnInstance) -> None:
    loops = instance.tail == instance.head
    if loops.any():
        arc = int(np.argmax(loops))
        node = instance.nodes[instance.tail[arc]]
        raise fault("head", f"arc {arc} leads from node {node!r} to itself")
    _first(instance.capacity, "capacity", _between(1, LARGEST), f"an integer from 1 to {LARGEST}")
    _first(instance.delay, "delay", _finite, "a finite number >= 0")


def _flows(instance: SdnInstance) -> None:
    selfish = instance.source == instance.target
    if selfish.any():
        flow = int(np.argmax(selfish))
        node = instance.nodes[instance.source[flow]]
        name = "" if instance.flows is None else f" {instance.flows[flow]!r}"
        raise fault("target", f"flow {flow}{name} leads from node {node!r} to itself")
    _first(instance.bandwidth, "bandwidth", _between(1, LARGEST), f"an integer from 1 to {LARGEST}")
    if not 1 <= instance.priorities <= CLASSES:
        raise fault("priorities", f"found {instance.priorities}, expected 1 to {CLASSES}")
    top = instance.priorities
    _first(instance.priority, "priority", _between(1, top), f"an integer from 1 to {top}")
    if instance.weight is not None:
        _first(instance.weight, "weight", _finite, "a finite number >= 0")
    if instance.max_delay is not None:
        _first(instance.max_delay, "max_delay", lambda a: a >= 0, "a number >= 0")
    if instance.max_hops is not None:
        _first(instance.max_hops, "max_hops", lambda a: a >= 0, "an integer >= 0 (0: no limit)")
    if float(instance.bandwidth.sum(dtype=np.float64)) > TOTAL:
        raise fault("bandwidth", f"found a total above {TOTAL}, expected a coarser unit")


def _options(instance: SdnInstance) -> None:
    if instance.table_size is not None:
        expected = "an integer >= -1 (-1: no limit)"
        _first(instance.table_size, "table_size", lambda a: a >= -1, expected, "node")
    if instance.position is not None and not np.isfinite(instance.position).all():
        node = int(np.argwhere(~np.isfinite(instance.position))[0, 0])
        raise fault("position", f"node {node}: found {instance.position[node].tolist()}")
    if instance.weighting == "given" and instance.weight is None:
        raise fault(
            "weight", "found no weights, expected one for each flow", "weighting is 'given'"
        )
    if instance.weighting != "given" and instance.weight is not None:
        raise fault("weighting", f"found {instance.weighting!r} and weights, expected 'given'")
    if float(instance.weights().sum()) > TOTAL:
        raise fault("weight", f"the weights add up to more than {TOTAL}, expected a coarser unit")


def _between(low: int, high: int) -> Callable[[np.ndarray], np.ndarray]:
    return lambda array: (array >= low) & (array <= high)


def _finite(array: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.isfinite(array) & (array >= 0)
    return found


def _first(
    array: np.ndarray,
    field: str,
    holds: Callable[[np.ndarray], np.ndarray],
    expected: str,
    what: str | None = None,
) -> None:
    """Raise for the first entry that does not hold."""
    bad = ~holds(array)
    if bad.any():
        index = int(np.argmax(bad))
        what = what or ("arc" if field in ("capacity", "delay") else "flow")
        raise fault(field, f"{what} {index}: found {array[index]:g}, expected {expected}")
