"""What a solve returns: the answer, what is proven of it, and how it came about."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from netroute.core.errors import InputError
from netroute.core.files import write_atomic
from netroute.core.status import Status, StoppedBy

if TYPE_CHECKING:
    from pathlib import Path


class TracePoint(NamedTuple):
    """State of a search at one moment; seconds do not count compilation."""

    seconds: float
    iteration: int
    objective: float | None
    bound: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A checked answer with its proven bound.

    Attributes
    ----------
    objective : float or None
        Recomputed by the independent checker.
    bound : float or None
        Proven: no solution of the instance is better.
    certificate : dict or None
        What `netroute check` needs to recompute the bound.
    gap : float or None
        See `relative_gap`.
    seconds, compile_seconds : float
        Wall-clock of the search, and of JIT compilation, which is not charged to it.
    """

    problem: str
    instance: str
    size: int
    fingerprint: str
    solver: str
    parameters: dict[str, Any]
    seed: int
    threads: int
    status: Status
    stopped_by: StoppedBy
    solution: Any
    objective: float | None
    bound: float | None = None
    certificate: dict[str, Any] | None = None
    trace: tuple[TracePoint, ...] = ()
    seconds: float = 0.0
    compile_seconds: float = 0.0
    iterations: int = 0
    metrics: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def gap(self) -> float | None:
        """Proven relative gap, None without a bound."""
        return relative_gap(self.objective, self.bound)

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def to_dict(self, *, full: bool = True) -> dict[str, Any]:
        """Plain data for JSON; ``full`` adds solution, certificate and trace."""
        data: dict[str, Any] = {
            "problem": self.problem,
            "instance": self.instance,
            "size": self.size,
            "fingerprint": self.fingerprint,
            "solver": self.solver,
            "parameters": self.parameters,
            "seed": self.seed,
            "threads": self.threads,
            "status": str(self.status),
            "stopped_by": str(self.stopped_by),
            "objective": self.objective,
            "bound": self.bound,
            "gap": self.gap,
            "feasible": self.status in (Status.OPTIMAL, Status.FEASIBLE),
            "seconds": self.seconds,
            "compile_seconds": self.compile_seconds,
            "iterations": self.iterations,
            "metrics": self.metrics,
            "versions": self.versions,
        }
        if full:
            data["solution"] = None if self.solution is None else self.solution.to_dict()
            data["certificate"] = self.certificate
            data["trace"] = [list(point) for point in self.trace]
        return data

    @classmethod
    def from_dict(cls, data: dict[str, Any], solution_type: Any) -> Self:
        """Rebuild a result from `to_dict`; ``solution_type`` reads the solution."""
        try:
            values = {k: v for k, v in data.items() if k not in ("gap", "feasible")}
            values["status"] = Status(values["status"])
            values["stopped_by"] = StoppedBy(values["stopped_by"])
            values["trace"] = tuple(TracePoint(*point) for point in values.get("trace", ()))
            solution = values.get("solution")
            values["solution"] = None if solution is None else solution_type.from_dict(solution)
            return cls(**values)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise InputError(f"not a result of netroute: {error}", code="result") from error

    def save(self, path: str | Path) -> None:
        """Write the full result as JSON."""
        write_atomic(path, json.dumps(self.to_dict(), indent=1) + "\n")


def relative_gap(objective: float | None, bound: float | None) -> float | None:
    """Difference of objective and bound relative to the larger of them.

    That is the objective where it is minimised, and the bound where it is maximised. None if one of
    them is missing, or where the larger one is 0 and they differ.

    Examples
    --------
    >>> relative_gap(200.0, 198.0), relative_gap(198.0, 200.0), relative_gap(0.0, 0.0)
    (0.01, 0.01, 0.0)
    """
    if objective is None or bound is None:
        return None
    difference, larger = abs(objective - bound), abs(max(objective, bound))
    if difference == 0.0:
        return 0.0
    return difference / larger if larger else None


def versions() -> dict[str, str]:
    """Versions of Python, netroute and the libraries that can change an answer."""
    found = {"python": platform.python_version()}
    for name in ("netroute", "numpy", "numba", "scipy", "ortools"):
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
