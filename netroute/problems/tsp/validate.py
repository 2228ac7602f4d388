"""What makes a `TspInstance` valid: shapes, finite numbers, fixed edges that a tour can have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.arrays import frozen
from netroute.core.errors import InputError
from netroute.problems.geometry import Metric, Rounding

if TYPE_CHECKING:
    from enum import StrEnum

    from netroute.problems.tsp.instance import TspInstance

LARGEST = 1e15
"""Of coordinates and distances: sums of integers up to it are exact, and none overflows."""


def convert(instance: TspInstance) -> None:
    """Replace every field of ``instance`` by its canonical form, before it is validated."""
    _put(instance, "metric", _choice("metric", instance.metric, Metric))
    _put(instance, "rounding", _choice("rounding", instance.rounding, Rounding))
    for name in ("coordinates", "matrix", "display"):
        value = getattr(instance, name)
        if value is not None:
            _put(instance, name, _floats(name, value))
    matrix = instance.matrix
    if matrix is not None and matrix.ndim == 2 and len(matrix) == matrix.shape[1]:
        if matrix.diagonal().any():
            matrix = matrix.copy()
            np.fill_diagonal(matrix, 0.0)
            _put(instance, "matrix", frozen(matrix))
        # Both would have to agree; the matrix is what counts, and coordinates are for pictures.
        if instance.coordinates is not None:
            if instance.display is None and instance.coordinates.ndim == 2:
                _put(instance, "display", frozen(instance.coordinates[:, :2]))
            _put(instance, "coordinates", None)
        _put(instance, "metric", Metric.EUCLIDEAN)
        _put(instance, "rounding", Rounding.EXACT)
    _put(instance, "fixed_edges", _edges(instance.fixed_edges))


def validate(instance: TspInstance) -> None:
    """Raise `InputError`, naming field and node, for the first thing that is wrong."""
    n = instance.size
    if instance.coordinates is None and instance.matrix is None:
        raise _fault("coordinates", "neither coordinates nor a distance matrix is given")
    shapes: dict[str, tuple[tuple[int, ...], ...]] = {
        "coordinates": ((n, 2), (n, 3)),
        "matrix": ((n, n),),
        "display": ((n, 2),),
    }
    for name, expected in shapes.items():
        array = getattr(instance, name)
        if array is None:
            continue
        if array.shape not in expected:
            text = " or ".join(map(str, expected))
            raise _fault(name, f"found shape {array.shape}, expected {text}")
        # NaN compares as false.
        wrong = ~(np.abs(array) <= LARGEST)
        if wrong.any():
            row, column = (int(x) for x in np.argwhere(wrong)[0])
            place = f"{row} to {column}" if name == "matrix" else row
            message = f"node {place}: found {array[row, column]:g}, expected a number of at most "
            raise _fault(name, f"{message}{LARGEST:g} in size")
    if n < 3:
        raise _fault("size", f"found {n} node{'' if n == 1 else 's'}, expected at least 3")


def require_tour(instance: TspInstance) -> None:
    """Reject fixed edges that no tour can have: more than two at a node, or a short cycle."""
    n = instance.size
    first: set[int] = set()
    last: set[int] = set()
    degree = np.zeros(n, np.int64)
    owner = list(range(n))
    seen = set()
    for index, (a, b) in enumerate(instance.fixed_edges.tolist()):
        if a >= n or b >= n:
            raise _fixed(index, f"found node {max(a, b)}, expected 0 to {n - 1}")
        if a == b:
            raise _fixed(index, f"joins node {a} to itself")
        if (a, b) in seen or (b, a) in seen:
            raise _fixed(index, f"the edge from {a} to {b} is given a second time")
        seen.add((a, b))
        degree[[a, b]] += 1
        if max(degree[a], degree[b]) > 2:
            raise _fixed(index, f"node {a if degree[a] > 2 else b} has more than two fixed edges")
        if not instance.symmetric and (a in first or b in last):
            raise _fixed(index, f"leaves {a} or reaches {b} a second time")
        first.add(a)
        last.add(b)
        roots = []
        for node in (a, b):
            while owner[node] != node:
                owner[node] = owner[owner[node]]
                node = owner[node]
            roots.append(node)
        if roots[0] == roots[1] and len(seen) < n:
            raise _fixed(index, "closes a cycle of fixed edges that is not a tour")
        owner[roots[0]] = roots[1]


def _put(instance: TspInstance, name: str, value: Any) -> None:
    object.__setattr__(instance, name, value)


def _fault(name: str, message: str) -> InputError:
    return InputError(message, code=f"tsp.{name}", where=name)


def _fixed(index: int, message: str) -> InputError:
    return InputError(message, code="tsp.fixed_edges", where=f"fixed_edges[{index}]")


def _choice(name: str, value: Any, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(kind)
        raise _fault(name, f"found {value!r}, expected one of: {known}") from None


def _floats(name: str, values: Any) -> np.ndarray:
    try:
        return frozen(values, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise _fault(name, f"expected numbers: {error}") from None


def _edges(values: Any) -> np.ndarray:
    if values is None:
        return frozen(np.empty((0, 2)), np.uint32)
    found = _floats("fixed_edges", values)
    if found.size == 0:
        return frozen(np.empty((0, 2)), np.uint32)
    if found.ndim != 2 or found.shape[1] != 2:
        raise _fault("fixed_edges", f"found shape {found.shape}, expected (f, 2)")
    wrong = ~((found >= 0) & (found < 2**32) & (found == np.floor(found)))
    if wrong.any():
        index = int(np.argwhere(wrong)[0, 0])
        raise _fixed(index, f"found {found[wrong][0]:g}, expected the number of a node")
    return frozen(found, np.uint32)
