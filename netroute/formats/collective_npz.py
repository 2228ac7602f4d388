"""Fabrics with collective traffic, and placements, as arrays (``.npz``), with nothing lost.

For instances whose jobs or flows are too many for JSON. Arrays of an instance:

- ``header``: the text of a JSON object as bytes: ``netroute`` (``"instance"``), ``version`` (1),
  ``family`` (``"collective"``), ``name``, ``hosts_per_leaf``, ``nic``, ``jobs`` (a list of objects
  with ``pattern``, ``size``, ``channels`` and ``start``), and the limits of
  `netroute.formats.own_collective` on pieces.
- ``up`` (L, s), ``down`` (s, L), and of a fat tree ``core_up`` (p, s, c), ``core_down`` (s, c, p):
  capacities, as in `netroute.problems.collective.fabric.Fabric`.
- ``groups`` (J, 2): groups of each job and hosts of a group. ``hosts``: one job after the other.
- ``flows`` (F, 4): phase, source host, target host, bytes.

Of a solution: ``header`` with ``netroute`` (``"solution"``), ``version``, ``family``, ``instance``,
``fingerprint``, ``objective``, ``feasible`` and ``placements`` (a list of objects with ``unit`` and
``pieces``); for phase ``n`` ``counts_n``, in a fat tree ``cores_n``, and ``cut_n`` where it says
how flows are cut, as in `netroute.problems.collective.solution.Placement`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from netroute.core.errors import InputError
from netroute.core.problem import unknown_name
from netroute.formats.npz import read_arrays, write_arrays
from netroute.formats.text import plain
from netroute.problems.collective.check import check
from netroute.problems.collective.fabric import Fabric
from netroute.problems.collective.instance import CollectiveInstance
from netroute.problems.collective.job import Job
from netroute.problems.collective.solution import CollectiveSolution, Placement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = 1
_LINKS = ("up", "down", "core_up", "core_down")
_LIMITS = ("extra_pieces", "pieces_per_flow")
_JOB = ("pattern", "size", "channels", "start")
_CLAIMS = ("instance", "fingerprint", "objective", "feasible")
_SOLUTION = ("netroute", "version", "family", *_CLAIMS, "placements")
_TABLES = ("counts", "cores", "cut")
_INSTANCE = ("netroute", "version", "family", "name", "hosts_per_leaf", "nic", "jobs", *_LIMITS)


def write_instance(path: str | Path, instance: CollectiveInstance) -> None:
    """Write an instance, so that exactly the same one is read."""
    fabric = instance.fabric
    header = _head("instance") | {"name": instance.name}
    header |= {"hosts_per_leaf": fabric.hosts_per_leaf, "nic": fabric.nic}
    header |= {name: getattr(instance, name) for name in _LIMITS}
    header["jobs"] = [{name: getattr(job, name) for name in _JOB} for job in instance.jobs]
    arrays = {"header": _packed(header)}
    arrays |= {n: getattr(fabric, n) for n in _LINKS if getattr(fabric, n) is not None}
    shapes = [(len(job.hosts) if job.hosts.ndim == 2 else 0) for job in instance.jobs]
    lengths = [job.hosts.shape[-1] for job in instance.jobs]
    arrays["groups"] = np.column_stack([shapes, lengths]).astype(np.int64).reshape(-1, 2)
    rows = [job.hosts.ravel() for job in instance.jobs]
    arrays["hosts"] = np.concatenate([np.zeros(0, np.int64), *rows])
    arrays["flows"] = instance.flows
    write_arrays(path, arrays)


def read_instance(path: str | Path) -> CollectiveInstance:
    """Read an instance.

    Raises
    ------
    InputError
        With the file and the name of the array or key.
    """
    arrays = read_arrays(path)
    try:
        header = _header(arrays, "instance", _INSTANCE)
        _require_known(arrays, ("header", *_LINKS, "groups", "hosts", "flows"))
        links: dict[str, Any] = {name: arrays[name] for name in _LINKS if name in arrays}
        for name in ("up", "down", "groups", "hosts", "flows"):
            if name not in arrays:
                raise _fault(name, "not found")
        numbers = {n: header[n] for n in ("hosts_per_leaf", "nic") if n in header}
        if "hosts_per_leaf" not in numbers:
            raise _fault("hosts_per_leaf", "not found")
        name = header.get("name", "unnamed")
        if not isinstance(name, str):
            raise _fault("name", f"found {str(name)[:40]!r}, expected a text")
        limits = {name: header[name] for name in _LIMITS if name in header}
        return CollectiveInstance(
            name=name,
            fabric=Fabric(**numbers, **links),
            jobs=_jobs(header.get("jobs", []), arrays["groups"], arrays["hosts"]),
            flows=_bounded("flows", arrays["flows"]),
            **limits,
        )
    except InputError as error:
        raise error.at(str(path)) from None


def write_solution(
    path: str | Path, instance: CollectiveInstance, solution: CollectiveSolution
) -> None:
    """Write a solution with what the independent checker finds of it."""
    header = _head("solution")
    header |= {"instance": instance.name, "fingerprint": instance.fingerprint}
    verdict = check(instance, solution)
    header |= {"objective": plain(verdict.objective), "feasible": verdict.feasible}
    placements = solution.placements
    header["placements"] = [{"unit": p.unit, "pieces": p.pieces} for p in placements]
    arrays = {"header": _packed(header)}
    for number, placement in enumerate(placements):
        for kind in _TABLES:
            if getattr(placement, kind) is not None:
                arrays[f"{kind}_{number}"] = getattr(placement, kind)
    write_arrays(path, arrays)


def read_solution(path: str | Path, instance: CollectiveInstance) -> CollectiveSolution:
    """Read a solution.

    Raises
    ------
    InputError
        With the file and the name of the array or key.
    """
    arrays = read_arrays(path)
    try:
        header = _header(arrays, "solution", _SOLUTION)
        rows = _objects("placements", header.get("placements"), ("unit", "pieces"))
        names = [f"{kind}_{n}" for n in range(len(rows)) for kind in _TABLES]
        _require_known(arrays, ("header", *names))
        found = []
        for number, row in enumerate(rows):
            if f"counts_{number}" not in arrays:
                raise _fault(f"counts_{number}", "not found")
            tables: dict[str, Any] = {k: arrays.get(f"{k}_{number}") for k in _TABLES}
            try:
                found.append(Placement(**tables, **row))
            except InputError as error:
                raise error.at(f"placements[{number}]") from None
        return CollectiveSolution.of(found)
    except InputError as error:
        raise error.at(str(path)) from None


def stated_cost(path: str | Path) -> float | None:
    """Return the objective that a solution file states, None if it states none."""
    arrays = read_arrays(path)
    try:
        value = _header(arrays, "solution", _SOLUTION).get("objective")
    except InputError as error:
        raise error.at(str(path)) from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 2**1023 else None


def _jobs(rows: Any, groups: np.ndarray, hosts: np.ndarray) -> list[Job]:
    rows = _objects("jobs", rows, _JOB)
    if groups.shape != (len(rows), 2) or (groups < 0).any() or hosts.ndim != 1:
        raise _fault("groups", f"found shape {groups.shape}, expected {(len(rows), 2)}")
    found: list[Job] = []
    end = 0
    for index, (row, (number, length)) in enumerate(zip(rows, groups.tolist(), strict=True)):
        begin, end = end, end + max(1, number) * length
        if end > len(hosts):
            raise _fault("hosts", f"found {len(hosts)}, fewer than the groups have")
        members = hosts[begin:end].reshape((number, length) if number else (length,))
        if "pattern" not in row:
            raise _fault(f"jobs[{index}]: pattern", "not found")
        try:
            found.append(Job(hosts=_bounded("hosts", members), **row))
        except InputError as error:
            raise error.at(f"jobs[{index}]") from None
    if end < len(hosts):
        raise _fault("hosts", f"found {len(hosts)}, more than the {end} of the groups")
    return found


def _head(kind: str) -> dict[str, Any]:
    return {"netroute": kind, "version": VERSION, "family": "collective"}


def _packed(header: dict[str, Any]) -> np.ndarray:
    return np.frombuffer(json.dumps(header).encode(), np.uint8)


def _header(arrays: Mapping[str, np.ndarray], kind: str, known: tuple[str, ...]) -> dict[str, Any]:
    found = arrays.get("header")
    if found is None or found.dtype != np.uint8 or found.ndim != 1:
        raise _fault("header", "not found" if found is None else "expected a row of bytes")
    try:
        data = json.loads(found.tobytes())
    except (ValueError, RecursionError):
        raise _fault("header", "expected JSON") from None
    if not isinstance(data, dict):
        raise _fault("header", f"found a {type(data).__name__}, expected an object")
    for name, expected in _head(kind).items():
        if data.get(name) != expected:
            shown = repr(data.get(name))[:40]
            raise _fault(f"header: {name}", f"found {shown}, expected {expected!r}")
    _require_known(data, known)
    return data


def _objects(name: str, rows: Any, known: tuple[str, ...]) -> list[dict[str, Any]]:
    if not isinstance(rows, list):
        raise _fault(name, "expected a list")
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            raise _fault(f"{name}[{index}]", "expected an object")
        _require_known(row, known)
    return rows


def _bounded(name: str, array: np.ndarray) -> np.ndarray:
    """Refuse unsigned numbers that would turn negative."""
    if array.dtype.kind == "u" and array.size and int(array.max()) >= 2**62:
        raise _fault(name, f"found {int(array.max())}, expected an integer below 2^62")
    return array


def _require_known(names: Mapping[str, Any], known: tuple[str, ...]) -> None:
    for name in names:
        if name not in known:
            raise unknown_name("key", str(name)[:40], known)


def _fault(where: str, message: str) -> InputError:
    return InputError(message, code="npz.field", where=where)
