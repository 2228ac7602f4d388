"""The commands by name, and the application made of them."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from netroute.cli._guard import guarded

COMMANDS = (
    "solve",
    "check",
    "info",
    "generate",
    "convert",
    "plot",
    "solvers",
    "bench",
    "train",
    "warmup",
)
"""Each one is the function of this name in the module ``netroute.cli.NAME``."""


def build() -> typer.Typer:
    """Make the application; what the commands need is imported inside their functions."""
    app = typer.Typer(
        name="netroute",
        help="Solve routing problems on networks, with checked answers and proven bounds.",
        no_args_is_help=True,
        # Plain help: drawing it with rich would take longer than all the rest together.
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_globals)
    for name in COMMANDS:
        module = import_module(f"netroute.cli.{name}")
        command = guarded(getattr(module, name))
        app.command(name, **getattr(module, "SETTINGS", {}))(command)
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        import netroute

        print(f"netroute {netroute.__version__}")
        raise typer.Exit


def _globals(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", is_eager=True, callback=_show_version
        ),
    ] = False,
) -> None:
    """Take the options that come before a command."""
