"""``netroute generate``: random instances; the generator's own parameters are the options."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from netroute.cli._options import ProblemName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SETTINGS = {
    "context_settings": {
        "allow_extra_args": True,
        "ignore_unknown_options": True,
        "help_option_names": ["-h"],
    }
}
OWN = ("n", "seed", "name")


def generate(
    context: typer.Context,
    problem: ProblemName,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="The suffix names the format."),
    ] = None,
    generator: Annotated[
        str | None, typer.Option("--generator", "-g", help="The problem's first one without it.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("--n", metavar="N", help="Size, where the generator has one; 100 without it."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of all random choices.")] = 0,
    name: Annotated[str | None, typer.Option(help="Name; the file's without it.")] = None,
    help: Annotated[bool, typer.Option("--help", help="Show this message and exit.")] = False,
) -> None:
    """Make a random instance.

    Further options are the generator's own; --help lists them.
    """
    from netroute.cli._options import require_output
    from netroute.core.errors import InputError
    from netroute.core.registry import problem as problem_named
    from netroute.face import write
    from netroute.formats.registry import format_of

    entry = problem_named(problem)
    chosen = generator or next(iter(entry.generators))
    make = entry.generator(chosen)
    if help:
        print(context.get_help())
        others = ", ".join(key for key in entry.generators if key != chosen)
        print(f"\nOptions of generator {chosen} (others: {others or 'none'}):")
        print("\n".join(_described(make)))
        return
    if out is None:
        raise InputError("missing, expected a file to write", where="--out")
    values = _values(chosen, make, context.args)
    format_of(out, "write_instance", family=entry.family)
    require_output(out)
    wanted = inspect.signature(make).parameters
    if "name" in wanted:
        values["name"] = name or out.stem
    if "n" in wanted:
        values["n"] = 100 if n is None else n
    elif n is not None:
        raise InputError(f"generator {chosen!r} has no such option", where="--n")
    _require_all(make, values)
    instance = make(seed=seed, **values)
    write(out, instance)
    print(f"{out}: {instance.name}, size {instance.size}, seed {seed}")


def _require_all(make: Callable[..., Any], values: Mapping[str, Any]) -> None:
    """Raise `InputError` for the first option without a default that is not given."""
    from netroute.core.errors import InputError

    for key, entry in _parameters(make).items():
        if entry.default is entry.empty and key not in values:
            raise InputError(
                "missing, expected a value",
                where=f"--{key.replace('_', '-')}",
                code="generate.option",
            )


def _parameters(make: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    found = inspect.signature(make).parameters
    return {key: entry for key, entry in found.items() if key not in OWN}


def _described(make: Callable[..., Any]) -> list[str]:
    """Each parameter as an option, with what its docstring says and its default."""
    from textwrap import wrap

    lines: list[str] = []
    said = _docstring_entries(make)
    for key, entry in _parameters(make).items():
        text = said.get(key, str(entry.annotation))
        if entry.default is entry.empty:
            text += "  [required]"
        elif entry.default is not None:
            text += f"  [default: {entry.default}]"
        option = f"--{key.replace('_', '-')}"
        first, *rest = wrap(text, 60)
        lines += [f"  {option:<17}  {first}", *(f"{'':21}{line}" for line in rest)]
    return lines


def _docstring_entries(make: Callable[..., Any]) -> dict[str, str]:
    """Read numpydoc's parameter section: name to its description in one line."""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in (inspect.getdoc(make) or "").splitlines():
        if line and not line.startswith(" "):
            head, colon, _ = line.partition(" : ")
            names = [part.strip() for part in head.split(",")] if colon else []
        elif names and line.strip():
            for key in names:
                found[key] = f"{found[key]} {line.strip()}" if key in found else line.strip()
    return found


def _values(generator: str, make: Callable[..., Any], extra: Sequence[str]) -> dict[str, Any]:
    """Turn ``["--depot", "R"]`` into the generator's keyword arguments."""
    from netroute.core.errors import InputError

    known = _parameters(make)
    values: dict[str, Any] = {}
    left = list(extra)
    while left:
        word = left.pop(0)
        option, equals, value = word.partition("=")
        key = option.removeprefix("--").replace("-", "_")
        if not option.startswith("--") or key not in known:
            expected = ", ".join(f"--{name.replace('_', '-')}" for name in known)
            raise InputError(
                f"unknown option {option!r} of generator {generator!r}, "
                f"expected one of: {expected}",
                code="generate.option",
            )
        if not equals:
            if not left:
                raise InputError("expected a value", where=option, code="generate.option")
            value = left.pop(0)
        values[key] = _converted(option, value, known[key])
    return values


def _converted(option: str, text: str, parameter: inspect.Parameter) -> Any:
    """Read a value by the parameter's annotation, or by the type of its default."""
    from netroute.core.errors import InputError

    annotation = str(parameter.annotation)
    kind = type(parameter.default)
    for name, convert in (("int", int), ("float", float)):
        if name in annotation or kind is convert:
            try:
                return convert(text)
            except ValueError:
                if "str" in annotation or (name in ("int",) and "float" in annotation):
                    continue
                raise InputError(
                    f"found {text!r}, expected a value of type {name}",
                    where=option,
                    code="generate.option",
                ) from None
    if kind is bool or "bool" in annotation:
        if text.lower() in ("true", "1", "yes"):
            return True
        if text.lower() in ("false", "0", "no"):
            return False
        raise InputError(f"found {text!r}, expected true or false", where=option)
    return text
