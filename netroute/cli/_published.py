"""Figures of tables and papers, without a solution: whether they can be true of an instance."""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netroute.cli._guard import say
from netroute.cli._options import figure

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.bound import Certificate
    from netroute.core.problem import Problem

SECONDS = 60.0
"""How long a bound method works at refuting a figure."""

TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Published:
    """An objective that somebody states, with a certificate of a bound if the file has one."""

    objective: float
    certificate: dict[str, Any] | None


def published(path: Path) -> Published | None:
    """Read ``{"netroute": "figure", "objective": 4756}``; None if the file is anything else.

    Raises
    ------
    InputError
        It has no objective.
    """
    from netroute.core.errors import InputError
    from netroute.formats.text import read_text

    if path.suffix.lower() != ".json":
        return None
    try:
        data = json.loads(read_text(path))
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or data.get("netroute") != "figure":
        return None
    value, certificate = data.get("objective"), data.get("certificate")
    # An integer of hundreds of digits has no float64.
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= 2**1023:
        message = f"found {str(value)[:40]!r}, expected a number"
        raise InputError(message, code="json.field", where=f"{path}: objective")
    return Published(float(value), certificate if isinstance(certificate, dict) else None)


def judge(entry: Problem, instance: Any, stated: Published) -> dict[str, Any]:
    """Return stated, found (a bound), holds (False if refuted, None if not) and message."""
    from netroute.core.problem import resolve

    bound = None
    if stated.certificate is not None and entry.verify_bound is not None:
        say("recomputing the bound from its certificate ...")
        bound = float(resolve(entry.verify_bound)(instance, stated.certificate))
        method = str(stated.certificate.get("method"))
    elif entry.default_bound is not None:
        method = resolve(entry.default_bound)(instance)
        say(f"looking for a bound that refutes it ({method}, at most {SECONDS:.0f} s) ...")
        bound = _search(entry, instance, method, stated.objective)
    text = figure(stated.objective)
    if bound is None:
        message = f"{text}, of which nothing is known: there is no bound"
        return _verdict(stated, None, None, message)
    limit = "less" if entry.sense == "min" else "more"
    if _beyond(entry, stated.objective, bound):
        message = f"{text}, impossible: no solution has {limit} than {figure(bound)}, by {method}"
        return _verdict(stated, bound, False, message)
    message = f"{text}, not refuted: no solution has {limit} than {figure(bound)}, by {method}"
    return _verdict(stated, bound, None, message)


def _search(entry: Problem, instance: Any, name: str, value: float) -> float | None:
    """Run a bound method until it refutes ``value`` or its time is over."""
    best: list[float] = []
    end = time.perf_counter() + SECONDS
    sign = 1.0 if entry.sense == "min" else -1.0

    def report(certificate: Certificate) -> None:
        if math.isfinite(certificate.value):
            best[:] = [max([sign * certificate.value, *(sign * b for b in best)]) * sign]

    def stop() -> bool:
        return time.perf_counter() > end or (bool(best) and _beyond(entry, value, best[0]))

    entry.bound(name)().run(instance, report=report, stop=stop, incumbent=lambda: None)
    return best[0] if best else None


def _beyond(entry: Problem, value: float, bound: float) -> bool:
    slack = TOLERANCE * max(1.0, abs(bound))
    return value < bound - slack if entry.sense == "min" else value > bound + slack


def _verdict(
    stated: Published, found: float | None, holds: bool | None, message: str
) -> dict[str, Any]:
    return {"stated": stated.objective, "found": found, "holds": holds, "message": message}
