"""``netroute check``: judge a solution, and recompute what a result claims of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netroute.cli._options import AsJson, ProblemName, ReadOptions, Source

if TYPE_CHECKING:
    from netroute.core.problem import Problem

SHOWN = 20
"""Violations that are printed for people without ``--all``; ``--json`` always has all."""


def check(
    problem: ProblemName,
    file: Source,
    solution: Annotated[
        Path,
        typer.Argument(
            metavar="SOLUTION",
            help="A .sol, a .tour, or a .json result of 'solve'.",
            show_default=False,
        ),
    ],
    bound: Annotated[
        bool,
        typer.Option(help="Recompute the bound of a result from its certificate; may take long."),
    ] = True,
    every: Annotated[
        bool, typer.Option("--all", help="Print every violation, and why each part was left out.")
    ] = False,
    json: AsJson = False,
    read: ReadOptions = None,
) -> None:
    """Judge a solution independently.

    Exit code 0: it is feasible, and the cost and bound that the file states are right; else 2. A
    file {"netroute": "figure", "objective": 4756} is judged by whether a bound refutes it.
    """
    from netroute.cli._claims import claims_of
    from netroute.cli._options import read_as
    from netroute.cli._published import judge, published
    from netroute.cli._summary import reasons
    from netroute.core.problem import resolve
    from netroute.face import read_solution

    entry, instance = read_as(problem, file, read)
    stated = published(solution)
    if stated is not None:
        _print_figure(entry, instance, solution, judge(entry, instance, stated), json=json)
        return
    plan = read_solution(solution, instance)
    evaluation = resolve(entry.check)(instance, plan)
    claims = claims_of(solution)
    report: dict[str, Any] = {
        "problem": entry.name,
        "instance": instance.name,
        "solution": str(solution),
        **evaluation.to_dict(),
        "claims": claims.verify(entry, instance, evaluation, bound=bound),
    }
    if entry.reasons is not None and evaluation.feasible:
        report["left_out"] = reasons(entry, instance, plan, claims.certificate)
    wrong = [name for name, claim in report["claims"].items() if claim["holds"] is False]
    report["valid"] = evaluation.feasible and not wrong
    if json:
        from json import dumps

        print(dumps(report))
    else:
        _print(entry, instance, report, every=every)
    if not report["valid"]:
        raise typer.Exit(2)


def _print_figure(
    entry: Problem, instance: Any, path: Path, verdict: dict[str, Any], *, json: bool
) -> None:
    from netroute.cli._summary import table

    valid = verdict["holds"] is not False
    if json:
        from json import dumps

        report = {"problem": entry.name, "instance": instance.name, "solution": str(path)}
        print(dumps({**report, "claims": {entry.noun: verdict}, "valid": valid}))
    else:
        rows = [("instance", instance.name), (f"stated {entry.noun}", verdict["message"])]
        print(table(rows))
    if not valid:
        raise typer.Exit(2)


def _print(entry: Problem, instance: Any, report: dict[str, Any], *, every: bool) -> None:
    from netroute.cli._options import figure
    from netroute.cli._summary import aspects, count, describe, left_out, table

    about = describe(entry, instance)
    violations = report["violations"]
    number = len(violations)
    rows = [
        ("instance", f"{instance.name}, {about.get('brief', f'size {instance.size}')}"),
        (entry.noun, f"{figure(report['objective'])}  ({about.get('costs', 'recomputed')})"),
        ("feasible", "yes" if report["feasible"] else f"no, {count(number, 'violation')}"),
    ]
    rows += aspects(entry, report["metrics"]) + left_out(report.get("left_out", {}))
    rows += [(f"stated {name}", claim["message"]) for name, claim in report["claims"].items()]
    print(table(rows))
    shown = violations if every else violations[:SHOWN]
    for violation in shown:
        print(f"  {violation['code']}: {violation['message']}")
    if len(shown) < number:
        print(f"  and {number - len(shown)} more; --all prints them")
    for name, reason in report.get("left_out", {}).items() if every else ():
        print(f"  {name}: {reason}")
