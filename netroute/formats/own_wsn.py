"""Sensor fields as plain data for JSON, with nothing lost.

Beside the keys of `netroute.formats.own`::

    {"name": "plain", "field": [100, 100], "base_station": [50, 175],
     "death_test": "strict",
     "position": [[12.5, 80], [40, 3.25]],
     "energy": [0.5, 1]}

``energy`` is a number if all nodes have the same. The other keys are the fields of
`netroute.problems.wsn.instance.WsnInstance`; those that are not there have its defaults. A solution
holds ``rounds``, ``parent`` and ``head``, see `netroute.problems.wsn.solution.WsnSolution`.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.problems.wsn.instance import WsnInstance

_FIRST = ("name", "field", "base_station")
_LAST = ("position", "energy")
_KEYS = tuple(entry.name for entry in fields(WsnInstance) if entry.init)


def instance_to_dict(instance: WsnInstance) -> dict[str, Any]:
    """Return the fields of an instance as plain data.

    Examples
    --------
    >>> net = WsnInstance(position=[[1, 2]], base_station=[0, 0], energy=0.5, field=[9, 9])
    >>> data = instance_to_dict(net)
    >>> data["energy"], data["death_test"]
    (0.5, 'strict')
    >>> instance_from_dict(data).fingerprint == net.fingerprint
    True
    """
    middle = tuple(name for name in _KEYS if name not in _FIRST + _LAST)
    data: dict[str, Any] = {}
    for name in _FIRST + middle + _LAST:
        value = getattr(instance, name)
        data[name] = value.tolist() if isinstance(value, np.ndarray) else value
    if (instance.energy == instance.energy[0]).all():
        data["energy"] = float(instance.energy[0])
    return data


def instance_from_dict(data: dict[str, Any]) -> WsnInstance:
    """Rebuild an instance from `instance_to_dict`, or from any other object of that form.

    Raises
    ------
    InputError
        With the name of the key.
    """
    for name in data:
        if name not in _KEYS:
            raise unknown_name("key", str(name)[:40], _KEYS)
    for name in ("position", "base_station", "energy", "field"):
        if name not in data:
            raise _fault(name, "not found")
    values = dict(data)
    if not isinstance(values.get("name", ""), str):
        raise _fault("name", f"found {str(values['name'])[:40]!r}, expected a text")
    rows = values["position"]
    if not isinstance(rows, list):
        raise _fault("position", f"found {str(rows)[:40]!r}, expected a list of rows")
    for index, row in enumerate(rows):
        _require_numbers(f"position[{index}]", row, 2)
    for name in ("base_station", "field"):
        _require_numbers(name, values[name], 2)
    if isinstance(values["energy"], list):
        _require_numbers("energy", values["energy"], len(rows))
    elif not _is_number(values["energy"]):
        raise _fault("energy", f"found {str(values['energy'])[:40]!r}, expected numbers")
    return WsnInstance(**values)


def _require_numbers(where: str, row: Any, length: int) -> None:
    if not isinstance(row, list) or len(row) != length:
        found = f"{len(row)} entries" if isinstance(row, list) else repr(str(row)[:40])
        raise _fault(where, f"found {found}, expected a list of {length} numbers")
    for index, value in enumerate(row):
        if not _is_number(value):
            raise _fault(f"{where}[{index}]", f"found {str(value)[:40]!r}, expected a number")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="json.field", where=where)
