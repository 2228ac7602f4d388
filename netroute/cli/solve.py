"""``netroute solve``: read, search, prove, check, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netroute.cli._options import AsJson, ProblemName, ReadOptions, Settings, Source

if TYPE_CHECKING:
    from netroute.core.budget import Budget
    from netroute.core.errors import NetrouteError
    from netroute.core.problem import Problem
    from netroute.core.result import Result
    from netroute.core.solver import Solver


def solve(
    problem: ProblemName,
    file: Source,
    solver: Annotated[
        str | None, typer.Option("--solver", "-s", help="Solver; see 'netroute solvers'.")
    ] = None,
    time: Annotated[
        float | None,
        typer.Option(
            "--time", "-t", metavar="SECONDS", help="Wall-clock limit; 10 s without any limit."
        ),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(metavar="N", help="Limit on the solver's iterations.")
    ] = None,
    target: Annotated[
        float | None, typer.Option(metavar="COST", help="Stop at an answer this good.")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0,
    threads: Annotated[
        int | None,
        typer.Option(metavar="N", help="Threads of the search; all cores without it."),
    ] = None,
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Solution to start from; may be partial or infeasible."),
    ] = None,
    bound: Annotated[
        str | None,
        typer.Option(
            help="Bound method, or none; see 'netroute solvers'. The problem's own rule without it."
        ),
    ] = None,
    bound_time: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Limit of the bound method.")
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Write the answer: .json (the full result with its certificate), or .sol, "
            ".geojson, .npz or .csv, as the problem has them; may be repeated.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="PNG", help="Draw the answer; needs netroute[plot].")
    ] = None,
    json: AsJson = False,
    full: Annotated[
        bool, typer.Option("--full", help="With --json: solution, certificate and trace too.")
    ] = False,
    settings: Settings = None,
    read: ReadOptions = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="A line on stderr for each improvement.")
    ] = False,
) -> None:
    """Solve an instance and prove a bound.

    Ctrl-C and SIGTERM end the search with the best answer so far (exit code 130).
    """
    from json import dumps

    from netroute.cli._guard import say
    from netroute.cli._live import Progress
    from netroute.cli._options import read_as
    from netroute.cli._summary import summary, without_answer
    from netroute.core.budget import Budget
    from netroute.core.errors import InfeasibleError, InputError, NoAnswerError
    from netroute.core.registry import problem as problem_named
    from netroute.core.status import StoppedBy
    from netroute.face import read_solution
    from netroute.face import solve as run

    entry = problem_named(problem)
    if full and not json:
        raise InputError("only goes with --json", where="--full")
    if time is None and iterations is None and target is None:
        time = 10.0
    budget = Budget(seconds=time, iterations=iterations, target=target)
    if seed < 0:
        raise InputError(f"found {seed}, expected an integer >= 0", where="--seed")
    if bound_time is not None and not bound_time > 0:
        raise InputError(f"found {bound_time:g}, expected seconds > 0", where="--bound-time")
    if bound is not None and bound != "none":
        entry.require_bound(bound)
    outputs = list(out or ())
    _require_outputs(entry, outputs, plot, file)
    method = _solver(entry, solver, settings, threads)

    entry, instance = read_as(problem, file, read)
    method.require_support(instance)
    first = None if start is None else read_solution(start, instance)
    try:
        with Progress(seconds=time, noun=entry.noun, verbose=verbose) as progress:
            result = run(
                instance,
                problem=entry,
                solver=method,
                budget=_from_the_call(budget),
                seed=seed,
                start=first,
                bound=bound,
                bound_seconds=bound_time,
                observe=progress.observe,
            )
    except (InfeasibleError, NoAnswerError) as error:
        if json:
            print(dumps(without_answer(entry, instance, method, seed, error)))
        raise
    written, failed = _write(entry, instance, result, outputs, plot)
    if "bound_error" in result.metrics:
        say(f"warning: the bound method failed: {result.metrics['bound_error']}")
    if json or failed:
        # What no file could take is not lost: it goes to standard output, whole.
        print(dumps(result.to_dict(full=full or bool(failed))))
    else:
        print(summary(entry, instance, result, written=written))
    if failed:
        raise failed[0]
    if result.stopped_by is StoppedBy.INTERRUPT:
        raise typer.Exit(130)


_AROUND_THE_CALL = 0.2
"""Seconds that the interpreter takes to start before the call, and to write and end after it."""


def _from_the_call(budget: Budget) -> Budget:
    """Take what start-up and reading have cost off the seconds."""
    from time import perf_counter

    from netroute import cli

    if cli.began is None:
        return budget
    return budget.less(perf_counter() - cli.began + _AROUND_THE_CALL)


def _solver(
    entry: Problem, name: str | None, settings: list[str] | None, threads: int | None
) -> Solver:
    """Build the solver from ``--set`` and ``--threads``, all cores where it can use them."""
    import os
    from dataclasses import fields

    from netroute.cli._options import parse_settings
    from netroute.core.errors import InputError

    kind = entry.solver(name)
    values: dict[str, Any] = dict(parse_settings(settings))
    if threads is not None and threads < 1:
        raise InputError(f"found {threads}, expected an integer >= 1", where="--threads")
    if any(field.name == "threads" for field in fields(kind)):
        if threads is not None:
            values["threads"] = threads
        values.setdefault("threads", len(os.sched_getaffinity(0)))
    elif threads is not None and threads > 1:
        raise InputError(f"solver {kind.name!r} works in one thread", where="--threads")
    solver: Solver = kind.from_settings(values)
    return solver


def _require_outputs(entry: Problem, outputs: list[Path], plot: Path | None, source: str) -> None:
    """Find out before the search whether its answer can be written."""
    from netroute.cli._options import require_output
    from netroute.formats.registry import format_of

    for path in outputs:
        format_of(path, "write_solution", family=entry.family)
        require_output(path, source=source)
    if plot is not None:
        require_output(plot, source=source)
        _plot(entry)
        from netroute.viz.canvas import require_picture_format

        require_picture_format(plot)


def _plot(entry: Problem) -> Any:
    """Return the problem's usual picture of an answer."""
    return entry.plot(next(iter(entry.plots), "routes"))


def _write(
    entry: Problem, instance: Any, result: Result, outputs: list[Path], plot: Path | None
) -> tuple[list[Path], list[NetrouteError]]:
    """Write all files that can be written; return them, and why others could not."""
    from netroute.core.errors import InputError
    from netroute.face import write

    written: list[Path] = []
    failed: list[NetrouteError] = []
    for path in outputs:
        try:
            if path.suffix.lower() == ".json":
                result.save(str(path))
            else:
                write(path, instance, result.solution)
            written.append(path)
        except InputError as error:
            failed.append(error)
    if plot is not None:
        try:
            _plot(entry)(instance, result.solution, plot, result=result)
            written.append(plot)
        except InputError as error:
            failed.append(error)
    return written, failed
