"""Turn what a user gives for an `SdnInstance` into read-only arrays of pinned type."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError

if TYPE_CHECKING:
    from netroute.problems.sdn.instance import SdnInstance

_NODES = ("tail", "head", "source", "target")
_WHOLE = ("capacity", "bandwidth", "priority", "max_hops", "table_size")
_REAL = ("delay", "weight", "max_delay", "position")
_CHOICES = {
    "objective": ("weighted", "lexicographic"),
    "weighting": ("priority", "revenue", "count", "throughput", "given"),
    "protection": ("none", "arc", "node"),
}


def convert(instance: SdnInstance) -> None:
    """Replace every field of ``instance`` by its canonical form, before it is validated."""
    _put(instance, "name", str(instance.name))
    _put(instance, "nodes", _names("nodes", instance.nodes))
    if not instance.nodes:
        raise fault("nodes", "found no nodes, expected at least one")
    if instance.flows is not None:
        _put(instance, "flows", _names("flows", instance.flows))
    for name in (*_NODES, *_WHOLE):
        if getattr(instance, name) is not None:
            _put(instance, name, _integers(name, getattr(instance, name)))
    for name in _REAL:
        if getattr(instance, name) is not None:
            _put(instance, name, _floats(name, getattr(instance, name)))
    _defaults(instance)
    for name, known in _CHOICES.items():
        if getattr(instance, name) not in known:
            found = getattr(instance, name)
            raise fault(name, f"found {found!r}, expected one of: {', '.join(known)}")
    # Only checked node numbers become unsigned ones: -1 would wrap around.
    for name in _NODES:
        array = getattr(instance, name)
        if array.ndim == 1:
            _check_nodes(instance, name, array)
            _put(instance, name, frozen(array, np.uint32))


def fault(name: str, message: str, hint: str | None = None) -> InputError:
    """Return the error for a field."""
    return InputError(message, code=f"sdn.{name}", where=name, hint=hint)


def _defaults(instance: SdnInstance) -> None:
    if instance.delay is None:
        _put(instance, "delay", frozen(np.zeros(instance.capacity.shape)))
    if instance.priority is None:
        _put(instance, "priority", frozen(np.ones(instance.bandwidth.shape), np.int64))
    if instance.priorities is None:
        _put(instance, "priorities", max(1, int(instance.priority.max(initial=1))))
    try:
        _put(instance, "priorities", operator.index(instance.priorities))
    except TypeError:
        raise fault("priorities", f"found {instance.priorities!r}, expected an integer") from None
    if instance.weighting is None:
        _put(instance, "weighting", "priority" if instance.weight is None else "given")


def _check_nodes(instance: SdnInstance, name: str, array: np.ndarray) -> None:
    bad = (array < 0) | (array >= len(instance.nodes))
    if bad.any():
        index = int(np.argmax(bad))
        what = "arc" if name in ("tail", "head") else "flow"
        raise fault(
            name,
            f"{what} {index}: unknown node {array[index]}, expected 0 to {len(instance.nodes) - 1}",
        )


def _put(instance: SdnInstance, name: str, value: Any) -> None:
    object.__setattr__(instance, name, value)


def _names(field: str, values: Any) -> tuple[str, ...]:
    try:
        return tuple(str(value) for value in values)
    except TypeError:
        raise fault(field, f"found {values!r}, expected a sequence of names") from None


def _integers(name: str, values: Any) -> np.ndarray:
    try:
        given = np.asarray(values)
        if given.size == 0:
            given = given.astype(np.int64)
        if given.dtype.kind == "f":
            bad = ~(np.abs(given) <= 2**53) | (given != np.rint(given))
            if bad.any():
                index = int(np.argmax(bad.ravel()))
                found = given.ravel()[index]
                raise fault(name, f"entry {index}: found {found!s}, expected an integer")
        elif given.dtype.kind not in "iu":
            raise fault(name, f"found {given.dtype} values, expected integers")
        if given.dtype.kind == "u" and given.max() > 2**62:
            raise fault(name, f"found {given.max()}, expected at most 2^62")
        return frozen(given, np.int64)
    except (TypeError, ValueError, OverflowError) as error:
        raise fault(name, f"expected integers: {error}") from None


def _floats(name: str, values: Any) -> np.ndarray:
    try:
        return frozen(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise fault(name, f"expected numbers: {error}") from None
