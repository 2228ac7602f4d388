"""``netroute info``: what an instance file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netroute.cli._options import AsJson, ReadOptions, Source

if TYPE_CHECKING:
    from collections.abc import Iterator


def info(file: Source, json: AsJson = False, read: ReadOptions = None) -> None:
    """Show what an instance holds.

    Size, features, demands, vehicles, cost convention, fingerprint and best known value.
    """
    from netroute.cli._options import read_source
    from netroute.cli._summary import describe, table
    from netroute.core.registry import problem_of

    instance = read_source(file, read)
    entry = problem_of(instance)
    figures: dict[str, Any] = {
        "name": instance.name,
        "problem": entry.name,
        "size": instance.size,
        **{key: value for key, value in describe(entry, instance).items() if key != "brief"},
        "fingerprint": instance.fingerprint,
        "best_known": _best_known(file, instance.name),
    }
    if json:
        from json import dumps

        print(dumps(figures))
    else:
        print(table(_rows(figures)))


def _best_known(source: str, name: str) -> float | None:
    """Value of the literature for a catalogue's instance."""
    from netroute.datasets.catalogue import best_known

    value: float | None = best_known(source.partition(":")[2] if ":" in source else name)
    return value


def _rows(figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for key, value in figures.items():
        if value is not None:
            yield key.replace("_", " "), _text(value)


def _text(value: Any) -> str:
    from netroute.cli._options import figure

    match value:
        case bool() | int() | str():
            return str(value)
        case float():
            return figure(value)
        case dict():
            return ", ".join(f"{key} {_text(entry)}" for key, entry in value.items())
        case list() if value and all(isinstance(entry, float) for entry in value):
            return " to ".join(figure(entry) for entry in value)
        case list() if value and isinstance(value[0], dict):
            return "; ".join(_text(entry) for entry in value)
        case list():
            return ", ".join(str(entry) for entry in value) or "none"
    return str(value)
