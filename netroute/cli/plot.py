"""``netroute plot``: pictures of instances, solutions and runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netroute.cli._options import ProblemName, ReadOptions, Source

if TYPE_CHECKING:
    from netroute.core.problem import Problem
    from netroute.core.result import Result


def plot(
    problem: ProblemName,
    file: Source,
    solutions: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[SOLUTION]...",
            help="A .sol, a .tour, or a .json result of 'solve'; several results to compare.",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="PNG", help="Also .pdf and .svg.")
    ] = Path("plot.png"),
    kind: Annotated[
        str | None,
        typer.Option(
            help="The problem's usual picture (routes, network, field) without it; convergence, of "
            "one or several .json results; or a comparison of such (wsn: alive, bound)."
        ),
    ] = None,
    read: ReadOptions = None,
) -> None:
    """Draw an instance, a solution, a run or several runs."""
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
    files = solutions or []
    results = [_result(entry, instance, path) for path in files]
    if kind == "convergence" or kind in entry.comparisons:
        for path, result in zip(files or [Path("SOLUTION")], results or [None], strict=True):
            if result is None:
                raise InputError(
                    "expected a .json result of 'netroute solve'",
                    where=str(path),
                    hint="solve with --out result.json",
                )
        if kind == "convergence":
            draw(results, out)
        else:
            draw(instance, results, out)
    elif len(files) > 1:
        several = ", ".join(["convergence", *entry.comparisons])
        message = f"found {len(files)} solutions, of which {kind} shows one"
        raise InputError(message, where="SOLUTION", hint=f"--kind {several} shows several")
    else:
        plan = read_solution(files[0], instance) if files else None
        draw(instance, plan, out, result=results[0] if results else None)
    print(out)


def _result(entry: Problem, instance: Any, path: Path) -> Result | None:
    """Read a full result of this instance; None if the file holds a solution only."""
    from netroute.cli._claims import result_of
    from netroute.core.errors import InputError

    result = result_of(path, entry) if path.suffix.lower() == ".json" else None
    if result is not None and result.fingerprint not in ("", instance.fingerprint):
        raise InputError("is a result of another instance than this file", where=str(path))
    return result
