"""Fabrics with collective traffic as plain data for JSON, with nothing lost.

Beside the keys of `netroute.formats.own`::

    {"name": "job",
     "fabric": {"leaves": 4, "spines": 2, "hosts_per_leaf": 8, "capacity": 400, "nic": 400,
                "links": [[0, 1, 200], [3, 0, 0, 400]]},
     "jobs": [{"pattern": "all-to-all", "hosts": [0, 1, 9, 17], "size": 1000}],
     "flows": [[0, 2, 31, 5000]],
     "extra_pieces": 0}

- ``fabric``: ``leaves`` and ``spines`` of a leaf-spine fabric (0: leaves are not joined), or ``k``
  of a fat tree, or of another shape its ``pods``, all its ``leaves``, ``spines`` (aggregation
  switches of a pod) and ``cores`` (above each of them);
  ``hosts_per_leaf`` (k/2 without it in a fat tree), ``capacity`` of the links between switches and
  ``nic`` of the hosts' links (1 without them), ``core_capacity`` of those between cores and
  aggregation switches (``capacity`` without it).
- ``links``: links of another capacity, 0 if failed: ``[leaf, plane, up]``, where down is the same,
  or ``[leaf, plane, up, down]``. ``core_links``: the same of a fat tree's cores,
  ``[pod, plane, core, up]`` or ``[pod, plane, core, up, down]``.
- ``jobs``: with ``pattern``, ``hosts`` in the order of ranks (or a row of hosts for each group that
  has the pattern on its own), ``size`` in bytes, ``channels`` and ``start``, the job's first phase,
  as in `netroute.problems.collective.job.Job`.
- ``flows``: rows of phase, source host, target host, bytes.
- ``extra_pieces``: how many more pieces than flows there may be; 0 without it, ``null`` for any.
- ``pieces_per_flow``: how many pieces of one flow there may be; any number without it.

A solution holds ``placements``, see `netroute.problems.collective.solution.Placement`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.problems.collective.fabric import Fabric
from netroute.problems.collective.instance import CollectiveInstance
from netroute.problems.collective.job import Job

_KEYS = ("name", "fabric", "jobs", "flows", "extra_pieces", "pieces_per_flow")
_SIZES = ("k", "pods", "leaves", "spines", "cores", "hosts_per_leaf")
_FABRIC = (*_SIZES, "capacity", "core_capacity", "nic", "links", "core_links")
_JOB = ("pattern", "hosts", "size", "channels", "start")


def instance_to_dict(instance: CollectiveInstance) -> dict[str, Any]:
    """Return the fields of an instance as plain data.

    Examples
    --------
    >>> fabric = Fabric.leaf_spine(2, 2, hosts_per_leaf=4, capacity=10)
    >>> instance = CollectiveInstance(
    ...     fabric=fabric, jobs=[Job(pattern="ring", hosts=range(8), size=5)], flows=[(0, 1, 6, 7)]
    ... )
    >>> data = instance_to_dict(instance)
    >>> data["flows"], data["fabric"]["capacity"]
    ([[0, 1, 6, 7]], 10)
    >>> instance_from_dict(data).fingerprint == instance.fingerprint
    True
    """
    data: dict[str, Any] = {"name": instance.name, "fabric": _fabric_to_dict(instance.fabric)}
    if instance.extra_pieces != 0:
        data["extra_pieces"] = instance.extra_pieces
    if instance.pieces_per_flow is not None:
        data["pieces_per_flow"] = instance.pieces_per_flow
    data["jobs"] = [_job_to_dict(job) | {"hosts": job.hosts.tolist()} for job in instance.jobs]
    data["flows"] = instance.flows.tolist()
    return data


def instance_from_dict(data: dict[str, Any]) -> CollectiveInstance:
    """Rebuild an instance from `instance_to_dict`, or from any other object of that form.

    Raises
    ------
    InputError
        With the name of the key.
    """
    _require_known(data, _KEYS)
    name = _expect("name", data.get("name", "unnamed"), str, "a text")
    fabric = _fabric(_expect("fabric", data.get("fabric"), dict, "an object"))
    jobs = []
    for index, entry in enumerate(_expect("jobs", data.get("jobs", []), list, "a list")):
        where = f"jobs[{index}]"
        try:
            jobs.append(_job(_expect("job", entry, dict, "an object")))
        except InputError as error:
            raise error.at(where) from None
    flows = _rows("flows", data.get("flows", []), (4,))
    extra = data.get("extra_pieces", 0)
    if extra is not None:
        extra = _integer("extra_pieces", extra)
    most = data.get("pieces_per_flow")
    if most is not None:
        most = _integer("pieces_per_flow", most)
    return CollectiveInstance(
        name=name,
        fabric=fabric,
        jobs=jobs,
        flows=np.array(flows, np.int64),
        extra_pieces=extra,
        pieces_per_flow=most,
    )


def _job_to_dict(job: Job) -> dict[str, Any]:
    data = {"pattern": job.pattern, "size": job.size, "channels": job.channels}
    return data | ({"start": job.start} if job.start else {})


def _fabric_to_dict(fabric: Fabric) -> dict[str, Any]:
    capacity = _usual(fabric.up)
    data: dict[str, Any] = {"hosts_per_leaf": fabric.hosts_per_leaf}
    data |= {"capacity": capacity, "nic": fabric.nic}
    up, down = fabric.up, fabric.down.T
    if fabric.core_up is None or fabric.core_down is None:
        spines = fabric.planes if fabric.planes > 1 or fabric.alive().any() else 0
        data |= {"leaves": fabric.leaves, "spines": spines}
        if spines == 0:
            return data | {"links": []}
    else:
        k = 2 * fabric.planes
        shape = {"leaves": fabric.leaves, "spines": fabric.planes, "cores": fabric.cores}
        usual = (fabric.pods, fabric.leaves, fabric.cores) == (k, k * fabric.planes, fabric.planes)
        data |= {"k": k} if usual else {"pods": fabric.pods} | shape
        core_up, core_down = fabric.core_up, fabric.core_down.transpose(2, 0, 1)
        speed = _usual(core_up)
        if speed != capacity:
            data["core_capacity"] = speed
        data["core_links"] = _links(core_up, core_down, speed)
    data["links"] = _links(up, down, capacity)
    return data


def _usual(capacities: np.ndarray) -> int:
    """Return the capacity that most links have that are up; 1 if none are."""
    kinds, number = np.unique(capacities[capacities > 0], return_counts=True)
    return int(kinds[np.argmax(number)]) if len(kinds) else 1


def _links(up: np.ndarray, down: np.ndarray, capacity: int) -> list[list[int]]:
    other = np.argwhere((up != capacity) | (down != capacity))
    return [[*at, int(up[tuple(at)]), int(down[tuple(at)])] for at in other.tolist()]


def _fabric(data: dict[str, Any]) -> Fabric:
    try:
        _require_known(data, _FABRIC)
        numbers = {n: _integer(n, data[n]) for n in _FABRIC if n in data and "links" not in n}
        for name in ("capacity", "core_capacity", "nic"):
            if numbers.get(name, 1) < 1:
                raise _fault(name, f"found {numbers[name]}, expected an integer >= 1")
        fabric = _even(numbers)
        up, down = fabric.up.copy(), fabric.down.copy()
        rows = _rows("links", data.get("links", []), (3, 4))
        _set_links("links", rows, up, down.T, 2)
        changes = {"up": up, "down": down}
        rows = _rows("core_links", data.get("core_links", []), (4, 5))
        if fabric.core_up is not None and fabric.core_down is not None:
            core_up, core_down = fabric.core_up.copy(), fabric.core_down.copy()
            _set_links("core_links", rows, core_up, core_down.transpose(2, 0, 1), 3)
            changes |= {"core_up": core_up, "core_down": core_down}
        elif rows:
            raise _fault("core_links", "found in a fabric without cores")
        return fabric.replace(**changes)
    except InputError as error:
        raise error.at("fabric") from None


def _even(numbers: dict[str, int]) -> Fabric:
    """Build a fabric before single capacities are set."""
    kind = next((name for name in ("k", "pods") if name in numbers), "leaves")
    shapes = {"k": (), "pods": ("leaves", "spines", "cores"), "leaves": ("spines",)}
    own = {kind, *shapes[kind]}
    if kind != "k":
        own.add("hosts_per_leaf")
    for name in ("k", "pods", "leaves", "spines", "cores"):
        if name in numbers and name not in own:
            raise _fault(kind, f"found beside {name!r}, expected one of both")
    for name in _FABRIC:
        if name in own and name not in numbers:
            raise _fault(name, "not found")
    values = {n: numbers[n] for n in ("hosts_per_leaf", "capacity", "nic") if n in numbers}
    if kind == "leaves":
        if "core_capacity" in numbers:
            raise _fault("core_capacity", "found in a fabric without cores")
        return Fabric.leaf_spine(numbers["leaves"], numbers["spines"], **values)
    if kind == "pods":
        shape = {"leaves": numbers["leaves"], "planes": numbers["spines"]}
        shape |= {"cores": numbers["cores"]}
        return Fabric.three_tiers(
            numbers["pods"], **shape, core_capacity=numbers.get("core_capacity"), **values
        )
    fabric = Fabric.fat_tree(numbers["k"], **values)
    if "core_capacity" in numbers and fabric.core_up is not None and fabric.core_down is not None:
        speed = numbers["core_capacity"]
        tiers = {"core_up": fabric.core_up, "core_down": fabric.core_down}
        return fabric.replace(**{name: np.full_like(t, speed) for name, t in tiers.items()})
    return fabric


def _set_links(
    name: str, rows: list[list[int]], up: np.ndarray, down: np.ndarray, axes: int
) -> None:
    """Change single capacities in place; ``down`` is a view in the order of ``up``."""
    for index, row in enumerate(rows):
        at = tuple(row[:axes])
        for number, most in zip(at, up.shape, strict=True):
            if not 0 <= number < most:
                raise _fault(f"{name}[{index}]", f"found {number}, expected 0 to {most - 1}")
        if min(row[axes:]) < 0 or max(row[axes:]) >= 2**62:
            raise _fault(f"{name}[{index}]", f"found a capacity {min(row[axes:])}, expected >= 0")
        up[at], down[at] = row[axes], row[-1]


def _job(data: dict[str, Any]) -> Job:
    _require_known(data, _JOB)
    hosts = _expect("hosts", data.get("hosts"), list, "a list of host numbers")
    rows = [(f"hosts[{i}]", row) for i, row in enumerate(hosts) if isinstance(row, list)]
    if rows and len(rows) < len(hosts):
        raise _fault("hosts", "found rows and numbers, expected one of both")
    for where, row in rows or [("hosts", hosts)]:
        for index, host in enumerate(row):
            _integer(f"{where}[{index}]", host)
    if len({len(row) for _, row in rows}) > 1:
        raise _fault("hosts", "found rows of different lengths")
    pattern = _expect("pattern", data.get("pattern"), str, "a text")
    numbers = {n: _integer(n, data[n]) for n in ("size", "channels", "start") if n in data}
    return Job(pattern=pattern, hosts=np.array(hosts, np.int64), **numbers)


def _rows(name: str, rows: Any, lengths: tuple[int, ...]) -> list[list[int]]:
    _expect(name, rows, list, "a list of rows")
    for index, row in enumerate(rows):
        where = f"{name}[{index}]"
        if not isinstance(row, list) or len(row) not in lengths:
            words = " or ".join(map(str, lengths))
            raise _fault(where, f"expected a list of {words} integers")
        for value in row:
            _integer(where, value)
    return list(rows)


def _integer(where: str, value: Any) -> int:
    if type(value) is not int or abs(value) >= 2**62:
        raise _fault(where, f"found {str(value)[:40]!r}, expected an integer below 2^62")
    return value


def _expect(where: str, value: Any, kind: type, words: str) -> Any:
    if not isinstance(value, kind):
        found = "nothing" if value is None else repr(str(value)[:40])
        raise _fault(where, f"found {found}, expected {words}")
    return value


def _require_known(data: dict[str, Any], known: tuple[str, ...]) -> None:
    for name in data:
        if name not in known:
            raise unknown_name("key", str(name)[:40], known)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="json.field", where=where)
