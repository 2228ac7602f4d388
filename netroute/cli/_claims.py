"""What a solution file states about itself, and whether that is so."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from netroute.cli._guard import say
from netroute.cli._options import figure

if TYPE_CHECKING:
    from pathlib import Path

    from netroute.core.evaluation import Evaluation
    from netroute.core.problem import Problem
    from netroute.core.result import Result

TOLERANCE = 1e-6
"""Relative difference up to which a stated figure counts as the recomputed one."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Figures that a file states, None where it states none.

    ``precision`` is half a unit of the last decimal of a cost that was written with decimals.
    """

    objective: float | None = None
    precision: float = 0.0
    bound: float | None = None
    certificate: dict[str, Any] | None = None
    fingerprint: str | None = None

    def verify(
        self, entry: Problem, instance: Any, evaluation: Evaluation, *, bound: bool = True
    ) -> dict[str, dict[str, Any]]:
        """Compare each stated figure with the recomputed one: stated, found, holds, message."""
        found: dict[str, dict[str, Any]] = {}
        if self.fingerprint is not None:
            same = self.fingerprint == instance.fingerprint
            text = "the same" if same else "another instance than this file (fingerprints differ)"
            found["instance"] = _verdict(self.fingerprint, instance.fingerprint, same, text)
        if self.objective is not None:
            slack = max(TOLERANCE * max(1.0, abs(evaluation.objective)), self.precision)
            same = abs(self.objective - evaluation.objective) <= slack
            text = f"{figure(self.objective)}, " + (
                "right" if same else f"wrong: it is {figure(evaluation.objective)}"
            )
            found[entry.noun] = _verdict(self.objective, evaluation.objective, same, text)
        if self.bound is not None:
            found["bound"] = self._disproof(entry, evaluation) or self._recompute(
                entry, instance, wanted=bound
            )
            _note_impossible(entry, found)
        return found

    def _disproof(self, entry: Problem, evaluation: Evaluation) -> dict[str, Any] | None:
        assert self.bound is not None
        found, sign = evaluation.objective, 1.0 if entry.sense == "min" else -1.0
        if not evaluation.feasible or sign * (self.bound - found) <= TOLERANCE * max(1, abs(found)):
            return None
        text = f"{figure(self.bound)}, disproved by this solution's {entry.noun} {figure(found)}"
        return _verdict(self.bound, None, False, text)

    def _recompute(self, entry: Problem, instance: Any, *, wanted: bool) -> dict[str, Any]:
        stated = figure(self.bound)
        if self.certificate is None:
            return _verdict(self.bound, None, None, f"{stated}, without a certificate")
        if not wanted:
            return _verdict(self.bound, None, None, f"{stated}, not recomputed (--no-bound)")
        if entry.verify_bound is None:
            return _verdict(self.bound, None, None, f"{stated}, which cannot be recomputed")
        from netroute.core.errors import InputError
        from netroute.core.problem import resolve

        say(f"recomputing the bound from its certificate ({self.certificate.get('method')}) ...")
        try:
            value = float(resolve(entry.verify_bound)(instance, self.certificate))
        except InputError as error:
            return _verdict(self.bound, None, False, f"{stated}, wrong certificate: {error}")
        assert self.bound is not None
        slack = TOLERANCE * max(1.0, abs(value))
        holds = self.bound <= value + slack if entry.sense == "min" else self.bound >= value - slack
        text = f"{stated}, " + (
            f"proven: its certificate gives {figure(value)}"
            if holds
            else f"wrong: its certificate gives {figure(value)}"
        )
        return _verdict(self.bound, value, holds, text)


def claims_of(path: Path) -> Claims:
    """Read what a solution file states; its routes have been read before."""
    from netroute.formats import stated_cost

    if path.suffix.lower() != ".json":
        cost = stated_cost(path)
        decimals = "" if cost is None or cost.is_integer() else repr(cost).partition(".")[2]
        return Claims(cost, 0.501 * 10.0 ** -len(decimals) if decimals.isdigit() else 0.0)
    data = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(data, dict):
        return Claims()
    certificate = data.get("certificate")
    fingerprint = data.get("fingerprint")
    return Claims(
        objective=_number(data.get("objective")),
        bound=_number(data.get("bound")),
        certificate=certificate if isinstance(certificate, dict) else None,
        fingerprint=fingerprint if isinstance(fingerprint, str) and fingerprint else None,
    )


def result_of(path: Path, entry: Problem) -> Result | None:
    """Read a full result of `netroute solve`; None if the file holds a solution only."""
    from netroute.core.errors import InputError
    from netroute.core.problem import resolve
    from netroute.core.result import Result
    from netroute.formats.text import read_text

    try:
        data = json.loads(read_text(path))
        if not isinstance(data, dict) or "trace" not in data:
            return None
        return Result.from_dict(data, resolve(entry.solution))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"is not a result of netroute: {error}", where=str(path)) from None


def _note_impossible(entry: Problem, found: dict[str, dict[str, Any]]) -> None:
    """Add to a wrong objective that the proven bound rules it out, if it does."""
    cost, bound = found.get(entry.noun), found["bound"]
    if cost is None or cost["holds"] or bound["found"] is None:
        return
    sign = 1.0 if entry.sense == "min" else -1.0
    if sign * (cost["stated"] - bound["found"]) < -TOLERANCE * max(1.0, abs(bound["found"])):
        cost["message"] += f", and impossible: the bound is {figure(bound['found'])}"


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _verdict(stated: Any, found: Any, holds: bool | None, message: str) -> dict[str, Any]:
    return {"stated": stated, "found": found, "holds": holds, "message": message}
