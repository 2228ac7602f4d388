"""Which problems there are. Adding a family means adding its line here and files elsewhere."""

from __future__ import annotations

from functools import cache
from importlib import metadata

from netroute.core.errors import InputError
from netroute.core.problem import Problem, resolve, unknown_name

PROBLEMS: dict[str, str] = {
    "cvrp": "netroute.problems.vrp.registry:CVRP",
    "tsp": "netroute.problems.tsp.registry:TSP",
    "atsp": "netroute.problems.tsp.registry:ATSP",
    "sdn": "netroute.problems.sdn.registry:SDN",
    "collective": "netroute.problems.collective.registry:COLLECTIVE",
    "wsn": "netroute.problems.wsn.registry:WSN",
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
        raise unknown_name("problem", name, PROBLEMS)
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
    entries = problems_of(instance)
    features: frozenset[str] = instance.features()  # type: ignore[attr-defined]
    for entry in entries:
        if entry.features >= features:
            return entry
    missing = min((features - entry.features for entry in entries), key=len)
    raise InputError(
        f"no problem covers this instance: it has {', '.join(sorted(missing))}",
        code="registry.features",
    )


def problems_of(instance: object) -> list[Problem]:
    """Return all problems of the instance's type, whatever its features; at least one."""
    entries = [problem(name) for name in PROBLEMS]
    found = [entry for entry in entries if isinstance(instance, resolve(entry.instance))]
    if not found:
        raise InputError(
            f"found an object of type {type(instance).__name__}, expected an instance of a problem",
            code="registry.instance",
        )
    return found
