"""``netroute solvers``: what there is to choose from."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from netroute.cli._options import AsJson


def solvers(
    problem: Annotated[
        str | None, typer.Argument(metavar="[PROBLEM]", help="Only this problem's.")
    ] = None,
    json: AsJson = False,
) -> None:
    """List solvers and their parameters.

    With bound methods and generators; a PROBLEM narrows the list to its own.
    """
    from netroute.core.registry import PROBLEMS
    from netroute.core.registry import problem as problem_named

    listed = [_listed(problem_named(name)) for name in ([problem] if problem else PROBLEMS)]
    if json:
        from json import dumps

        print(dumps(listed))
        return
    for entry in listed:
        _print(entry)


def _listed(entry: Any) -> dict[str, Any]:
    from netroute.core.registry import plugin_solvers

    names = [*entry.solvers, *plugin_solvers(entry.name)]
    return {
        "problem": entry.name,
        "title": entry.title,
        "features": sorted(entry.features),
        "default_solver": entry.default_solver,
        "solvers": [_solver(name, entry) for name in names],
        "bounds": [{"name": name, "summary": entry.bound(name).summary} for name in entry.bounds],
        "generators": list(entry.generators),
    }


def _solver(name: str, entry: Any) -> dict[str, Any]:
    from dataclasses import MISSING, fields

    try:
        kind = entry.solver(name)
    except ImportError as error:
        # One broken plug-in must not hide all the others.
        text = f"cannot be loaded: {error}"
        return {"name": name, "kind": "", "summary": text, "supports": [], "parameters": []}
    parameters = [
        {
            "name": field.name,
            "default": None if field.default is MISSING else field.default,
            "help": field.metadata.get("help", ""),
        }
        for field in fields(kind)
    ]
    return {
        "name": name,
        "kind": kind.kind,
        "summary": kind.summary,
        "supports": sorted(kind.supports),
        "parameters": parameters,
    }


def _print(entry: dict[str, Any]) -> None:
    print(f"{entry['problem']}: {entry['title']} (default solver: {entry['default_solver']})")
    for solver in entry["solvers"]:
        print(f"\n  {solver['name']:<17} {solver['kind']:<10} {solver['summary']}")
        print(f"{'':30}supports: {', '.join(solver['supports']) or 'plain instances'}")
        for parameter in solver["parameters"]:
            setting = f"{parameter['name']}={parameter['default']}"
            print(f"{'':30}--set {setting:<26} {parameter['help']}")
    for bound in entry["bounds"]:
        print(f"\n  --bound {bound['name']:<20} {bound['summary']}")
    print(f"\n  generators: {', '.join(entry['generators'])}\n")
