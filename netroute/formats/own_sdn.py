"""Networks with flows as plain data for JSON, with nothing lost.

Beside the keys of `netroute.formats.own`::

    {"name": "net", "nodes": ["Berlin", "Hamburg", "Kiel"],
     "arcs":  [[0, 1, 500, 1.5], ["Hamburg", "Kiel", 200]],
     "flows": [[0, 2, 30, 8], ["Berlin", "Kiel", 10]]}

- ``nodes``: names of the nodes; or ``n``, their number, if they are called "0", "1" and so on.
- ``arcs``: rows ``[from, to, capacity]`` or ``[from, to, capacity, delay]`` (delay 0 without it).
- ``flows``: rows ``[source, target, bandwidth]`` or ``[source, target, bandwidth, priority]``
  (priority 1 without it). The end of an arc or a flow is a node's number, from 0, or its name as
  a text.
- ``priorities``: number of priority classes; the largest priority in use without it.
- ``flow_names``, ``weight``, ``max_delay``, ``max_hops``: lists with an entry a flow; ``null``
  stands for no limit.
- ``table_size``, ``position``: lists with an entry a node, ``null`` for no limit and ``[x, y]``;
  positions are also read under ``xy``.
- ``objective``, ``weighting``, ``protection``: as in
  `netroute.problems.sdn.instance.SdnInstance`, whose defaults hold.
- ``format``, ``note``, ``seed``: skipped.

A file with ``arcs`` and ``flows`` is read without the keys ``netroute``, ``version`` and ``family``
too. In a solution, ``paths`` has a list of arc numbers a flow, empty where it is rejected, and
``backups`` the same for backup paths.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.formats.sdn_variant import SdnVariant
from netroute.formats.text import plain_rows
from netroute.problems.sdn.instance import SdnInstance

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_NODES = 10**7

_TEXTS = ("name", "objective", "weighting", "protection")
_SKIPPED = ("format", "note", "seed")
_COLUMNS = {"weight": None, "max_delay": math.inf, "max_hops": 0, "table_size": -1}
"""Lists of numbers, and what ``null`` stands for in them."""


def instance_to_dict(instance: SdnInstance) -> dict[str, Any]:
    """Return the fields of an instance as plain data.

    Examples
    --------
    >>> net = SdnInstance(
    ...     nodes=["a", "b"], tail=[0], head=[1], capacity=[5],
    ...     source=[0], target=[1], bandwidth=[3],
    ... )
    >>> instance_to_dict(net)["arcs"]
    [[0, 1, 5, 0]]
    >>> instance_from_dict(instance_to_dict(net)).fingerprint == net.fingerprint
    True
    """
    data: dict[str, Any] = {name: getattr(instance, name) for name in _TEXTS}
    data["priorities"] = instance.priorities
    n = len(instance.nodes)
    if instance.nodes == tuple(map(str, range(n))):
        data["n"] = n
    else:
        data["nodes"] = list(instance.nodes)
    if instance.position is not None:
        data["position"] = plain_rows(instance.position)
    ends = (instance.tail, instance.head, instance.capacity)
    arcs = np.column_stack([ends[0], ends[1], ends[2]]).tolist()
    delays = plain_rows(instance.delay[None])[0]
    data["arcs"] = [[*row, delay] for row, delay in zip(arcs, delays, strict=True)]
    columns = (instance.source, instance.target, instance.bandwidth, instance.priority)
    data["flows"] = np.column_stack([c.astype(np.int64) for c in columns]).tolist()
    if instance.flows is not None:
        data["flow_names"] = list(instance.flows)
    for name, missing in _COLUMNS.items():
        array = getattr(instance, name)
        if array is not None:
            values = [None if v == missing else v for v in array.tolist()]
            data[name] = values
    return data


def instance_from_dict(data: dict[str, Any], **options: Any) -> SdnInstance:
    """Rebuild an instance from `instance_to_dict`, or from any other object of that form.

    Options are those of `netroute.formats.sdn_variant.SdnVariant`.

    Raises
    ------
    InputError
        With the name of the key.
    """
    variant = SdnVariant.of(options)
    known = [*_TEXTS, "priorities", "nodes", "n", "arcs", "flows", "flow_names", "position", "xy"]
    known += _COLUMNS
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known and name not in _SKIPPED:
            raise unknown_name("key", name[:40], known)
        if name in _TEXTS:
            values[name] = _expect(name, value, isinstance(value, str), "a text")
        elif name in _COLUMNS:
            values[name] = _numbers(name, value, _COLUMNS[name])
    if "priorities" in data:
        values["priorities"] = _count("priorities", data["priorities"])
    if "flow_names" in data:
        values["flows"] = _names("flow_names", data["flow_names"])
    if "position" in data or "xy" in data:
        values["position"] = _position("position" if "position" in data else "xy", data)
    values["nodes"] = _nodes(data)
    numbers = {name: index for index, name in enumerate(values["nodes"])}
    tail, head, capacity, delay = _rows("arcs", data, 0.0)
    source, target, bandwidth, priority = _rows("flows", data, 1)
    instance = SdnInstance(
        tail=_ends("arcs", tail, numbers),
        head=_ends("arcs", head, numbers),
        capacity=_whole("arcs", "capacity", capacity),
        delay=_real("arcs", "delay", delay),
        source=_ends("flows", source, numbers),
        target=_ends("flows", target, numbers),
        bandwidth=_whole("flows", "bandwidth", bandwidth),
        priority=_whole("flows", "priority", priority),
        **values,
    )
    return variant.apply(instance)


def _expect(where: str, value: Any, holds: bool, expected: str) -> Any:
    if not holds:
        raise InputError(
            f"found {str(value)[:40]!r}, expected {expected}", code="json.field", where=where
        )
    return value


def _count(where: str, value: Any) -> int:
    number: int = _expect(where, value, type(value) is int, "an integer")
    return number


def _nodes(data: dict[str, Any]) -> list[str]:
    if "nodes" in data:
        return _names("nodes", data["nodes"])
    if "n" not in data:
        raise InputError("found neither 'nodes' nor 'n'", code="json.field", where="nodes")
    number = _count("n", data["n"])
    _expect("n", number, 1 <= number <= MOST_NODES, f"1 to {MOST_NODES}")
    return list(map(str, range(number)))


def _names(where: str, values: Any) -> list[str]:
    _expect(where, values, isinstance(values, list), "a list of names")
    for index, value in enumerate(values):
        _expect(f"{where}[{index}]", value, type(value) in (str, int), "a name")
    return [str(value) for value in values]


def _rows(name: str, data: dict[str, Any], last: float) -> list[Sequence[Any]]:
    """Return the four columns of a list of rows, with ``last`` for a fourth one left out."""
    rows = data.get(name)
    if rows is None:
        raise InputError(f"found no {name!r}, expected a list of rows", code="json.field")
    _expect(name, rows, isinstance(rows, list), "a list of rows")
    if not set(map(type, rows)) <= {list} or not set(map(len, rows)) <= {3, 4}:
        for index, row in enumerate(rows):
            fits = isinstance(row, list) and len(row) in (3, 4)
            _expect(f"{name}[{index}]", row, fits, "a list of 3 or 4 entries")
    if set(map(len, rows)) == {4}:
        return list(zip(*rows, strict=True))
    full = (row if len(row) == 4 else [*row, last] for row in rows)
    return list(zip(*full, strict=True)) or [(), (), (), ()]


def _ends(name: str, column: Sequence[Any], numbers: dict[str, int]) -> np.ndarray:
    """Node numbers of a column of numbers and names."""
    if set(map(type, column)) <= {int}:
        return _whole(name, "node", column)
    found = []
    for index, end in enumerate(column):
        where = f"{name}[{index}]"
        if isinstance(end, str):
            if end not in numbers:
                raise _unknown(where, end, numbers)
            end = numbers[end]
        found.append(_expect(where, end, type(end) is int, "a node's number or name"))
    return _whole(name, "node", found)


def _unknown(where: str, name: str, numbers: dict[str, int]) -> InputError:
    from difflib import get_close_matches

    close = get_close_matches(name, numbers, n=1)
    return InputError(
        f"unknown node {name[:40]!r}, expected one of the {len(numbers)} in 'nodes'",
        code="json.node",
        where=where,
        hint=f"did you mean {close[0]!r}?" if close else None,
    )


def _whole(name: str, what: str, column: Sequence[Any]) -> np.ndarray:
    """Integers, also such as 10.0, that fit into 64 bits."""
    if not set(map(type, column)) <= {int} or (column and max(map(abs, column)) >= 2**62):
        for index, value in enumerate(column):
            fits = type(value) is int or (type(value) is float and value.is_integer())
            expected = "an integer below 2^62"
            _expect(f"{name}[{index}]: {what}", value, fits and abs(value) < 2**62, expected)
    return np.array([int(value) for value in column], np.int64)


def _real(name: str, what: str, column: Sequence[Any]) -> np.ndarray:
    if not set(map(type, column)) <= {float} or not all(map(math.isfinite, column)):
        for index, value in enumerate(column):
            _expect(f"{name}[{index}]: {what}", value, _is_real(value), "a finite number")
    return np.array(column, np.float64)


def _is_real(value: Any) -> bool:
    # An integer of hundreds of digits has no float64.
    if type(value) is int:
        return abs(value) < 2**62
    return type(value) is float and math.isfinite(value)


def _numbers(name: str, values: Any, missing: float | None) -> np.ndarray:
    _expect(name, values, isinstance(values, list), "a list of numbers")
    absent = [value is None and missing is not None for value in values]
    given = [0 if none else value for none, value in zip(absent, values, strict=True)]
    array = (_whole if name in ("max_hops", "table_size") else _real)(name, "entry", given)
    if missing is not None:
        array[absent] = missing
    return array


def _position(name: str, data: dict[str, Any]) -> np.ndarray:
    rows = _expect(name, data[name], isinstance(data[name], list), "a list of [x, y]")
    for index, row in enumerate(rows):
        fits = isinstance(row, list) and len(row) == 2
        _expect(f"{name}[{index}]", row, fits and all(map(_is_real, row)), "[x, y]")
    return np.array(rows, np.float64).reshape(len(rows), 2)
