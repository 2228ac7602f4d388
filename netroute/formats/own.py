"""netroute's own JSON: instances, solutions and full results, for every family.

One object a file. Its first keys say what it is::

    {"netroute": "instance", "version": 1, "family": "vrp", ...fields of the family}
    {"netroute": "solution", "version": 1, "family": "vrp", "instance": name,
     "fingerprint": hash, "objective": number, "feasible": true,
     "solution": {...fields of the family}}

``objective`` and ``feasible`` are what the independent checker found when the file was written;
``fingerprint`` says of which instance. A full result (`netroute.core.result.Result.to_dict`) has no
``netroute`` key; its ``solution`` is read just as well, and so is a bare solution object.
A reader refuses versions that it does not know. The fields of vehicle routing are documented in
`netroute.formats.own_vrp`, those of tours in `netroute.formats.own_tsp`, those of flow admission in
`netroute.formats.own_sdn`, those of traffic placement in `netroute.formats.own_collective`, those
of fields of sensors in `netroute.formats.own_wsn`.

A family joins by one line in `CODECS`; JSON of others, without a ``netroute`` key, by one in
`PLAIN`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.core.problem import Problem, resolve
from netroute.core.registry import PROBLEMS, problem
from netroute.formats.registry import require_options
from netroute.formats.text import plain, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import NoReturn

VERSION = 1

LINE_LIMIT = 512 * 2**20
"""Longest line in bytes: other programs write JSON on a single one."""

CODECS: dict[str, str] = {
    "vrp": "netroute.formats.own_vrp",
    "tsp": "netroute.formats.own_tsp",
    "sdn": "netroute.formats.own_sdn",
    "collective": "netroute.formats.own_collective",
    "wsn": "netroute.formats.own_wsn",
}
"""Family to the module with its ``instance_to_dict`` and ``instance_from_dict``."""

PLAIN: dict[tuple[str, ...], str] = {
    ("arcs", "flows"): "netroute.formats.own_sdn:instance_from_dict",
    ("nodes", "edges"): "netroute.formats.topohub:instance_from_topohub",
    ("nodes", "links"): "netroute.formats.topohub:instance_from_topohub",
}
"""Keys that a file without ``netroute`` is told by, and the function that makes it an instance."""


def read_instance(path: str | Path, **options: Any) -> Any:
    """Read an instance of any family; JSON of others may have options."""
    where = str(path)
    data = _load(path)
    plain_reader = _plain_reader(data)
    if plain_reader is not None:
        function = resolve(plain_reader)
        require_options(function, options, where=where)
        try:
            return function({"name": Path(path).stem, **data}, **options)
        except InputError as error:
            raise error.at(where) from None
    if data.get("netroute") != "instance":
        raise InputError(
            f"found {data.get('netroute', 'no')!r} under 'netroute', expected 'instance'",
            code="json.kind",
            where=where,
        )
    family = data.get("family")
    if not isinstance(family, str) or family not in CODECS:
        raise InputError(
            f"family: found {family!r}, expected one of: {', '.join(CODECS)}",
            code="json.family",
            where=where,
        )
    fields = {k: v for k, v in data.items() if k not in ("netroute", "version", "family")}
    function = resolve(f"{CODECS[family]}:instance_from_dict")
    require_options(function, options, where=where)
    try:
        return function(fields, **options)
    except InputError as error:
        raise error.at(where) from None


def write_instance(path: str | Path, instance: Any) -> None:
    """Write an instance of any family, so that exactly the same one is read."""
    family = _entry(instance).family
    data = {"netroute": "instance", "version": VERSION, "family": family}
    write_atomic(path, _dump(data | resolve(f"{CODECS[family]}:instance_to_dict")(instance)))


def read_solution(path: str | Path, instance: Any) -> Any:
    """Read a solution of ``instance`` from a solution, a full result or a bare solution object."""
    data = _load(path)
    kind = data.get("netroute", "solution")
    if kind != "solution":
        raise InputError(
            f"found {kind!r} under 'netroute', expected 'solution' or a result",
            code="json.kind",
            where=str(path),
        )
    found = data.get("solution", None if "status" in data else data)
    if found is None:
        raise InputError(
            "the result holds no solution", code="json.solution", where=f"{path}: solution"
        )
    try:
        return resolve(_entry(instance).solution).from_dict(found)
    except InputError as error:
        raise error.at(str(path)) from None


def write_solution(path: str | Path, instance: Any, solution: Any) -> None:
    """Write a solution with what the independent checker finds of it."""
    entry = _entry(instance)
    evaluation = resolve(entry.check)(instance, solution)
    data = {
        "netroute": "solution",
        "version": VERSION,
        "family": entry.family,
        "instance": instance.name,
        "fingerprint": instance.fingerprint,
        "objective": plain(evaluation.objective),
        "feasible": evaluation.feasible,
        "solution": solution.to_dict(),
    }
    write_atomic(path, _dump(data))


def stated_cost(path: str | Path) -> float | None:
    """Return the objective that a solution or result file states, None if it states none."""
    value = _load(path).get("objective")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer of hundreds of digits has no float64.
    return float(value) if abs(value) < 2**1023 else None


def _plain_reader(data: dict[str, Any]) -> str | None:
    if "netroute" in data:
        return None
    readers = (reader for keys, reader in PLAIN.items() if all(key in data for key in keys))
    return next(readers, None)


def _entry(instance: Any) -> Problem:
    """Return a problem of the instance's family; features do not matter here."""
    for name in PROBLEMS:
        entry = problem(name)
        if isinstance(instance, resolve(entry.instance)):
            return entry
    raise InputError(
        f"found an instance of type {type(instance).__name__}, of which no family is registered",
        code="json.family",
    )


def _load(path: str | Path) -> dict[str, Any]:
    where = str(path)
    text = read_text(path, line_limit=LINE_LIMIT)
    try:
        data = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InputError(
            f"column {error.colno}: {error.msg}, expected JSON",
            code="json.syntax",
            where=f"{where}:{error.lineno}",
        ) from None
    except (ValueError, RecursionError) as error:
        words = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        if words.startswith("found "):
            where += _line_of_constant(text)
        raise InputError(words.split(";")[0], code="json.syntax", where=where) from None
    if not isinstance(data, dict):
        raise InputError(
            f"found a {type(data).__name__}, expected an object", code="json.syntax", where=where
        )
    version = data.get("version", VERSION)
    if "netroute" in data and version != VERSION:
        raise InputError(
            f"version: found {version!r}, expected {VERSION}",
            code="json.version",
            where=where,
            hint="the file comes from a newer netroute",
        )
    return data


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"found {constant}, expected a finite number")


def _line_of_constant(text: str) -> str:
    """Return where the first NaN or infinity outside of quotes is: ``:line``, or nothing."""
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|NaN|Infinity', text):
        if found.group()[0] != '"':
            return f":{text.count(chr(10), 0, found.start()) + 1}"
    return ""


def _dump(data: Mapping[str, Any]) -> str:
    """Return JSON with one line a field, and one line a row of a matrix."""
    fields = (f" {json.dumps(key)}: {_value(value)}" for key, value in data.items())
    return "{\n" + ",\n".join(fields) + "\n}\n"


_ENCODE = json.JSONEncoder(allow_nan=False).encode


def _value(value: Any) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list):
        return "[\n  " + ",\n  ".join(map(_ENCODE, value)) + "\n ]"
    return _ENCODE(value)
