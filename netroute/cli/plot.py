"""``netroute plot``: pictures of instances, solutions and runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netroute.cli._options import ProblemName, ReadOptions, Source


def plot(
    problem: ProblemName,
    file: Source,
    solution: Annotated[
        Path | None,
        typer.Argument(metavar="[SOLUTION]", help="A .sol, or a .json result of 'solve'."),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="PNG", help="Also .pdf and .svg.")
    ] = Path("plot.png"),
    kind: Annotated[
        str | None,
        typer.Option(
            help="The problem's usual picture (routes, network) without it, or convergence (of a "
            ".json result)."
        ),
    ] = None,
    read: ReadOptions = None,
) -> None:
    """Draw an instance, a solution or a run."""
    from netroute.cli._options import read_as, require_output
    from netroute.core.errors import InputError
    from netroute.core.registry import problem as problem_named
    from netroute.face import read_solution
    from netroute.viz.canvas import require_picture_format

    entry = problem_named(problem)
    kind = kind or next(iter(entry.plots), "routes")
    draw = entry.plot(kind)
    require_picture_format(out)
    require_output(out, source=file)
    entry, instance = read_as(problem, file, read)
    result = None
    if solution is not None and solution.suffix.lower() == ".json":
        from netroute.cli._claims import result_of

        result = result_of(solution, entry)
    if kind == "convergence":
        if result is None:
            raise InputError(
                "expected a .json result of 'netroute solve'",
                where=str(solution or "SOLUTION"),
                hint="solve with --out result.json",
            )
        draw([result], out)
    else:
        plan = None if solution is None else read_solution(solution, instance)
        draw(instance, plan, out, result=result)
    print(out)
