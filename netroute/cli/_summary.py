"""The text that ends a solve: what was found, what is proven, what was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.cli._options import figure, percent
from netroute.core.errors import InfeasibleError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from netroute.core.errors import NetrouteError
    from netroute.core.problem import Problem
    from netroute.core.result import Result
    from netroute.core.solver import Solver

STOPPED = {
    "time": "at the time limit",
    "iterations": "at the iteration limit",
    "target": "at the target",
    "proof": "by proof of optimality",
    "interrupt": "by the user",
    "completed": "when nothing was left to do",
}


def without_answer(
    entry: Problem, instance: Any, solver: Solver, seed: int, error: NetrouteError
) -> dict[str, Any]:
    """Say why there is no answer, in the usual fields of `solve --json`."""
    infeasible = isinstance(error, InfeasibleError)
    fields = ("objective", "bound", "gap")
    return {
        "problem": entry.name,
        "instance": instance.name,
        "size": instance.size,
        "fingerprint": instance.fingerprint,
        "solver": solver.name,
        "parameters": solver.parameters(),
        "seed": seed,
        "status": "infeasible" if infeasible else "unknown",
        **dict.fromkeys(fields),
        "feasible": False,
        "reason": str(error),
        "report": error.report if isinstance(error, InfeasibleError) else {},
    }


def describe(entry: Problem, instance: Any) -> dict[str, Any]:
    """Figures of an instance from its family's own description."""
    from netroute.core.problem import resolve

    if entry.describe is None:
        return {}
    figures: dict[str, Any] = resolve(entry.describe)(instance)
    return figures


def summary(
    entry: Problem, instance: Any, result: Result, *, written: Sequence[object] = ()
) -> str:
    """Write a result for people, one aspect a line."""
    about = describe(entry, instance)
    convention = f"  ({about['costs']})" if "costs" in about else ""
    rows = [
        ("instance", f"{result.instance}, {about.get('brief', f'size {result.size}')}"),
        (entry.noun, f"{figure(result.objective)}{convention}"),
        ("bound", _bound(result)),
        ("status", f"{result.status}, stopped {STOPPED[str(result.stopped_by)]}"),
    ]
    rows += aspects(entry, result.metrics)
    rows += left_out(reasons(entry, instance, result.solution, result.certificate))
    compiling = result.compile_seconds
    extra = f" and {compiling:.1f} s compiling" if compiling >= 0.05 else ""
    rows += [
        ("time", f"{result.seconds:.2f} s{extra}, {count(result.iterations, 'iteration')}"),
        ("solver", f"{result.solver}, seed {result.seed}, {count(result.threads, 'thread')}"),
    ]
    if written:
        rows.append(("written", ", ".join(str(path) for path in written)))
    return table(rows)


def aspects(entry: Problem, metrics: dict[str, Any]) -> list[tuple[str, str]]:
    """Say of a solution what people want to know first, in its family's own words."""
    from netroute.core.problem import resolve

    return [] if entry.summary is None else list(resolve(entry.summary)(metrics).items())


def reasons(
    entry: Problem, instance: Any, solution: Any, certificate: dict[str, Any] | None
) -> dict[str, str]:
    """Why parts of the instance were left out, by their names."""
    from netroute.core.problem import resolve

    if entry.reasons is None:
        return {}
    found: dict[str, str] = resolve(entry.reasons)(instance, solution, certificate)
    return found


def left_out(reasons: dict[str, str]) -> list[tuple[str, str]]:
    """Count the reasons, in one row or none.

    Examples
    --------
    >>> left_out({"flow 1": "no path", "flow 2": "no capacity", "flow 3": "no path"})
    [('left out', '2 no path, 1 no capacity')]
    """
    from collections import Counter

    if not reasons:
        return []
    counts = Counter(reasons.values()).most_common()
    return [("left out", ", ".join(f"{number} {reason}" for reason, number in counts))]


def table(rows: Iterable[tuple[str, str]]) -> str:
    """Align pairs of name and value.

    Examples
    --------
    >>> print(table([("cost", "7"), ("status", "optimal")]))
    cost    7
    status  optimal
    """
    rows = list(rows)
    width = max((len(name) for name, _ in rows), default=0)
    return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def _bound(result: Result) -> str:
    if result.bound is None:
        return "none"
    method = (result.certificate or {}).get("method")
    by = f"  (proven by {method})" if method else ""
    return f"{figure(result.bound)}, gap {percent(result.gap)}{by}"


def count(number: int, noun: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> count(1, "thread"), count(2, "thread")
    ('1 thread', '2 threads')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
