"""``netroute convert``: from one file format to another."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from netroute.cli._options import ReadOptions, Source


def convert(
    file: Source,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="The suffix names the format."),
    ],
    read: ReadOptions = None,
) -> None:
    """Write an instance in another format."""
    from netroute.cli._options import read_source, require_output
    from netroute.face import write
    from netroute.formats.registry import format_of

    format_of(out, "write_instance")
    require_output(out, source=file)
    instance = read_source(file, read)
    write(out, instance)
    print(f"{out}: {instance.name}, size {instance.size}")
