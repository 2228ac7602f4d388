"""``netroute train``: make a policy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netroute.cli._guard import INTERRUPTED, say
from netroute.cli._options import Settings


def train(
    config: Annotated[
        str,
        typer.Argument(
            metavar="CONFIG", help="YAML file, or the name of a shipped one.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the run.")],
    settings: Settings = None,
) -> None:
    """Train a policy, or go on with a stopped training.

    The best weights so far are always in DIR/policy; --set overrides fields of CONFIG.
    """
    from netroute.experiments.training import train as run

    try:
        report = run(config, out, overrides=settings or ())
    except KeyboardInterrupt as stopped:
        if not stopped.args:
            raise
        say(str(stopped))
        raise SystemExit(INTERRUPTED) from None
    print(report)
