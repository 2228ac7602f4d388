"""``netroute convert``: from one file format to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netroute.cli._options import Source


def convert(
    file: Source,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="The suffix names the format."),
    ],
) -> None:
    """Write an instance in another format."""
    from netroute.cli._options import require_output
    from netroute.face import read, write
    from netroute.formats.registry import format_of

    format_of(out, "write_instance")
    require_output(out, source=file)
    instance = read(file)
    write(out, instance)
    print(f"{out}: {instance.name}, size {instance.size}")
