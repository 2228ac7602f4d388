"""Options that several commands share, and how their text becomes values."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

ProblemName = Annotated[
    str, typer.Argument(metavar="PROBLEM", help="Problem, such as cvrp or sdn.", show_default=False)
]
Source = Annotated[
    str,
    typer.Argument(
        metavar="FILE",
        help="Instance file, or a name such as cvrplib:X-n101-k25.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Set a parameter; may be repeated."),
]
ReadOptions = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        metavar="KEY=VALUE",
        help="What the file leaves open, such as demand_scale=2, capacity=40 or split=10%; may be "
        "repeated.",
    ),
]


def parse_settings(pairs: Sequence[str] | None, option: str = "--set") -> dict[str, str]:
    """Turn ``["a=1", "b=x"]`` into ``{"a": "1", "b": "x"}``."""
    from netroute.core.errors import InputError

    values: dict[str, str] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise InputError(f"found {pair!r}, expected KEY=VALUE", where=option)
        values[key.strip().replace("-", "_")] = value.strip()
    return values


def read_source(source: str, options: Sequence[str] | None) -> Any:
    """Read an instance with the options of ``--read``, and pass its warnings on."""
    from netroute.cli._guard import say
    from netroute.face import read

    instance = read(source, **parse_settings(options, "--read"))
    for line in instance.warnings() if hasattr(instance, "warnings") else ():
        say(f"warning: {source}: {line}")
    return instance


def read_as(
    problem_name: str, source: str, options: Sequence[str] | None = None
) -> tuple[Any, Any]:
    """Return the registry entry and the instance, which must belong together."""
    from netroute.core.errors import InputError
    from netroute.core.problem import resolve
    from netroute.core.registry import problem

    entry = problem(problem_name)
    instance = read_source(source, options)
    if not isinstance(instance, resolve(entry.instance)):
        raise InputError(
            f"holds a {type(instance).__name__}, expected an instance of problem {entry.name!r}",
            where=source,
        )
    extra = sorted(instance.features() - entry.features)
    if extra:
        raise InputError(
            f"the instance has {', '.join(extra)}, which problem {entry.name!r} does not include",
            code="problem.features",
            where=source,
        )
    return entry, instance


def require_output(path: Path, *, source: str | None = None) -> None:
    """Raise `InputError` unless ``path`` can be written and is not the file that was read."""
    from netroute.core.errors import InputError
    from netroute.core.files import require_writable

    require_writable(path)
    if source is not None and path.exists() and Path(source).exists() and path.samefile(source):
        raise InputError("is the input, expected another file", code="file.write", where=str(path))


def figure(value: float | None) -> str:
    """Write a cost for people: whole numbers without a point, others with two decimals or more.

    Examples
    --------
    >>> figure(27591.0), figure(1234.5678), figure(15.678123), figure(None)
    ('27591', '1234.57', '15.6781', '-')
    """
    if value is None:
        return "-"
    if not math.isfinite(value):
        return str(value)
    if value == int(value):
        return str(int(value))
    return f"{value:.2f}" if abs(value) >= 100 else f"{value:.4f}"


def percent(gap: float | None) -> str:
    """Write a gap for people; never round a real gap down to zero.

    Examples
    --------
    >>> percent(0.01234), percent(0.0), percent(1e-7), percent(None)
    ('1.23 %', '0 %', '< 0.01 %', '-')
    """
    if gap is None:
        return "-"
    if gap == 0.0:
        return "0 %"
    return "< 0.01 %" if gap < 1e-4 else f"{100 * gap:.2f} %"
