"""Travelling salesman instances as plain data for JSON, with nothing lost.

Keys are the fields of `netroute.problems.tsp.instance.TspInstance`; those at their default are left
out. Matrices are lists of rows, ``fixed_edges`` is a list of pairs. A solution holds ``tour``, the
nodes in order of visit from 0 on.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from netroute.core.problem import unknown_name
from netroute.formats.json_fields import array, expect, numbers
from netroute.problems.tsp.instance import TspInstance


def instance_to_dict(instance: TspInstance) -> dict[str, Any]:
    """Return the fields of an instance as plain data.

    Examples
    --------
    >>> instance = TspInstance(coordinates=[[0, 0], [3, 4.5], [1, 1]], fixed_edges=[(0, 2)])
    >>> data = instance_to_dict(instance)
    >>> data["coordinates"], data["fixed_edges"]
    ([[0, 0], [3, 4.5], [1, 1]], [[0, 2]])
    >>> instance_from_dict(data).fingerprint == instance.fingerprint
    True
    """
    data: dict[str, Any] = {
        "name": instance.name,
        "metric": str(instance.metric),
        "rounding": str(instance.rounding),
    }
    if instance.comment:
        data["comment"] = instance.comment
    for name in ("coordinates", "matrix", "display"):
        value = getattr(instance, name)
        if value is not None:
            data[name] = numbers(value)
    if len(instance.fixed_edges):
        data["fixed_edges"] = instance.fixed_edges.tolist()
    return data


def instance_from_dict(data: dict[str, Any]) -> TspInstance:
    """Rebuild an instance from `instance_to_dict`.

    Raises
    ------
    InputError
        With the name of the field.
    """
    known = [entry.name for entry in fields(TspInstance) if entry.init]
    values: dict[str, Any] = {}
    for name, value in data.items():
        if name not in known:
            raise unknown_name("field", name[:40], known)
        if name in ("name", "metric", "rounding", "comment"):
            values[name] = expect(name, value, isinstance(value, str), "a text")
        else:
            values[name] = array(name, value)
    return TspInstance(**values)
