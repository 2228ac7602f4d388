"""``netroute bench``: a study of instances x solvers x seeds x budgets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netroute.cli._options import Settings


def bench(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="YAML file, or the name of a shipped one.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the run.")],
    settings: Settings = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            "--cluster", metavar="HOST:PORT", help="Use all cores of the Ray cluster there."
        ),
    ] = None,
) -> None:
    """Run a benchmark, or go on with a stopped one.

    What is finished is kept, whenever it is stopped; --set overrides fields of CONFIG.
    """
    from netroute.experiments.bench import run_bench

    print(run_bench(config, out, overrides=settings or (), cluster=cluster))
