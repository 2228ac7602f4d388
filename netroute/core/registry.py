"""Which problems there are. Adding a family means adding its line here and files elsewhere."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from netroute.core.errors import InputError
from netroute.core.problem import Problem, resolve

PROBLEMS: dict[str, str] = {
    "cvrp": "netroute.problems.vrp.registry:CVRP",
}
"""Problem name to the dotted path of its `Problem`."""


def problem(name: str) -> Problem:
    """Return the registry entry of the problem called ``name``.

    Examples
    --------
    >>> problem("cvrp").sense
    'min'
    """
    if name not in PROBLEMS:
        raise InputError(
            f"unknown problem {name!r}, expected one of: {', '.join(PROBLEMS)}",
            code="registry.problem",
        )
    entry: Problem = resolve(PROBLEMS[name])
    return entry


@cache
def plugin_solvers(problem_name: str) -> dict[str, str]:
    """Solvers of third parties: entry points ``PROBLEM.NAME`` in the group netroute.solvers."""
    found = {}
    for entry in metadata.entry_points(group="netroute.solvers"):
        owner, _, name = entry.name.partition(".")
        if owner == problem_name and name:
            found[name] = entry.value
    return found


def problem_of(instance: object) -> Problem:
    """Return the first problem whose instance type and features fit ``instance``."""
    for name in PROBLEMS:
        entry = problem(name)
        if isinstance(instance, resolve(entry.instance)) and entry.features >= instance.features():
            return entry
    raise InputError(
        f"no problem is registered for an instance of type {type(instance).__name__} with its "
        "features; name a solver's problem explicitly",
        code="registry.instance",
    )
